package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.WholeEnd;

/**
 * A depthwise 3x3 convolution of whole numbers in {@code float}, channels-last, whose sums become whole numbers again, by {@link Requantization#whole}: on registers where windows lie inside the image, as a pass over the rest.
 */
final class DepthwiseWhole {
    private final float[] weights;
    private final float[] bias;
    private final Requantization end;
    private final WholeEnd registers;

    /**
     * Of a layer that it {@link #suits}.
     *
     * @param weights what {@link DepthwiseNhwc#pack} returned
     * @param bias one a channel
     */
    DepthwiseWhole(float[] weights, float[] bias, Requantization end) {
        this.weights = weights;
        this.bias = bias;
        this.end = end;
        this.registers = end.wholeEnd();
    }

    /** Whether this computes a layer; its sizes do not matter. */
    static boolean suits(ConvGeometry g) {
        if (!Simd.ENABLED || g.rank() != 2 || g.group() != g.inChannels() || g.inChannels() != g.outChannels()) {
            return false;
        }
        int stride = g.axis(0).stride();
        for (WindowAxis axis : g.axes()) {
            if (axis.kernel() != 3 || axis.dilation() != 1 || axis.stride() != stride) {
                return false;
            }
        }
        return stride <= 2 && g.inChannels() >= Simd.LANES;
    }

    /** Computes {@code rows} rows of one image, all there are of it. */
    void run(ConvGeometry g, float[] x, int xOff, float[] y, int yOff, int rows) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int row = h.output() * g.outChannels();
        boolean block = h.interiorEnd() - h.interiorBegin() >= 2;
        int first = block ? Math.min(v.interiorBegin(), rows) : rows;
        int behind = block ? Math.min(v.interiorEnd(), rows) : rows;
        if (v.stride() == 1 && behind - first == 1) { // two at a time
            behind = first;
        }
        plain(g, x, xOff, y, yOff, row, 0, first);
        if (first < behind) {
            interior(g, x, xOff, y, yOff + first * row, first, behind - first);
        }
        plain(g, x, xOff, y, yOff, row, behind, rows);
    }

    /** Rows {@code from..to} without registers. */
    private void plain(ConvGeometry g, float[] x, int xOff, float[] y, int yOff, int row, int from, int to) {
        float low = Float.NEGATIVE_INFINITY;
        float high = Float.POSITIVE_INFINITY;
        for (int r = from; r < to; r++) {
            DepthwiseNhwc.run(g, x, xOff, weights, bias, 0, y, yOff, low, high, r, r + 1);
            end.whole(y, yOff + r * row, g.axis(1).output());
        }
    }

    /** Rows whose windows lie inside the image vertically; {@code out} is where the first of them goes. */
    private void interior(ConvGeometry g, float[] x, int xOff, float[] y, int out, int first, int rows) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int channels = g.inChannels();
        int line = h.input() * channels;
        int rowStep = v.stride() * line;
        int outStep = h.output() * channels;
        int at = xOff + (first * v.stride() - v.padBegin()) * line - h.padBegin() * channels;
        border(g, x, at, rows, y, out, 0, h.interiorBegin());
        int to = h.interiorEnd();
        for (int ox = h.interiorBegin(); ox < to; ) {
            int pairs = Math.max(1, (to - ox) / 2);
            int pixel = Math.min(ox, to - 2); // an odd last pixel is computed together with its neighbour once more
            int p = at + pixel * h.stride() * channels;
            int q = out + pixel * channels;
            if (v.stride() == 1) {
                DepthwiseWholeBlocks.block3Stride1(
                        x, p, line, rows, rowStep, pairs, weights, channels, bias, 0, y, q, outStep, registers);
            } else {
                DepthwiseWholeBlocks.block3Stride2(
                        x, p, line, rows, rowStep, pairs, weights, channels, bias, 0, y, q, outStep, registers);
            }
            ox = pixel + 2 * pairs;
        }
        border(g, x, at, rows, y, out, to, h.output());
    }

    /** The pixels {@code from..to} of rows, whose windows reach over the left or right end. */
    private void border(ConvGeometry g, float[] x, int at, int rows, float[] y, int out, int from, int to) {
        float low = Float.NEGATIVE_INFINITY;
        float high = Float.POSITIVE_INFINITY;
        int outStep = g.axis(1).output() * g.outChannels();
        DepthwiseNhwcVector.borders(g, x, at, rows, 0, 3, weights, bias, 0, y, out, low, high, from, to);
        for (int r = 0; r < rows && from < to; r++) {
            end.whole(y, out + r * outStep + from * g.outChannels(), to - from);
        }
    }
}
