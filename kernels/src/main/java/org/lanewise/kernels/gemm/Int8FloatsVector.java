package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/** The vector kernels of {@link Int8Floats}. */
final class Int8FloatsVector {
    private static final int LANES = Simd.LANES;

    /** A row of a panel: the bytes of the first half's columns at even places, of the second's at odd ones. */
    private static final VectorSpecies<Byte> ROW =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 2)));

    private static final VectorSpecies<Byte> QUARTER =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private Int8FloatsVector() {}

    /** Widens {@code rows} rows of a panel, in the order of {@link PackedB}. */
    static void widen(byte[] x, int xOff, float[] y, int yOff, int rows) {
        for (int i = 0; i < rows; i++) {
            IntVector pairs = (IntVector) ByteVector.fromArray(ROW, x, xOff + i * (2 * LANES))
                    .reinterpretAsShorts()
                    .convertShape(VectorOperators.S2I, I32, 0);
            ((FloatVector) TYPE.cast(pairs.lanewise(VectorOperators.LSHL, 24)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)))
                    .intoArray(y, yOff + i * (2 * LANES));
            ((FloatVector) TYPE.cast(pairs.lanewise(VectorOperators.ASHR, 8).convert(VectorOperators.I2F, 0)))
                    .intoArray(y, yOff + i * (2 * LANES) + LANES);
        }
    }

    /** Adds rows of a panel, times {@code factor}, to widened ones. */
    static void add(byte[] x, int xOff, int factor, float[] y, int yOff, int rows) {
        FloatVector w = FloatVector.broadcast(F32, factor);
        for (int i = 0; i < rows; i++) {
            int at = yOff + i * (2 * LANES);
            IntVector pairs = (IntVector) ByteVector.fromArray(ROW, x, xOff + i * (2 * LANES))
                    .reinterpretAsShorts()
                    .convertShape(VectorOperators.S2I, I32, 0);
            ((FloatVector) TYPE.cast(pairs.lanewise(VectorOperators.LSHL, 24)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)))
                    .mul(w)
                    .add(FloatVector.fromArray(F32, y, at))
                    .intoArray(y, at);
            ((FloatVector) TYPE.cast(pairs.lanewise(VectorOperators.ASHR, 8).convert(VectorOperators.I2F, 0)))
                    .mul(w)
                    .add(FloatVector.fromArray(F32, y, at + LANES))
                    .intoArray(y, at + LANES);
        }
    }

    /**
     * Whole vectors of {@code x[at + i] + factor * x[at2 + i]}, centred; {@code at2} is not read where the factor is 0. Returns how many values these were.
     */
    static int combine(byte[] x, int at, int n, int at2, int factor, boolean signed, float[] y, int yOff) {
        int end = n - n % LANES;
        byte flip = signed ? 0 : (byte) 128;
        if (factor == 0) {
            for (int i = 0; i < end; i += LANES) {
                ByteVector v = ByteVector.fromArray(QUARTER, x, at + i).lanewise(VectorOperators.XOR, flip);
                ((FloatVector) TYPE.cast(v.convertShape(VectorOperators.B2F, F32, 0))).intoArray(y, yOff + i);
            }
            return end;
        }
        for (int i = 0; i < end; i += LANES) {
            ByteVector v = ByteVector.fromArray(QUARTER, x, at + i).lanewise(VectorOperators.XOR, flip);
            ByteVector w = ByteVector.fromArray(QUARTER, x, at2 + i).lanewise(VectorOperators.XOR, flip);
            IntVector first = (IntVector) v.convertShape(VectorOperators.B2I, I32, 0);
            IntVector second = (IntVector) w.convertShape(VectorOperators.B2I, I32, 0);
            IntVector sum = factor > 0 ? first.add(second) : first.sub(second);
            ((FloatVector) TYPE.cast(sum.convert(VectorOperators.I2F, 0))).intoArray(y, yOff + i);
        }
        return end;
    }

    /**
     * A row of each half of C from the same row of the seven products of {@link Int8Strassen}.
     *
     * @param stride distance of two products
     * @param n columns of half of C, whole panels
     */
    static void strassen(float[] x, int xOff, int stride, int n, int[] y, int top, int bottom) {
        for (int j = 0; j < n; j += LANES) {
            int at = xOff + j;
            IntVector m1 = (IntVector) FloatVector.fromArray(F32, x, at).convert(VectorOperators.F2I, 0);
            IntVector m2 =
                    (IntVector) FloatVector.fromArray(F32, x, at + stride).convert(VectorOperators.F2I, 0);
            IntVector m3 =
                    (IntVector) FloatVector.fromArray(F32, x, at + 2 * stride).convert(VectorOperators.F2I, 0);
            IntVector m4 =
                    (IntVector) FloatVector.fromArray(F32, x, at + 3 * stride).convert(VectorOperators.F2I, 0);
            IntVector m5 =
                    (IntVector) FloatVector.fromArray(F32, x, at + 4 * stride).convert(VectorOperators.F2I, 0);
            IntVector m6 =
                    (IntVector) FloatVector.fromArray(F32, x, at + 5 * stride).convert(VectorOperators.F2I, 0);
            IntVector m7 =
                    (IntVector) FloatVector.fromArray(F32, x, at + 6 * stride).convert(VectorOperators.F2I, 0);
            m1.add(m4).sub(m5).add(m7).intoArray(y, top + j);
            m3.add(m5).intoArray(y, top + n + j);
            m2.add(m4).intoArray(y, bottom + j);
            m1.sub(m2).add(m3).add(m6).intoArray(y, bottom + n + j);
        }
    }

    /** Turns whole numbers into {@code int}; n is a multiple of a panel's columns. */
    static void toInts(float[] x, int xOff, int[] y, int yOff, int n) {
        for (int i = 0; i < n; i += LANES) {
            ((IntVector) FloatVector.fromArray(F32, x, xOff + i).convert(VectorOperators.F2I, 0))
                    .intoArray(y, yOff + i);
        }
    }
}
