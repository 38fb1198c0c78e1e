package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F64;
import static org.lanewise.kernels.Species.I32;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/** The vector kernels of {@link Int8Triples}. */
final class Int8TriplesVector {
    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Double>> DOUBLES = F64.vectorType();

    /** A row of a panel: four bytes, of columns 2i, n + 2i, 2i + 1 and n + 2i + 1 of 2n, in each {@code int}. */
    private static final VectorSpecies<Integer> ROW =
            VectorSpecies.of(int.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 2)));

    private static final Class<? extends Vector<Integer>> HALF_TYPE = ROW.vectorType();

    /** Its bytes. */
    private static final VectorSpecies<Byte> ROW_BYTES = VectorSpecies.of(byte.class, ROW.vectorShape());

    private static final VectorSpecies<Byte> QUARTER =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 4)));

    /** Doubles in a vector. */
    private static final int LANES = Simd.LANES / 2;

    /** Values of 32 bits in a vector. */
    private static final int INTS = Simd.LANES;

    private static final long LOW = 0xffff_ffffL;

    private Int8TriplesVector() {}

    /** Three rows of bytes as one of doubles, whole vectors of them; returns how many values these were. */
    static int triple(byte[] x, int at0, int at1, int at2, int n, boolean signed, double[] y, int yOff) {
        int end = n - n % INTS;
        byte flip = signed ? 0 : (byte) 128;
        for (int i = 0; i < end; i += INTS) {
            IntVector v0 = (IntVector) ByteVector.fromArray(QUARTER, x, at0 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            IntVector v1 = (IntVector) ByteVector.fromArray(QUARTER, x, at1 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            IntVector v2 = (IntVector) ByteVector.fromArray(QUARTER, x, at2 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2I, I32, 0);
            ((DoubleVector) DOUBLES.cast(v1.convertShape(VectorOperators.I2D, F64, 0)))
                    .mul(Int8Triples.SECOND)
                    .add(v0.convertShape(VectorOperators.I2D, F64, 0))
                    .add(((DoubleVector) DOUBLES.cast(v2.convertShape(VectorOperators.I2D, F64, 0)))
                            .mul(Int8Triples.THIRD))
                    .intoArray(y, yOff + i);
            ((DoubleVector) DOUBLES.cast(v1.convertShape(VectorOperators.I2D, F64, 1)))
                    .mul(Int8Triples.SECOND)
                    .add(v0.convertShape(VectorOperators.I2D, F64, 1))
                    .add(((DoubleVector) DOUBLES.cast(v2.convertShape(VectorOperators.I2D, F64, 1)))
                            .mul(Int8Triples.THIRD))
                    .intoArray(y, yOff + i + LANES);
        }
        return end;
    }

    /**
     * Widens one half of the columns of {@code rows} rows of a panel, a pair of vectors each: the even columns and the odd ones.
     *
     * @param up by how many bits a column's byte is from the sign of its {@code int} in the even columns: 24, or 16 for the second half
     */
    static void widen(byte[] x, int xOff, double[] y, int yOff, int rows, int up) {
        int upOdd = up - 16;
        for (int i = 0; i < rows; i++) {
            IntVector v = (IntVector) HALF_TYPE.cast(
                    ByteVector.fromArray(ROW_BYTES, x, xOff + i * (4 * LANES)).reinterpretAsInts());
            ((DoubleVector) DOUBLES.cast(v.lanewise(VectorOperators.LSHL, up)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convertShape(VectorOperators.I2D, F64, 0)))
                    .intoArray(y, yOff + i * (2 * LANES));
            ((DoubleVector) DOUBLES.cast(v.lanewise(VectorOperators.LSHL, upOdd)
                            .lanewise(VectorOperators.ASHR, 24)
                            .convertShape(VectorOperators.I2D, F64, 0)))
                    .intoArray(y, yOff + i * (2 * LANES) + LANES);
        }
    }

    /** Adds one half of the columns of a row of a panel to a widened one. */
    static void add(byte[] x, int xOff, double[] y, int yOff, int up) {
        IntVector v = (IntVector)
                HALF_TYPE.cast(ByteVector.fromArray(ROW_BYTES, x, xOff).reinterpretAsInts());
        ((DoubleVector) DOUBLES.cast(v.lanewise(VectorOperators.LSHL, up)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convertShape(VectorOperators.I2D, F64, 0)))
                .add(DoubleVector.fromArray(F64, y, yOff))
                .intoArray(y, yOff);
        ((DoubleVector) DOUBLES.cast(v.lanewise(VectorOperators.LSHL, up - 16)
                        .lanewise(VectorOperators.ASHR, 24)
                        .convertShape(VectorOperators.I2D, F64, 0)))
                .add(DoubleVector.fromArray(F64, y, yOff + LANES))
                .intoArray(y, yOff + LANES);
    }

    /**
     * Takes sums apart that tiles left: three rows of one vector of {@code int} for each triple.
     *
     * @param runs how many runs were summed
     * @param c the first row and column, from {@code cOff} on
     */
    static void finish(int[] sums, int off, int triples, int runs, int[] c, int cOff, int ldc) {
        int start = runs * Int8Triples.LEVEL;
        long top = runs * Int8Triples.TOP;
        for (int i = 0; i < triples; i++) {
            int at = off + i * (4 * INTS);
            int to = cOff + i * (3 * ldc);
            LongVector m0 = IntVector.fromArray(I32, sums, at + 2 * INTS).reinterpretAsLongs();
            LongVector m1 = IntVector.fromArray(I32, sums, at + 3 * INTS).reinterpretAsLongs();
            LongVector v0 = IntVector.fromArray(I32, sums, at)
                    .reinterpretAsLongs()
                    .sub(m0)
                    .sub(top);
            LongVector v1 = IntVector.fromArray(I32, sums, at + INTS)
                    .reinterpretAsLongs()
                    .sub(m1)
                    .sub(top);
            IntVector y0 = v0.and(LOW)
                    .or(v1.lanewise(VectorOperators.LSHL, 32))
                    .reinterpretAsInts()
                    .sub(start);
            IntVector y1 = m0.lanewise(VectorOperators.LSHR, Int8Triples.BITS)
                    .or(m1.lanewise(VectorOperators.LSHL, 32 - Int8Triples.BITS))
                    .reinterpretAsInts()
                    .sub(start);
            IntVector y2 = v0.lanewise(VectorOperators.ASHR, 2 * Int8Triples.BITS)
                    .and(LOW)
                    .or(v1.lanewise(VectorOperators.ASHR, 2 * Int8Triples.BITS - 32)
                            .and(~LOW))
                    .reinterpretAsInts();
            y0.intoArray(c, to);
            y1.intoArray(c, to + ldc);
            y2.intoArray(c, to + 2 * ldc);
        }
    }
}
