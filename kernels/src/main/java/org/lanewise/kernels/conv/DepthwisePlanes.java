package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * Depthwise 3x3 convolutions of planes, channels first, of stride 1 or 2, with vectors over the pixels of a row.
 *
 * <p>A band of rows is copied with zeros above and below, but none between rows. A strip as wide as a vector is then computed from its top to its bottom: a row is read once, for the three rows of the output
 * that it counts in, whose sums are carried along. What a tap to the left or to the right reads beyond the end of its row is set to zero as bits, so that an infinity in the
 * next row leaves no NaN.
 */
final class DepthwisePlanes {
    private static final int L = Simd.LANES;

    /** Values of a band, a fraction of the first-level cache. */
    private static final int BAND = 4096;

    private DepthwisePlanes() {}

    /** Whether this is for such a layer. */
    static boolean suits(ConvGeometry g) {
        return g.rank() == 2
                && g.isDepthwise()
                && g.heightAxis().stride() == g.widthAxis().stride()
                && g.widthAxis().stride() <= 2
                && isThree(g.heightAxis())
                && isThree(g.widthAxis());
    }

    private static boolean isThree(WindowAxis axis) {
        return axis.kernel() == 3 && axis.dilation() == 1;
    }

    /** Rows of the output in a band. */
    private static int bandRows(ConvGeometry g) {
        int inputs = Math.max(1, g.widthAxis().input() * g.heightAxis().stride());
        return Math.clamp(BAND / inputs, 1, Math.max(1, g.heightAxis().output()));
    }

    private static int strips(ConvGeometry g) {
        return Math.ceilDiv(g.widthAxis().output(), L);
    }

    /** Values before a band, which begins at a cache line if the scratch does. */
    private static int before(ConvGeometry g) {
        return Math.ceilDiv(g.widthAxis().padBegin() + 1, L) * L;
    }

    /** Values of a band with what is read beyond it, whole vectors. */
    private static int bandSize(ConvGeometry g) {
        int rows = (bandRows(g) - 1) * g.heightAxis().stride() + 3;
        return Math.ceilDiv(
                        before(g)
                                + rows * g.widthAxis().input()
                                + 2 * g.widthAxis().output()
                                + 5 * L,
                        L)
                * L;
    }

    static int scratchSize(ConvGeometry g) {
        return bandSize(g) + 3 * L * strips(g) + bandRows(g) * g.widthAxis().output() + L;
    }

    /**
     * Computes planes {@code from..to} of the output, counted over batch and channels. A plane is read and written where it lies if nothing but one row of padding is above and below it, and if what
     * vectors read beyond it is within the array.
     *
     * @param lower the least result
     * @param upper the greatest result
     * @param end behind the last value of {@code y} that may be written, and will be computed later if it lies behind plane {@code to}
     */
    static void run(
            ConvGeometry g,
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
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int masks = scratchOff + bandSize(g);
        masks(g, scratch, masks);
        int pixels = g.outputPixels();
        int full = fullRows(v);
        boolean joins = v.padBegin() <= 1 && v.output() - full <= 1
                && (v.output() == full || full * v.stride() + 1 - v.padBegin() < v.input());
        int beyond = v.stride() * L + Math.max(0, (h.output() - L) * h.stride()) + 2 - h.padBegin() - h.input();
        for (int plane = from; plane < to; plane++) {
            int channel = plane % g.outChannels();
            int in = xOff + (plane / g.outChannels() * g.inChannels() + channel / g.groupOutChannels()) * g.inputPixels();
            int out = yOff + plane * pixels;
            boolean fits = h.output() >= L || out + pixels + L - h.output() <= end;
            if (joins && fits && in >= h.padBegin() && in + g.inputPixels() + beyond <= x.length) {
                strips(g, x, in - h.padBegin(), v.padBegin(), scratch, masks, w, wOff + channel * 9, bias[channel], lower, upper, y, out, full, v.output() - full);
            } else {
                copied(g, x, in, scratch, scratchOff, masks, w, wOff + channel * 9, bias[channel], lower, upper, y, out);
            }
        }
    }

    /** Rows of the output whose lowest tap lies in the plane or above it. */
    private static int fullRows(WindowAxis v) {
        return Math.clamp(Math.floorDiv(v.input() - 3 + v.padBegin(), v.stride()) + 1, 0, v.output());
    }

    /** One plane through the scratch. */
    private static void copied(
            ConvGeometry g,
            float[] x,
            int in,
            float[] scratch,
            int scratchOff,
            int masks,
            float[] w,
            int wAt,
            float bias,
            float lower,
            float upper,
            float[] y,
            int out) {
        int width = g.widthAxis().output();
        int height = g.heightAxis().output();
        int band = bandRows(g);
        int stage = masks + 3 * L * strips(g);
        int at = scratchOff + before(g);
        for (int row = 0; row < height; row += band) {
            int rows = Math.min(band, height - row);
            copy(g, x, in, scratch, at, row, rows);
            boolean staged = width < L; // a vector reaches into the next row, and behind the last
            strips(
                    g,
                    scratch,
                    at - g.widthAxis().padBegin(),
                    0,
                    scratch,
                    masks,
                    w,
                    wAt,
                    bias,
                    lower,
                    upper,
                    staged ? scratch : y,
                    staged ? stage : out + row * width,
                    rows,
                    0);
            if (staged) {
                System.arraycopy(scratch, stage, y, out + row * width, rows * width);
            }
        }
    }

    /** Where a strip begins: the last one overlaps the one before it where rows are not whole vectors. */
    private static int begin(int strip, int width) {
        return Math.max(0, Math.min(strip * L, width - L));
    }

    /** For each strip and column of the kernel, all bits set where it reads within a row. */
    private static void masks(ConvGeometry g, float[] masks, int at) {
        WindowAxis h = g.widthAxis();
        for (int strip = 0; strip < strips(g); strip++) {
            for (int i = 0; i < 3 * L; i++) {
                int column = (begin(strip, h.output()) + i % L) * h.stride() + i / L - h.padBegin();
                boolean within = column >= 0 && column < h.input();
                masks[at + 3 * L * strip + i] = Float.intBitsToFloat(within ? -1 : 0);
            }
        }
    }

    /** Copies what rows {@code row..row + rows} of the output need. */
    private static void copy(ConvGeometry g, float[] x, int in, float[] band, int at, int row, int rows) {
        WindowAxis v = g.heightAxis();
        int pitch = g.widthAxis().input();
        int top = row * v.stride() - v.padBegin();
        int bottom = (row + rows - 1) * v.stride() - v.padBegin() + 3;
        int first = Math.clamp(top, 0, v.input());
        int last = Math.clamp(bottom, first, v.input());
        Arrays.fill(band, at, at + (first - top) * pitch, 0);
        System.arraycopy(x, in + first * pitch, band, at + (first - top) * pitch, (last - first) * pitch);
        Arrays.fill(band, at + (last - top) * pitch, at + (bottom - top) * pitch, 0);
    }

    /** All strips of a band; {@code at} is where the first tap of its first pixel lies. */
    private static void strips(
            ConvGeometry g,
            float[] x,
            int at,
            int above,
            float[] scratch,
            int masks,
            float[] w,
            int wAt,
            float bias,
            float lower,
            float upper,
            float[] y,
            int out,
            int full,
            int below) {
        int width = g.widthAxis().output();
        int pitch = g.widthAxis().input();
        for (int strip = 0; strip < strips(g); strip++) {
            int column = begin(strip, width);
            int mask = masks + 3 * L * strip;
            if (g.widthAxis().stride() == 1) {
                DepthwiseStrips.stride1(
                        x, at + column, pitch, above, scratch, mask, w, wAt, bias, lower, upper, y, out + column, width, full, below);
            } else {
                DepthwiseStrips.stride2(
                        x, at + 2 * column, pitch, above, scratch, mask, w, wAt, bias, lower, upper, y, out + column, width, full, below);
            }
        }
    }
}
