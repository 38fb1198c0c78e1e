package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * The adjoint of gathering patches (ONNX Col2Im): column {@code (c, k)} of window {@code o} is added to the pixel of channel c that tap k of
 * the window covers; what falls into the padding is dropped.
 */
public final class Col2Im {
    private Col2Im() {}

    /**
     * Computes image planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * C there are, starting from 0.
     *
     * @param g the convolution whose input the image is: {@code inChannels} is C; {@code outChannels} is not read
     * @param columns {@code (N, C * K1 * ... * Kr, O1 * ... * Or)}
     * @param image {@code (N, C, I1..Ir)}
     */
    public static void run(
            ConvGeometry g, float[] columns, int columnsOff, float[] image, int imageOff, int fromPlane, int toPlane) {
        int pixels = g.inputPixels();
        for (int plane = fromPlane; plane < toPlane; plane++) {
            int at = imageOff + plane * pixels;
            Arrays.fill(image, at, at + pixels, 0f);
            add(g, columns, columnsOff + plane * g.taps() * g.outputPixels(), image, at);
        }
    }

    /** Adds the columns of one channel to its plane. */
    static void add(ConvGeometry g, float[] columns, int columnsOff, float[] image, int imageOff) {
        WindowAxis d = g.depthAxis();
        WindowAxis h = g.heightAxis();
        WindowAxis v = g.widthAxis();
        int windows = g.outputPixels();
        for (int tap = 0; tap < g.taps(); tap++) {
            int shift = tap % v.kernel() * v.dilation() - v.padBegin();
            int shiftY = tap / v.kernel() % h.kernel() * h.dilation() - h.padBegin();
            int shiftZ = tap / v.kernel() / h.kernel() * d.dilation() - d.padBegin();
            int firstX = Math.min(v.output(), ConvRows.firstOutput(shift, v.stride()));
            int count = ConvRows.lastOutput(shift, v) - firstX;
            for (int od = ConvRows.firstOutput(shiftZ, d.stride()); od < ConvRows.lastOutput(shiftZ, d); od++) {
                int plane = (od * d.stride() + shiftZ) * h.input();
                for (int oh = ConvRows.firstOutput(shiftY, h.stride()); oh < ConvRows.lastOutput(shiftY, h); oh++) {
                    int to = imageOff + (plane + oh * h.stride() + shiftY) * v.input() + firstX * v.stride() + shift;
                    int from = columnsOff + tap * windows + (od * h.output() + oh) * v.output() + firstX;
                    scatter(columns, from, image, to, v.stride(), count);
                }
            }
        }
    }

    private static void scatter(float[] columns, int from, float[] image, int to, int stride, int count) {
        if (stride == 1 && Simd.ENABLED) {
            ConvVector.addScaled(columns, from, 1f, image, to, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            image[to + i * stride] += columns[from + i];
        }
    }

    /** As the {@code float} form. */
    public static void run(
            ConvGeometry g,
            double[] columns,
            int columnsOff,
            double[] image,
            int imageOff,
            int fromPlane,
            int toPlane) {
        int pixels = g.inputPixels();
        WindowAxis d = g.depthAxis();
        WindowAxis h = g.heightAxis();
        WindowAxis v = g.widthAxis();
        int windows = g.outputPixels();
        for (int plane = fromPlane; plane < toPlane; plane++) {
            Arrays.fill(image, imageOff + plane * pixels, imageOff + (plane + 1) * pixels, 0d);
            for (int i = 0; i < g.taps() * windows; i++) {
                int tap = i / windows;
                int window = i % windows;
                int ix = window % v.output() * v.stride() + tap % v.kernel() * v.dilation() - v.padBegin();
                int iy = window / v.output() % h.output() * h.stride()
                        + tap / v.kernel() % h.kernel() * h.dilation()
                        - h.padBegin();
                int iz = window / v.output() / h.output() * d.stride()
                        + tap / v.kernel() / h.kernel() * d.dilation()
                        - d.padBegin();
                if (ix >= 0 && ix < v.input() && iy >= 0 && iy < h.input() && iz >= 0 && iz < d.input()) {
                    image[imageOff + plane * pixels + (iz * h.input() + iy) * v.input() + ix] +=
                            columns[columnsOff + plane * g.taps() * windows + i];
                }
            }
        }
    }
}
