package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F64;

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

    /** Doubles in a vector. */
    private static final int LANES = Simd.LANES / 2;

    private static final long LOW = 0xffff_ffffL;

    private Int8TriplesVector() {}

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
     * Takes sums apart that tiles left, of columns that started from 0: three rows of one vector of {@code int} for each triple.
     *
     * @param c the first row and column, from {@code cOff} on
     */
    static void finish(double[] d, int sums, int triples, int[] c, int cOff, int ldc) {
        for (int i = 0; i < triples; i++) {
            int at = sums + i * TripleTiles.SUMS;
            int to = cOff + i * (TripleTiles.ROWS * ldc);
            LongVector m0 = DoubleVector.fromArray(F64, d, at + 2 * LANES).reinterpretAsLongs();
            LongVector m1 = DoubleVector.fromArray(F64, d, at + 3 * LANES).reinterpretAsLongs();
            LongVector v0 =
                    DoubleVector.fromArray(F64, d, at).reinterpretAsLongs().sub(m0);
            LongVector v1 = DoubleVector.fromArray(F64, d, at + LANES)
                    .reinterpretAsLongs()
                    .sub(m1);
            v0.and(LOW)
                    .or(v1.lanewise(VectorOperators.LSHL, 32))
                    .reinterpretAsInts()
                    .intoArray(c, to);
            m0.lanewise(VectorOperators.LSHR, TripleTiles.BITS)
                    .and(LOW)
                    .or(m1.lanewise(VectorOperators.LSHL, 32 - TripleTiles.BITS))
                    .reinterpretAsInts()
                    .intoArray(c, to + ldc);
            v0.lanewise(VectorOperators.ASHR, 2 * TripleTiles.BITS)
                    .and(LOW)
                    .or(v1.lanewise(VectorOperators.ASHR, 2 * TripleTiles.BITS - 32)
                            .and(~LOW))
                    .reinterpretAsInts()
                    .intoArray(c, to + 2 * ldc);
        }
    }
}
