package org.lanewise.kernels.conv;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;

/**
 * Deformable 2-D convolution (ONNX DeformConv; Dai et al. 2017, Zhu et al. 2018), channels-first: tap k of output pixel o reads the image,
 * by bilinear interpolation, at its regular position plus {@code offset[n, og, k, :, o]}, times {@code mask[n, og, k, o]}.
 */
public final class DeformConv {
    private static final int NR = Gemm.NR;

    private DeformConv() {}

    /** Elements of scratch that {@link #run} needs. */
    public static int scratchSize(ConvGeometry g) {
        return tileScratch(g) + g.depth() * NR;
    }

    private static int tileScratch(ConvGeometry g) {
        return Gemm.scratchLength(g.groupOutChannels(), NR, g.depth());
    }

    /**
     * Computes units {@code from} to {@code to} (exclusive): a unit is one panel of {@link Gemm#NR} output pixels of one group of one image, of
     * {@code N * group * Gemm.panels(OH * OW)}.
     *
     * @param x {@code (N, C, H, W)}
     * @param w {@code (M, C/group, KH, KW)}
     * @param offset {@code (N, offsetGroup * KH * KW * 2, OH, OW)}: row, then column, per tap
     * @param mask {@code (N, offsetGroup * KH * KW, OH, OW)}, or null for ones
     * @param epilogues bias per row and activation of each group
     * @param y {@code (N, M, OH, OW)}
     */
    public static void run(
            ConvGeometry g,
            int offsetGroup,
            float[] x,
            int xOff,
            float[] w,
            int wOff,
            float[] offset,
            int offsetOff,
            float @Nullable [] mask,
            int maskOff,
            Epilogue[] epilogues,
            float[] y,
            int yOff,
            float[] scratch,
            int scratchOff,
            int from,
            int to) {
        if (g.rank() != 2 || offsetGroup < 1 || g.inChannels() % offsetGroup != 0) {
            throw new IllegalArgumentException("deformable convolution over " + g.rank() + " axes with offset_group "
                    + offsetGroup + ": expected 2 axes and a divisor of " + g.inChannels() + " channels");
        }
        int pixels = g.outputPixels();
        int panels = Gemm.panels(pixels);
        int depth = g.depth();
        int rows = g.groupOutChannels();
        int packed = scratchOff + tileScratch(g);
        for (int unit = from; unit < to; unit++) {
            int panel = unit % panels;
            int imageGroup = unit / panels;
            int image = imageGroup / g.group();
            int which = imageGroup % g.group();
            int taps = g.taps();
            for (int row = 0; row < depth; row++) {
                int channel = which * g.groupInChannels() + row / taps;
                int entry = (image * offsetGroup + channel / (g.inChannels() / offsetGroup)) * taps + row % taps;
                int plane = xOff + (image * g.inChannels() + channel) * g.inputPixels();
                for (int j = 0; j < NR; j++) {
                    int pixel = panel * NR + j;
                    float value = 0;
                    if (pixel < pixels) {
                        float dy = offset[offsetOff + 2 * entry * pixels + pixel];
                        float dx = offset[offsetOff + (2 * entry + 1) * pixels + pixel];
                        value = sample(g, x, plane, row % taps, pixel, dy, dx)
                                * (mask == null ? 1f : mask[maskOff + entry * pixels + pixel]);
                    }
                    scratch[packed + row * NR + j] = value;
                }
            }
            int out = yOff + imageGroup * rows * pixels;
            Gemm.runBlock(
                    w,
                    wOff + which * rows * depth,
                    depth,
                    scratch,
                    packed,
                    depth * NR,
                    depth,
                    true,
                    true,
                    pixels,
                    y,
                    out,
                    pixels,
                    null,
                    0,
                    0,
                    rows,
                    panel,
                    panel + 1,
                    epilogues[which],
                    scratch,
                    scratchOff);
        }
    }

    private static float sample(ConvGeometry g, float[] x, int plane, int tap, int pixel, float dy, float dx) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        float row = pixel / h.output() * v.stride() - v.padBegin() + tap / h.kernel() * v.dilation() + dy;
        float column = pixel % h.output() * h.stride() - h.padBegin() + tap % h.kernel() * h.dilation() + dx;
        if (!(row > -1 && column > -1 && row < v.input() && column < h.input())) {
            return 0f;
        }
        int top = (int) Math.floor(row);
        int left = (int) Math.floor(column);
        float fy = row - top;
        float fx = column - left;
        float upper = (1 - fx) * at(v, h, x, plane, top, left) + fx * at(v, h, x, plane, top, left + 1);
        float lower = (1 - fx) * at(v, h, x, plane, top + 1, left) + fx * at(v, h, x, plane, top + 1, left + 1);
        return (1 - fy) * upper + fy * lower;
    }

    private static float at(WindowAxis v, WindowAxis h, float[] x, int plane, int row, int column) {
        boolean inside = row >= 0 && column >= 0 && row < v.input() && column < h.input();
        return inside ? x[plane + row * h.input() + column] : 0f;
    }
}
