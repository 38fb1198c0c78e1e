package org.lanewise.kernels.gemm;

import static org.lanewise.kernels.Species.F64;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.lanewise.kernels.Simd;

/** Puts rows together in threes, as {@link TripleTiles} take them. The last triple repeats the last row, and rows are filled up with zeros: B has zeros there, but infinity times 0 is none. */
final class TripleRows {
    /** Says which class stored vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Double>> DOUBLES = F64.vectorType();

    private static final VectorSpecies<Byte> BYTES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 8)));

    private static final VectorSpecies<Float> FLOATS =
            VectorSpecies.of(float.class, VectorShape.forBitSize(Math.max(64, Simd.BITS / 2)));

    private static final int LANES = Simd.LANES / 2;
    private static final int ROWS = TripleTiles.ROWS;
    private static final double SECOND = TripleTiles.SECOND;
    private static final double THIRD = TripleTiles.THIRD;

    private TripleRows() {}

    /**
     * Rows of {@code k} bytes, {@code lda} apart.
     *
     * @param y triples of {@code depth} values, {@code ldy} apart
     */
    static void ofBytes(
            byte[] x, int xOff, int lda, boolean signed, int rows, int k, int depth, double[] y, int yOff, int ldy) {
        ofBytes(x, xOff, lda, signed, rows, k, depth, SECOND, THIRD, y, yOff, ldy);
    }

    /** {@link #ofBytes} for {@link TripleLanes}. */
    static void lanesOfBytes(
            byte[] x, int xOff, int lda, boolean signed, int rows, int k, int depth, double[] y, int yOff, int ldy) {
        ofBytes(x, xOff, lda, signed, rows, k, depth, TripleLanes.SECOND, TripleLanes.THIRD, y, yOff, ldy);
    }

    private static void ofBytes(
            byte[] x,
            int xOff,
            int lda,
            boolean signed,
            int rows,
            int k,
            int depth,
            double second,
            double third,
            double[] y,
            int yOff,
            int ldy) {
        for (int r = 0; r < rows; r += ROWS) {
            int at0 = xOff + r * lda;
            int at1 = xOff + Math.min(r + 1, rows - 1) * lda;
            int at2 = xOff + Math.min(r + 2, rows - 1) * lda;
            int to = yOff + r / ROWS * ldy;
            int done = bytes(x, at0, at1, at2, k, signed, second, third, y, to);
            for (int i = done; i < k; i++) {
                y[to + i] = GemmInt8.centred(x[at0 + i], signed)
                        + second * GemmInt8.centred(x[at1 + i], signed)
                        + third * GemmInt8.centred(x[at2 + i], signed);
            }
            Arrays.fill(y, to + k, to + depth, 0);
        }
    }

    /** Rows of {@code k} whole numbers, one after the other, {@code all} added to each triple. */
    static void ofFloats(float[] x, int xOff, int rows, int k, int depth, double all, double[] y, int yOff, int ldy) {
        for (int r = 0; r < rows; r += ROWS) {
            int at0 = xOff + r * k;
            int at1 = xOff + Math.min(r + 1, rows - 1) * k;
            int at2 = xOff + Math.min(r + 2, rows - 1) * k;
            int to = yOff + r / ROWS * ldy;
            int done = floats(x, at0, at1, at2, k, all, y, to);
            for (int i = done; i < k; i++) {
                y[to + i] = x[at0 + i] + SECOND * x[at1 + i] + THIRD * x[at2 + i] + all;
            }
            Arrays.fill(y, to + k, to + depth, 0);
        }
    }

    /** Whole vectors of a triple; returns how many values these were. A vector of bytes may be longer than what is taken of it. */
    private static int bytes(
            byte[] x,
            int at0,
            int at1,
            int at2,
            int n,
            boolean signed,
            double second,
            double third,
            double[] y,
            int yOff) {
        int end = Math.max(0, n - n % LANES - (BYTES.length() - LANES));
        byte flip = signed ? 0 : (byte) 128;
        for (int i = 0; i < end; i += LANES) {
            DoubleVector v0 = (DoubleVector) ByteVector.fromArray(BYTES, x, at0 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2D, F64, 0);
            DoubleVector v1 = (DoubleVector) ByteVector.fromArray(BYTES, x, at1 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2D, F64, 0);
            DoubleVector v2 = (DoubleVector) ByteVector.fromArray(BYTES, x, at2 + i)
                    .lanewise(VectorOperators.XOR, flip)
                    .convertShape(VectorOperators.B2D, F64, 0);
            DoubleVector pair = ((DoubleVector) DOUBLES.cast(v1)).fma(DoubleVector.broadcast(F64, second), v0);
            ((DoubleVector) DOUBLES.cast(v2))
                    .fma(DoubleVector.broadcast(F64, third), pair)
                    .intoArray(y, yOff + i);
        }
        return end;
    }

    private static int floats(float[] x, int at0, int at1, int at2, int n, double all, double[] y, int yOff) {
        int end = n - n % LANES;
        DoubleVector second = DoubleVector.broadcast(F64, SECOND);
        DoubleVector third = DoubleVector.broadcast(F64, THIRD);
        DoubleVector addend = DoubleVector.broadcast(F64, all);
        for (int i = 0; i < end; i += LANES) {
            DoubleVector v0 =
                    (DoubleVector) FloatVector.fromArray(FLOATS, x, at0 + i).convertShape(VectorOperators.F2D, F64, 0);
            DoubleVector v1 =
                    (DoubleVector) FloatVector.fromArray(FLOATS, x, at1 + i).convertShape(VectorOperators.F2D, F64, 0);
            DoubleVector v2 =
                    (DoubleVector) FloatVector.fromArray(FLOATS, x, at2 + i).convertShape(VectorOperators.F2D, F64, 0);
            DoubleVector pair =
                    ((DoubleVector) DOUBLES.cast(v1)).fma(second, ((DoubleVector) DOUBLES.cast(v0)).add(addend));
            ((DoubleVector) DOUBLES.cast(v2)).fma(third, pair).intoArray(y, yOff + i);
        }
        return end;
    }
}
