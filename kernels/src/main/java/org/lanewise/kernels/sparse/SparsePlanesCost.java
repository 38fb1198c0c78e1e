package org.lanewise.kernels.sparse;

import org.lanewise.kernels.Simd;

/** Predicted times of {@link SparsePlanes} in nanoseconds, fitted as {@link SparseGemmCost} is. */
final class SparsePlanesCost {
    private static final int LANES = PlaneTiles.LANES;
    private static final boolean SHARED = DenseCost.SHARED;
    private static final double CALL = 100;

    /** One entry times one vector: with a tile in the nearest cache, about as large as it, and larger. */
    private static final double[] ENTRY = SHARED
            ? new double[] {0.156, 0.211, 0.325}
            : Simd.LANES > 8
                    ? new double[] {0.237, 0.277, 0.385}
                    : Simd.LANES > 4 ? new double[] {0.172, 0.193, 0.229} : new double[] {0.164, 0.181, 0.2};

    private static final int NEAREST_BYTES = 40 << 10;

    /** An entry beside its vectors, and a list. */
    private static final double STEP = SHARED ? 0.54 : Simd.LANES > 8 ? 0.1 : 0.3;

    private static final double LIST = SHARED ? 0.39 : Simd.LANES > 8 ? 4.6 : 2.7;

    /** Starting and ending a list of one vector, copying one. */
    private static final double END = SHARED ? 0.79 : Simd.LANES > 8 ? 0.1 : 0.3;

    private static final double COPY = SHARED ? 1.08 : Simd.LANES > 8 ? 0.85 : Simd.LANES > 4 ? 0.5 : 0.4;

    /** What a plane of x and one of y take longer in a tile whose last vector is not full. */
    private static final double PARTIAL_IN = SHARED ? 3.5 : 6;

    private static final double PARTIAL_OUT = SHARED ? 10.6 : 5.4;

    /** What a byte of x and y takes longer from behind the second-level cache. */
    private static final double FAR_BYTE = SHARED ? 0.0199 : 0;

    private static final double NEAR_BYTES = 1 << 20;

    private static final double SCALAR_PRODUCT = 0.4;

    private SparsePlanesCost() {}

    /** Of an image. */
    static double image(int pixels, int in, int out, int entries) {
        if (!Simd.ENABLED) {
            return CALL + SCALAR_PRODUCT * entries * pixels;
        }
        int run = PlaneTiles.MOST * LANES;
        int rest = pixels % run;
        double far = Math.max(0, (double) Float.BYTES * pixels * (in + out) - NEAR_BYTES) * FAR_BYTE;
        double nanos = CALL + far + pixels / run * tile(PlaneTiles.MOST, in, out, entries);
        if (rest > 0) {
            int width = PlaneTiles.width(Math.ceilDiv(rest, LANES));
            nanos += tile(width, in, out, entries);
            nanos += rest == width * LANES ? 0 : in * PARTIAL_IN + out * PARTIAL_OUT;
        }
        return nanos;
    }

    private static double tile(int width, int in, int out, int entries) {
        long bytes = (long) Float.BYTES * LANES * width * in;
        double entry = ENTRY[bytes <= NEAREST_BYTES ? 0 : bytes <= 2 * NEAREST_BYTES ? 1 : 2];
        return entries * (width * entry + STEP) + out * (LIST + width * END) + in * width * COPY;
    }
}
