package org.lanewise.kernels.sparse;

import static org.lanewise.kernels.Species.F32;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.lanewise.kernels.Simd;

/**
 * Square transposition of as many rows as a vector has lanes, in two passes over the first-level cache: first within the quarters of four rows, then of whole
 * quarters. Each step swaps half the lanes of two vectors.
 */
final class LaneTransposeVector {
    private static final int L = Simd.LANES;
    private static final VectorShuffle<Float> SWAP_1 = VectorShuffle.fromOp(F32, lane -> lane ^ 1);
    private static final VectorShuffle<Float> SWAP_2 = VectorShuffle.fromOp(F32, lane -> lane ^ 2);
    private static final VectorShuffle<Float> SWAP_4 = VectorShuffle.fromOp(F32, lane -> L > 4 ? lane ^ 4 : lane);
    private static final VectorShuffle<Float> SWAP_8 = VectorShuffle.fromOp(F32, lane -> L > 8 ? lane ^ 8 : lane);
    private static final VectorMask<Float> BIT_1 = bit(1);
    private static final VectorMask<Float> BIT_2 = bit(2);
    private static final VectorMask<Float> BIT_4 = bit(4);
    private static final VectorMask<Float> BIT_8 = bit(8);

    /** Says which class stored vectors have: C2 would ask a profile that vectors of other widths share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private LaneTransposeVector() {}

    private static VectorMask<Float> bit(int bit) {
        boolean[] lanes = new boolean[L];
        for (int i = 0; i < L; i++) {
            lanes[i] = (i & bit) != 0;
        }
        return VectorMask.fromArray(F32, lanes, 0);
    }

    /**
     * The first pass, of rows that begin anywhere: row {@code r} at {@code from + origin[first + r] * step}.
     *
     * @param ldy distance between rows of y
     */
    static void scattered(float[] x, int from, int[] origin, int first, int step, float[] y, int yOff, int ldy) {
        for (int r = 0; r < L; r += 4) {
            FloatVector a = FloatVector.fromArray(F32, x, from + origin[first + r] * step);
            FloatVector b = FloatVector.fromArray(F32, x, from + origin[first + r + 1] * step);
            FloatVector c = FloatVector.fromArray(F32, x, from + origin[first + r + 2] * step);
            FloatVector d = FloatVector.fromArray(F32, x, from + origin[first + r + 3] * step);
            FloatVector a1 = a.blend(b.rearrange(SWAP_1), BIT_1);
            FloatVector b1 = a.rearrange(SWAP_1).blend(b, BIT_1);
            FloatVector c1 = c.blend(d.rearrange(SWAP_1), BIT_1);
            FloatVector d1 = c.rearrange(SWAP_1).blend(d, BIT_1);
            ((FloatVector) TYPE.cast(a1.blend(c1.rearrange(SWAP_2), BIT_2))).intoArray(y, yOff + r * ldy);
            ((FloatVector) TYPE.cast(b1.blend(d1.rearrange(SWAP_2), BIT_2))).intoArray(y, yOff + (r + 1) * ldy);
            ((FloatVector) TYPE.cast(a1.rearrange(SWAP_2).blend(c1, BIT_2))).intoArray(y, yOff + (r + 2) * ldy);
            ((FloatVector) TYPE.cast(b1.rearrange(SWAP_2).blend(d1, BIT_2))).intoArray(y, yOff + (r + 3) * ldy);
        }
    }

    /** The first pass, of rows {@code ldx} apart. */
    static void rows(float[] x, int xOff, int ldx, float[] y, int yOff, int ldy) {
        for (int r = 0; r < L; r += 4) {
            FloatVector a = FloatVector.fromArray(F32, x, xOff + r * ldx);
            FloatVector b = FloatVector.fromArray(F32, x, xOff + (r + 1) * ldx);
            FloatVector c = FloatVector.fromArray(F32, x, xOff + (r + 2) * ldx);
            FloatVector d = FloatVector.fromArray(F32, x, xOff + (r + 3) * ldx);
            FloatVector a1 = a.blend(b.rearrange(SWAP_1), BIT_1);
            FloatVector b1 = a.rearrange(SWAP_1).blend(b, BIT_1);
            FloatVector c1 = c.blend(d.rearrange(SWAP_1), BIT_1);
            FloatVector d1 = c.rearrange(SWAP_1).blend(d, BIT_1);
            ((FloatVector) TYPE.cast(a1.blend(c1.rearrange(SWAP_2), BIT_2))).intoArray(y, yOff + r * ldy);
            ((FloatVector) TYPE.cast(b1.blend(d1.rearrange(SWAP_2), BIT_2))).intoArray(y, yOff + (r + 1) * ldy);
            ((FloatVector) TYPE.cast(a1.rearrange(SWAP_2).blend(c1, BIT_2))).intoArray(y, yOff + (r + 2) * ldy);
            ((FloatVector) TYPE.cast(b1.rearrange(SWAP_2).blend(d1, BIT_2))).intoArray(y, yOff + (r + 3) * ldy);
        }
    }

    /** The second pass for vectors of 16 lanes; x is what the first one left, L rows of L values. */
    static void quarters16(float[] x, int xOff, float[] y, int yOff, int ldy) {
        for (int i = 0; i < 4; i++) {
            FloatVector a = FloatVector.fromArray(F32, x, xOff + i * L);
            FloatVector b = FloatVector.fromArray(F32, x, xOff + (4 + i) * L);
            FloatVector c = FloatVector.fromArray(F32, x, xOff + (8 + i) * L);
            FloatVector d = FloatVector.fromArray(F32, x, xOff + (12 + i) * L);
            FloatVector a1 = a.blend(b.rearrange(SWAP_4), BIT_4);
            FloatVector b1 = a.rearrange(SWAP_4).blend(b, BIT_4);
            FloatVector c1 = c.blend(d.rearrange(SWAP_4), BIT_4);
            FloatVector d1 = c.rearrange(SWAP_4).blend(d, BIT_4);
            ((FloatVector) TYPE.cast(a1.blend(c1.rearrange(SWAP_8), BIT_8))).intoArray(y, yOff + i * ldy);
            ((FloatVector) TYPE.cast(b1.blend(d1.rearrange(SWAP_8), BIT_8))).intoArray(y, yOff + (4 + i) * ldy);
            ((FloatVector) TYPE.cast(a1.rearrange(SWAP_8).blend(c1, BIT_8))).intoArray(y, yOff + (8 + i) * ldy);
            ((FloatVector) TYPE.cast(b1.rearrange(SWAP_8).blend(d1, BIT_8))).intoArray(y, yOff + (12 + i) * ldy);
        }
    }

    /** The second pass for vectors of 8 lanes. */
    static void quarters8(float[] x, int xOff, float[] y, int yOff, int ldy) {
        for (int i = 0; i < 4; i++) {
            FloatVector a = FloatVector.fromArray(F32, x, xOff + i * L);
            FloatVector b = FloatVector.fromArray(F32, x, xOff + (4 + i) * L);
            ((FloatVector) TYPE.cast(a.blend(b.rearrange(SWAP_4), BIT_4))).intoArray(y, yOff + i * ldy);
            ((FloatVector) TYPE.cast(a.rearrange(SWAP_4).blend(b, BIT_4))).intoArray(y, yOff + (4 + i) * ldy);
        }
    }

    /** Clears lanes whose bit is not set, in L vectors. */
    static void keep(int lanes, float[] y, int yOff, int ldy) {
        VectorMask<Float> kept = VectorMask.fromLong(F32, lanes);
        FloatVector zero = FloatVector.zero(F32);
        for (int r = 0; r < L; r++) {
            ((FloatVector) TYPE.cast(zero.blend(FloatVector.fromArray(F32, y, yOff + r * ldy), kept)))
                    .intoArray(y, yOff + r * ldy);
        }
    }

    /** {@code y[yOff + r * ldy + i] = x[xOff + r * ldx + i]} for a vector of {@code i}. */
    static void copy(float[] x, int xOff, int ldx, float[] y, int yOff, int ldy, int rows) {
        for (int r = 0; r < rows; r++) {
            ((FloatVector) TYPE.cast(FloatVector.fromArray(F32, x, xOff + r * ldx))).intoArray(y, yOff + r * ldy);
        }
    }

    /** {@code y[target[first + r] * step + yOff] = x[xOff + r * L] + bias}, all L rows; y counts from {@code yOff} on. */
    static void finish(
            float[] x, int xOff, float[] bias, int biasOff, int[] target, int first, int step, float[] y, int yOff) {
        FloatVector added = FloatVector.fromArray(F32, bias, biasOff);
        for (int r = 0; r < L; r++) {
            FloatVector sum = FloatVector.fromArray(F32, x, xOff + r * L);
            ((FloatVector) TYPE.cast(sum.add(added))).intoArray(y, yOff + target[first + r] * step);
        }
    }

    /** The same, plus a residual that lies as y does. */
    static void finishAdding(
            float[] x,
            int xOff,
            float[] bias,
            int biasOff,
            int[] target,
            int first,
            int step,
            float[] residual,
            int resOff,
            float[] y,
            int yOff) {
        FloatVector added = FloatVector.fromArray(F32, bias, biasOff);
        for (int r = 0; r < L; r++) {
            int at = target[first + r] * step;
            FloatVector sum = FloatVector.fromArray(F32, x, xOff + r * L).add(added);
            ((FloatVector) TYPE.cast(sum.add(FloatVector.fromArray(F32, residual, resOff + at))))
                    .intoArray(y, yOff + at);
        }
    }

    /** One of these rows; with a residual if {@code adds}. */
    static void finish(
            float[] x,
            int xOff,
            float[] bias,
            int biasOff,
            float[] residual,
            int resOff,
            boolean adds,
            float[] y,
            int yOff) {
        FloatVector sum = FloatVector.fromArray(F32, x, xOff).add(FloatVector.fromArray(F32, bias, biasOff));
        if (adds) {
            ((FloatVector) TYPE.cast(sum.add(FloatVector.fromArray(F32, residual, resOff)))).intoArray(y, yOff);
        } else {
            ((FloatVector) TYPE.cast(sum)).intoArray(y, yOff);
        }
    }
}
