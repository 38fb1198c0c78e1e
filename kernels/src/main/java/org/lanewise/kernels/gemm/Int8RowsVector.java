package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.I16;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/** The vector kernel of {@link Int8Rows}, from 256 bits on. */
final class Int8RowsVector {
    private static final VectorSpecies<Byte> I8 =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));
    private static final VectorSpecies<Byte> HALF =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 2)));
    private static final int LANES = Simd.LANES;

    private Int8RowsVector() {}

    /** Widens {@code rows} rows of panels to 16 bits, two values an {@code int}. */
    static void shorts(byte[] x, int xOff, int[] y, int yOff, int rows) {
        for (int i = 0; i < rows; i++) {
            ((ShortVector) ByteVector.fromArray(HALF, x, xOff + i * (2 * LANES))
                            .convertShape(VectorOperators.B2S, I16, 0))
                    .reinterpretAsInts()
                    .intoArray(y, yOff + i * LANES);
        }
    }

    /** Widens whole vectors; returns how many values these were. */
    static int widen(byte[] x, int xOff, boolean signed, int[] y, int yOff, int n) {
        int end = n - n % LANES;
        byte flip = signed ? 0 : (byte) 128;
        for (int i = 0; i < end; i += LANES) {
            ByteVector bytes = ByteVector.fromArray(I8, x, xOff + i).lanewise(VectorOperators.XOR, flip);
            IntVector v = (IntVector) bytes.convertShape(VectorOperators.B2I, I32, 0);
            v.lanewise(VectorOperators.LSHL, 16)
                    .lanewise(VectorOperators.OR, v.lanewise(VectorOperators.AND, 0xffff))
                    .intoArray(y, yOff + i);
        }
        return end;
    }

    /** As {@link Int8Rows#gather}. */
    static void gather(
            byte[] x,
            int from,
            int step,
            int lineStep,
            boolean signed,
            int count,
            int lines,
            int run,
            int[] y,
            int yOff,
            int depth) {
        byte flip = signed ? 0 : (byte) 128;
        for (int i = 0; i < count; i++) {
            for (int k = 0; k < lines; k++) {
                int in = from + i * step + k * lineStep;
                int out = yOff + i * depth + k * run;
                for (int j = 0; j < run; j += LANES) {
                    ByteVector bytes = ByteVector.fromArray(I8, x, in + j).lanewise(VectorOperators.XOR, flip);
                    IntVector v = (IntVector) bytes.convertShape(VectorOperators.B2I, I32, 0);
                    v.lanewise(VectorOperators.LSHL, 16)
                            .lanewise(VectorOperators.OR, v.lanewise(VectorOperators.AND, 0xffff))
                            .intoArray(y, out + j);
                }
            }
        }
    }

    /** As {@link Int8Rows#pair}; less than a vector more than {@code depth} values is read and written, which is what has been read if {@code depth} is a vector at least. */
    static void pair(int[] a, int first, int second, int to, int depth) {
        for (int i = 0; i < depth; i += LANES) {
            IntVector low = IntVector.fromArray(I32, a, first + i).and(0xffff);
            IntVector high = IntVector.fromArray(I32, a, second + i).and(0xffff0000);
            low.or(high).intoArray(a, to + i);
        }
    }
}
