package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * Depthwise 2-D convolution, channels-last: each output channel is one filter over one input channel.
 *
 * <pre>y[n, oh, ow, m] = clamp(bias[m] + sum over kh, kw of x[n, ih, iw, m / multiplier] * w[kh, kw, m])</pre>
 *
 * <p>Input {@code (N, H, W, C)}, output {@code (N, OH, OW, M)}, {@code multiplier = M / C}. Direct, without im2col: the vectors run over the
 * channels, the filter's taps stay in registers along a row.
 */
public final class DepthwiseNhwc {
    private DepthwiseNhwc() {}

    /** Whether this kernel computes the given convolution. */
    public static boolean supports(ConvGeometry g) {
        return g.rank() == 2 && g.group() == g.inChannels() && g.group() > 0;
    }

    /** Reorders ONNX weights {@code (M, 1, KH, KW)} to {@code (KH, KW, M)}, followed by M zeros, which stand for a missing bias. */
    public static float[] pack(ConvGeometry g, float[] weights, int offset) {
        int taps = g.taps();
        int channels = g.outChannels();
        float[] packed = new float[(taps + 1) * channels];
        for (int m = 0; m < channels; m++) {
            for (int t = 0; t < taps; t++) {
                packed[t * channels + m] = weights[offset + m * taps + t];
            }
        }
        return packed;
    }

    /**
     * Computes output rows {@code fromRow} to {@code toRow} (exclusive) of the {@code N * OH} rows there are.
     *
     * @param packed what {@link #pack} returned
     * @param bias one value per output channel from {@code biasOff} on, or null for none
     * @param lo smallest result: negative infinity, or 0 for a fused Relu; a NaN result stays NaN
     * @param hi largest result: positive infinity, or 6 for a fused Relu6
     */
    public static void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] packed,
            float @Nullable [] bias,
            int biasOff,
            float[] y,
            int yOff,
            float lo,
            float hi,
            int fromRow,
            int toRow) {
        float[] addend = bias == null ? packed : bias;
        int addendOff = bias == null ? g.taps() * g.outChannels() : biasOff;
        if (Simd.ENABLED && g.inChannels() >= Simd.LANES && g.inChannels() == g.outChannels()) {
            DepthwiseNhwcVector.run(g, x, xOff, packed, addend, addendOff, y, yOff, lo, hi, fromRow, toRow);
        } else {
            DepthwiseNhwcScalar.run(g, x, xOff, packed, addend, addendOff, y, yOff, lo, hi, fromRow, toRow);
        }
    }
}
