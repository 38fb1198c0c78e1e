package org.lanewise.kernels.probe;

import org.lanewise.kernels.Simd;

/** Loops whose speed is the hardware's: multiply-adds on registers alone, and reading memory. The caller takes the time. */
public final class Probe {
    /** Independent sums of {@link #multiplyAdds}: enough to hide the latency of two units, few enough for 16 registers. */
    static final int SUMS = 10;

    /** Floating-point operations in a step of {@link #multiplyAdds}; a multiplication with addition counts as two. */
    public static final int OPERATIONS = 2 * SUMS * Simd.LANES;

    private Probe() {}

    /**
     * Does {@code steps} steps of {@link #OPERATIONS} each.
     *
     * @return a value that depends on all of them, so that none can be left out
     */
    public static float multiplyAdds(int steps) {
        return Simd.ENABLED ? ProbeVector.multiplyAdds(steps) : ProbeScalar.multiplyAdds(steps);
    }

    /** The sum of {@code values[from..to]}, in an order that suits the hardware: reads every value once. */
    public static float sum(float[] values, int from, int to) {
        if (from < 0 || from > to || to > values.length) {
            throw new IllegalArgumentException("values " + from + ".." + to + " of " + values.length);
        }
        return Simd.ENABLED ? ProbeVector.sum(values, from, to) : ProbeScalar.sum(values, from, to);
    }
}
