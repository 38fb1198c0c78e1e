package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;

/**
 * Depthwise 3x3 and 5x5 convolutions of planes of one size, channels first, of stride 1 or 2, read and written where they lie; immutable and shared by threads.
 *
 * <p>A strip as wide as a vector is computed from its top to its bottom ({@link DepthwiseStrips}). What is read beside a row is cleared, so planes need no copy with zeros around them, only room in the array. Planes without that room go
 * through {@link DepthwiseNchwVector}.
 */
final class DepthwisePlanes {
    private static final int L = Simd.LANES;

    private final ConvGeometry g;
    private final DepthwiseNchwVector tiles;
    private final int kernel;
    private final int stride;
    private final int above;
    private final int before;
    private final int height;
    private final int width;
    private final int pitch;
    private final int rows;

    /** What a plane's vectors read behind its end. */
    private final int beyond;

    /** For each strip and column of the kernel, all bits set where it reads within a row. */
    private final float[] masks;

    DepthwisePlanes(ConvGeometry g) {
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        this.g = g;
        this.tiles = new DepthwiseNchwVector(g);
        this.kernel = h.kernel();
        this.stride = h.stride();
        this.above = v.padBegin();
        this.before = h.padBegin();
        this.height = v.output();
        this.width = h.output();
        this.pitch = h.input();
        this.rows = v.input();
        this.beyond = (stride + 1) * L + Math.max(0, width - L) * stride - before - pitch;
        this.masks = masks(h);
    }

    /** Whether this is for such a layer. */
    static boolean suits(ConvGeometry g) {
        if (g.rank() != 2 || !g.isDepthwise()) {
            return false;
        }
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        return (h.kernel() == 3 || h.kernel() == 5)
                && v.kernel() == h.kernel()
                && h.dilation() == 1
                && v.dilation() == 1
                && (h.stride() == 1 || h.stride() == 2)
                && v.stride() == h.stride()
                && v.input() > 0
                && h.input() > 0
                && (v.stride() == 2 || sumsEndInStrips(v));
    }

    /** Whether strips of stride 1 begin and end with sums that lack rows at the edges only. */
    private static boolean sumsEndInStrips(WindowAxis v) {
        int full = v.input() + v.padBegin() - v.kernel() + 1;
        return v.padBegin() < v.kernel() && full >= 0 && v.output() - full <= v.kernel() / 2;
    }

    private static float[] masks(WindowAxis h) {
        int strips = Math.ceilDiv(h.output(), L);
        float[] masks = new float[strips * h.kernel() * L];
        for (int i = 0; i < masks.length; i++) {
            int strip = i / (h.kernel() * L);
            int column = (begin(strip, h.output()) + i % L) * h.stride() + i / L % h.kernel() - h.padBegin();
            boolean within = column >= 0 && column < h.input();
            masks[i] = Float.intBitsToFloat(within ? -1 : 0);
        }
        return masks;
    }

    /** Where a strip begins: the last one overlaps the one before it where rows are not whole vectors. */
    private static int begin(int strip, int width) {
        return Math.max(0, Math.min(strip * L, width - L));
    }

    boolean isFor(ConvGeometry other) {
        return g == other || g.equals(other);
    }

    int scratchSize() {
        return tiles.scratchSize();
    }

    /**
     * Computes planes {@code from..to} of the output, counted over batch and channels.
     *
     * @param lower the least result
     * @param upper the greatest result
     * @param end behind the last value of {@code y} that may be written, and will be computed later if it lies behind plane {@code to}
     */
    void run(
            float[] x,
            int xOff,
            float[] w,
            int wOff,
            float[] bias,
            float lower,
            float upper,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to,
            int end) {
        int channels = g.outChannels();
        int inPixels = g.inputPixels();
        int spill = Math.max(0, L - width);
        for (int plane = from; plane < to; plane++) {
            int channel = plane % channels;
            int in = xOff + (plane / channels * g.inChannels() + channel / g.groupOutChannels()) * inPixels;
            int out = yOff + plane * height * width;
            if (in >= before && in + inPixels + beyond <= x.length && out + height * width + spill <= end) {
                plane(x, in - before, w, wOff + channel * kernel * kernel, bias[channel], lower, upper, y, out);
            } else {
                tiles.run(x, xOff, w, wOff, bias, lower, upper, y, yOff, scratch, scratchOff, plane, plane + 1, end);
            }
        }
    }

    private void plane(
            float[] x, int at, float[] w, int wAt, float bias, float lower, float upper, float[] y, int out) {
        int strip = kernel * L;
        for (int i = 0, mask = 0; i < width; i += L, mask += strip) {
            int column = Math.max(0, Math.min(i, width - L));
            int p = at + column * stride;
            int q = out + column;
            if (kernel == 3 && stride == 1) {
                DepthwiseStrips.stride1(
                        x, p, pitch, rows, above, masks, mask, w, wAt, bias, lower, upper, y, q, width, height);
            } else if (kernel == 3) {
                DepthwiseStrips.stride2(
                        x, p, pitch, rows, above, masks, mask, w, wAt, bias, lower, upper, y, q, width, height);
            } else if (stride == 1) {
                DepthwiseStrips5.stride1(
                        x, p, pitch, rows, above, masks, mask, w, wAt, bias, lower, upper, y, q, width, height);
            } else {
                DepthwiseStrips5.stride2(
                        x, p, pitch, rows, above, masks, mask, w, wAt, bias, lower, upper, y, q, width, height);
            }
        }
    }
}
