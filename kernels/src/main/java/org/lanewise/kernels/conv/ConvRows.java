package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;

/** One input plane convolved with one filter and added to one output plane, row by row; in one to three dimensions. */
final class ConvRows {
    private ConvRows() {}

    /** {@code y += x * w} for a plane of {@code float}. */
    static void add(ConvGeometry g, float[] x, int xOff, float[] w, int wOff, float[] y, int yOff) {
        WindowAxis d = g.depthAxis();
        WindowAxis h = g.heightAxis();
        WindowAxis v = g.widthAxis();
        for (int tap = 0; tap < g.taps(); tap++) {
            int shift = tap % v.kernel() * v.dilation() - v.padBegin();
            int firstX = Math.min(v.output(), firstOutput(shift, v.stride()));
            int lastX = lastOutput(shift, v);
            int shiftY = tap / v.kernel() % h.kernel() * h.dilation() - h.padBegin();
            int shiftZ = tap / v.kernel() / h.kernel() * d.dilation() - d.padBegin();
            for (int od = firstOutput(shiftZ, d.stride()); od < lastOutput(shiftZ, d); od++) {
                int plane = (od * d.stride() + shiftZ) * h.input();
                for (int oh = firstOutput(shiftY, h.stride()); oh < lastOutput(shiftY, h); oh++) {
                    int in = xOff + (plane + oh * h.stride() + shiftY) * v.input() + firstX * v.stride() + shift;
                    int out = yOff + (od * h.output() + oh) * v.output() + firstX;
                    row(x, in, v.stride(), w[wOff + tap], y, out, lastX - firstX);
                }
            }
        }
    }

    /** {@code y += x * w} for a plane of {@code double}. */
    static void add(ConvGeometry g, double[] x, int xOff, double[] w, int wOff, double[] y, int yOff) {
        WindowAxis d = g.depthAxis();
        WindowAxis h = g.heightAxis();
        WindowAxis v = g.widthAxis();
        for (int tap = 0; tap < g.taps(); tap++) {
            int shift = tap % v.kernel() * v.dilation() - v.padBegin();
            int firstX = Math.min(v.output(), firstOutput(shift, v.stride()));
            int lastX = lastOutput(shift, v);
            int shiftY = tap / v.kernel() % h.kernel() * h.dilation() - h.padBegin();
            int shiftZ = tap / v.kernel() / h.kernel() * d.dilation() - d.padBegin();
            for (int od = firstOutput(shiftZ, d.stride()); od < lastOutput(shiftZ, d); od++) {
                int plane = (od * d.stride() + shiftZ) * h.input();
                for (int oh = firstOutput(shiftY, h.stride()); oh < lastOutput(shiftY, h); oh++) {
                    int in = xOff + (plane + oh * h.stride() + shiftY) * v.input() + firstX * v.stride() + shift;
                    int out = yOff + (od * h.output() + oh) * v.output() + firstX;
                    row(x, in, v.stride(), w[wOff + tap], y, out, lastX - firstX);
                }
            }
        }
    }

    /** {@code y += x * w} for a plane of {@code int}, modulo 2^32. */
    static void add(ConvGeometry g, int[] x, int xOff, int[] w, int wOff, int[] y, int yOff) {
        WindowAxis d = g.depthAxis();
        WindowAxis h = g.heightAxis();
        WindowAxis v = g.widthAxis();
        for (int tap = 0; tap < g.taps(); tap++) {
            int shift = tap % v.kernel() * v.dilation() - v.padBegin();
            int firstX = Math.min(v.output(), firstOutput(shift, v.stride()));
            int lastX = lastOutput(shift, v);
            int shiftY = tap / v.kernel() % h.kernel() * h.dilation() - h.padBegin();
            int shiftZ = tap / v.kernel() / h.kernel() * d.dilation() - d.padBegin();
            for (int od = firstOutput(shiftZ, d.stride()); od < lastOutput(shiftZ, d); od++) {
                int plane = (od * d.stride() + shiftZ) * h.input();
                for (int oh = firstOutput(shiftY, h.stride()); oh < lastOutput(shiftY, h); oh++) {
                    int in = xOff + (plane + oh * h.stride() + shiftY) * v.input() + firstX * v.stride() + shift;
                    int out = yOff + (od * h.output() + oh) * v.output() + firstX;
                    row(x, in, v.stride(), w[wOff + tap], y, out, lastX - firstX);
                }
            }
        }
    }

    /** The first output whose tap, {@code shift} pixels from its stride, lies at or after pixel 0. */
    static int firstOutput(int shift, int stride) {
        return shift >= 0 ? 0 : (-shift + stride - 1) / stride;
    }

    /** One past the last output whose tap, {@code shift} pixels from its stride, lies in the input. */
    static int lastOutput(int shift, WindowAxis axis) {
        return shift >= axis.input() ? 0 : Math.min(axis.output(), (axis.input() - 1 - shift) / axis.stride() + 1);
    }

    private static void row(float[] x, int xOff, int stride, float w, float[] y, int yOff, int count) {
        if (stride == 1 && Simd.ENABLED) {
            ConvVector.addScaled(x, xOff, w, y, yOff, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            y[yOff + i] = Simd.fma(x[xOff + i * stride], w, y[yOff + i]);
        }
    }

    private static void row(double[] x, int xOff, int stride, double w, double[] y, int yOff, int count) {
        for (int i = 0; i < count; i++) {
            y[yOff + i] += x[xOff + i * stride] * w;
        }
    }

    private static void row(int[] x, int xOff, int stride, int w, int[] y, int yOff, int count) {
        if (stride == 1) {
            for (int i = 0; i < count; i++) {
                y[yOff + i] += x[xOff + i] * w;
            }
            return;
        }
        for (int i = 0; i < count; i++) {
            y[yOff + i] += x[xOff + i * stride] * w;
        }
    }
}
