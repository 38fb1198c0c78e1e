package org.lanewise.kernels.gemm;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;

/** The dot products of {@link Int8Columns}, where a quarter of a vector is one: from 256 bits on. Four columns share the values of x. */
final class Int8ColumnsVector {
    private static final int COLUMNS = 4;

    private Int8ColumnsVector() {}

    /** Only loaded where the Vector API is present. */
    private static final class Shapes {
        static final VectorSpecies<Integer> I32 = Species.I32;
        static final VectorSpecies<Byte> I8 =
                VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));
        static final Class<? extends Vector<Integer>> TYPE = I32.vectorType();
    }

    /** Whole vectors of {@code x[i] - zero}; returns how many values these were. C2 makes no vectors of the loop over bytes. */
    static int centre(byte[] x, int xOff, int n, boolean signed, int zero, int[] y) {
        byte flip = signed ? 0 : (byte) 128;
        int less = signed ? zero : zero - 128;
        int end = n - n % Simd.LANES;
        for (int i = 0; i < end; i += Simd.LANES) {
            IntVector v = (IntVector) ByteVector.fromArray(Shapes.I8, x, xOff + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, Shapes.I32, 0);
            ((IntVector) Shapes.TYPE.cast(v.sub(less))).intoArray(y, i);
        }
        return end;
    }

    /** As {@link Int8Columns#dots}, of all columns. */
    static void dots(int[] x, byte[] b, int k, int n, int at) {
        int j = 0;
        for (; j + COLUMNS <= n; j += COLUMNS) {
            four(x, b, k, j * k, at + j);
        }
        for (; j < n; j++) {
            one(x, b, k, j * k, at + j);
        }
    }

    private static void four(int[] x, byte[] b, int k, int r0, int at) {
        IntVector s0 = IntVector.zero(Shapes.I32);
        IntVector s1 = IntVector.zero(Shapes.I32);
        IntVector s2 = IntVector.zero(Shapes.I32);
        IntVector s3 = IntVector.zero(Shapes.I32);
        int r1 = r0 + k;
        int r2 = r1 + k;
        int r3 = r2 + k;
        int end = k - k % Simd.LANES;
        for (int i = 0; i < end; i += Simd.LANES) {
            IntVector v = IntVector.fromArray(Shapes.I32, x, i);
            s0 = s0.add(
                    v.mul(ByteVector.fromArray(Shapes.I8, b, r0 + i).convertShape(VectorOperators.B2I, Shapes.I32, 0)));
            s1 = s1.add(
                    v.mul(ByteVector.fromArray(Shapes.I8, b, r1 + i).convertShape(VectorOperators.B2I, Shapes.I32, 0)));
            s2 = s2.add(
                    v.mul(ByteVector.fromArray(Shapes.I8, b, r2 + i).convertShape(VectorOperators.B2I, Shapes.I32, 0)));
            s3 = s3.add(
                    v.mul(ByteVector.fromArray(Shapes.I8, b, r3 + i).convertShape(VectorOperators.B2I, Shapes.I32, 0)));
        }
        x[at] = ((IntVector) Shapes.TYPE.cast(s0)).reduceLanes(VectorOperators.ADD) + Int8Columns.dot(x, b, r0, end, k);
        x[at + 1] =
                ((IntVector) Shapes.TYPE.cast(s1)).reduceLanes(VectorOperators.ADD) + Int8Columns.dot(x, b, r1, end, k);
        x[at + 2] =
                ((IntVector) Shapes.TYPE.cast(s2)).reduceLanes(VectorOperators.ADD) + Int8Columns.dot(x, b, r2, end, k);
        x[at + 3] =
                ((IntVector) Shapes.TYPE.cast(s3)).reduceLanes(VectorOperators.ADD) + Int8Columns.dot(x, b, r3, end, k);
    }

    private static void one(int[] x, byte[] b, int k, int row, int at) {
        IntVector sum = IntVector.zero(Shapes.I32);
        int end = k - k % Simd.LANES;
        for (int i = 0; i < end; i += Simd.LANES) {
            IntVector v = IntVector.fromArray(Shapes.I32, x, i);
            sum = sum.add(v.mul(
                    ByteVector.fromArray(Shapes.I8, b, row + i).convertShape(VectorOperators.B2I, Shapes.I32, 0)));
        }
        x[at] = ((IntVector) Shapes.TYPE.cast(sum)).reduceLanes(VectorOperators.ADD)
                + Int8Columns.dot(x, b, row, end, k);
    }
}
