package org.lanewise.kernels.conv;

import java.util.Arrays;
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

    /** Reorders ONNX weights {@code (M, 1, KH, KW)} to {@code (KH, KW, M)}, followed by zeros that stand for a missing bias and fill a vector. */
    public static float[] pack(ConvGeometry g, float[] weights, int offset) {
        int taps = g.taps();
        int channels = g.outChannels();
        float[] packed = new float[(taps + 1) * channels + Simd.LANES];
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
        int vectorRows = !Simd.ENABLED || g.inChannels() != g.outChannels()
                ? fromRow
                : g.inChannels() >= Simd.LANES ? toRow : Math.max(fromRow, lastOverrunningRow(g, x, xOff, toRow));
        if (vectorRows > fromRow) {
            if (addendOff + Math.max(g.outChannels(), Simd.LANES) > addend.length) {
                addend = Arrays.copyOfRange(addend, addendOff, addendOff + Math.max(g.outChannels(), Simd.LANES));
                addendOff = 0;
            }
            DepthwiseNhwcVector.run(g, x, xOff, packed, addend, addendOff, y, yOff, lo, hi, fromRow, vectorRows);
        }
        DepthwiseNhwcScalar.run(g, x, xOff, packed, addend, addendOff, y, yOff, lo, hi, vectorRows, toRow);
    }

    /**
     * With fewer channels than a vector has lanes, every vector reads and writes a little of the pixels that follow; what it writes there is
     * then written again, because pixels come in order. So the last row of a range, and the rows that read the end of an array, must go
     * without vectors: this is the first such row.
     */
    private static int lastOverrunningRow(ConvGeometry g, float[] x, int xOff, int toRow) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        if (h.output() * g.outChannels() < Simd.LANES || h.input() * g.inChannels() < Simd.LANES) {
            return 0;
        }
        int rows = toRow - 1;
        if (xOff + g.inputSize() + Simd.LANES > x.length) {
            int lastImage = (g.batch() - 1) * v.output();
            int touching =
                    v.input() - 1 + v.padBegin() - v.extent() + 1; // the last start that leaves the last line unread
            rows = Math.min(rows, lastImage + (touching <= 0 ? 0 : (touching - 1) / v.stride() + 1));
        }
        return rows;
    }
}
