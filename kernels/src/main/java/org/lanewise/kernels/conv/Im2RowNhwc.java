package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * Gathers the patches that output pixels read, channels-last: one row of {@code KH * KW * C/group} values per pixel, zeros for the padding.
 */
final class Im2RowNhwc {
    /** Values beyond the last row that a copy in whole vectors may overwrite. */
    static final int OVERRUN = 16;

    /** Runs shorter than this are copied in place, without a call. */
    private static final int SHORT = 64;

    private Im2RowNhwc() {}

    /**
     * Gathers rows {@code from} to {@code to} (exclusive) of the N * OH * OW pixels; {@code xOff} is the first channel of the group in pixel 0.
     */
    static void gather(ConvGeometry g, float[] x, int xOff, int from, int to, float[] rows, int rowsOff) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int channels = g.groupInChannels();
        int pixelStep = g.inChannels();
        boolean joined = h.dilation() == 1 && g.group() == 1;
        int line = h.kernel() * channels;
        int depth = v.kernel() * line;
        int at = rowsOff;
        int inner = h.interiorBegin();
        int outer = h.interiorEnd();
        boolean quick = Simd.ENABLED && (joined ? line < SHORT : channels < OVERRUN);
        for (int pixel = from; pixel < to; ) {
            int ox = pixel % h.output();
            int row = pixel / h.output();
            int top = row % v.output() * v.stride() - v.padBegin();
            int image = xOff + row / v.output() * v.input() * h.input() * pixelStep;
            boolean inside = top >= 0 && top + v.extent() <= v.input();
            int left = ox * h.stride() - h.padBegin();
            if (quick && inside && ox >= inner && ox < outer) {
                int count = Math.min(outer - ox, to - pixel);
                int source = image + (top * h.input() + left) * pixelStep;
                int lineStep = v.dilation() * h.input() * pixelStep;
                int step = h.stride() * pixelStep;
                int tapStep = h.dilation() * pixelStep;
                int last = source + (count - 1) * step + (v.kernel() - 1) * lineStep + (h.kernel() - 1) * tapStep;
                if (last + Math.max(line, channels) + OVERRUN <= x.length) {
                    if (joined) {
                        ConvVector.gatherRuns(x, source, step, lineStep, count, v.kernel(), line, rows, at);
                    } else {
                        ConvVector.gatherTaps(
                                x, source, step, lineStep, v.kernel(), tapStep, h.kernel(), count, channels, rows, at);
                    }
                    at += count * depth;
                    pixel += count;
                    continue;
                }
            }
            patch(v, h, x, image + left * pixelStep, top, left, pixelStep, channels, joined, rows, at);
            at += depth;
            pixel++;
        }
    }

    /** One pixel's patch, whose first column would start at {@code source} in line 0. */
    private static void patch(
            WindowAxis v,
            WindowAxis h,
            float[] x,
            int source,
            int top,
            int left,
            int pixelStep,
            int channels,
            boolean joined,
            float[] rows,
            int rowsOff) {
        int firstX = h.firstTap(left);
        int lastX = h.lastTap(left);
        int line = h.kernel() * channels;
        int at = rowsOff;
        for (int ky = 0; ky < v.kernel(); ky++, at += line) {
            int iy = top + ky * v.dilation();
            if (iy < 0 || iy >= v.input() || firstX == lastX) {
                Arrays.fill(rows, at, at + line, 0f);
                continue;
            }
            int in = source + iy * h.input() * pixelStep;
            if (firstX > 0) {
                Arrays.fill(rows, at, at + firstX * channels, 0f);
            }
            if (joined) {
                copy(x, in + firstX * channels, rows, at + firstX * channels, (lastX - firstX) * channels);
            } else {
                for (int kx = firstX; kx < lastX; kx++) {
                    copy(x, in + kx * h.dilation() * pixelStep, rows, at + kx * channels, channels);
                }
            }
            if (lastX < h.kernel()) {
                Arrays.fill(rows, at + lastX * channels, at + line, 0f);
            }
        }
    }

    private static void copy(float[] x, int from, float[] rows, int to, int count) {
        if (count >= SHORT || !Simd.ENABLED || from + count + OVERRUN > x.length) {
            System.arraycopy(x, from, rows, to, count);
        } else {
            ConvVector.copyOverrunning(x, from, rows, to, count);
        }
    }
}
