package org.lanewise.kernels.rnn;

import org.jspecify.annotations.Nullable;

/**
 * The elementwise part of one GRU step of one sequence (ONNX GRU; Cho et al. 2014):
 *
 * <pre>z = f(gz), r = f(gr), h = g(gh), H' = (1 - z) * h + z * H</pre>
 *
 * @param f function of the gates z and r
 * @param g function of the hidden gate
 * @param clip bound of what f and g are applied to; infinite for none
 */
public record GruCell(RnnActivation f, RnnActivation g, float clip) {
    /** {@code z} and {@code r} from the 2 * hidden sums of {@code x} and {@code gates}, into {@code gates}. */
    public void gates(int hidden, float[] x, int xOff, float[] gates, int gOff) {
        if (f.equals(RnnActivation.SIGMOID) && clip == Float.POSITIVE_INFINITY) {
            CellPasses.sigmoidSum(x, xOff, gates, gOff, 2 * hidden);
            return;
        }
        CellPasses.addClipped(x, xOff, gates, gOff, 2 * hidden, Float.POSITIVE_INFINITY);
        CellPasses.clip(gates, gOff, 2 * hidden, clip);
        f.apply(gates, gOff, gates, gOff, 2 * hidden);
    }

    /**
     * The new state when the reset gate comes after the product ({@code linear_before_reset}): {@code gh = x + r * (product + bias)}.
     *
     * @param gates z, r (both done), then the product {@code H * Rh}; overwritten
     * @param x the hidden gate's part of the input's product, with its bias
     * @param bias the recurrence bias of the hidden gate, or null
     */
    public void resetAfter(
            int hidden,
            float[] gates,
            int gOff,
            float[] x,
            int xOff,
            float @Nullable [] bias,
            int bOff,
            float[] h,
            int hOff) {
        int r = gOff + hidden;
        int cell = gOff + 2 * hidden;
        if (bias != null) {
            CellPasses.addClipped(bias, bOff, gates, cell, hidden, Float.POSITIVE_INFINITY);
        }
        CellPasses.multiply(gates, r, gates, cell, gates, cell, hidden);
        finish(hidden, gates, gOff, x, xOff, h, hOff);
    }

    /**
     * The new state {@code h} from z in {@code gates} and the sum of the third gate and {@code x}.
     *
     * @param gates z (done), r, then the product of the hidden gate; overwritten
     * @param x the hidden gate's part of the input's product, with its biases
     */
    public void finish(int hidden, float[] gates, int gOff, float[] x, int xOff, float[] h, int hOff) {
        int cell = gOff + 2 * hidden;
        if (g.equals(RnnActivation.TANH) && clip == Float.POSITIVE_INFINITY) {
            CellPasses.tanhSum(x, xOff, gates, cell, hidden);
        } else {
            CellPasses.addClipped(x, xOff, gates, cell, hidden, clip);
            g.apply(gates, cell, gates, cell, hidden);
        }
        CellPasses.blend(gates, gOff, gates, cell, h, hOff, hidden);
    }
}
