package org.lanewise.kernels.conv;

import java.util.Arrays;
import org.lanewise.kernels.gemm.Int8Rows;

/**
 * Gathers the patches of bytes that output pixels read, channels-last, widened for the tiles: one row of {@code KH * KW * C/group} values per pixel, the zero point for
 * the padding.
 */
final class Im2RowInt8 {
    /** Values beyond the last row that are overwritten. */
    static final int OVERRUN = Int8Rows.OVERRUN;

    private Im2RowInt8() {}

    /** Gathers rows {@code from} to {@code to} (exclusive) of the N * OH * OW pixels; {@code xOff} is the first channel of the group in pixel 0. */
    static void gather(
            ConvGeometry g,
            byte[] x,
            int xOff,
            boolean signed,
            int zero,
            int from,
            int to,
            int[] rows,
            int rowsOff,
            int depth) {
        WindowAxis v = g.axis(0);
        WindowAxis h = g.axis(1);
        int channels = g.groupInChannels();
        int pixelStep = g.inChannels();
        if (g.isPointwise()) {
            Int8Rows.widen(x, xOff + from * pixelStep, pixelStep, signed, to - from, channels, rows, rowsOff, depth);
            return;
        }
        boolean joined = h.dilation() == 1 && g.group() == 1;
        int padding = Int8Rows.both(zero - (signed ? 0 : 128));
        boolean quick = joined && Int8Rows.gathers();
        int line = h.kernel() * channels;
        int at = rowsOff;
        for (int pixel = from; pixel < to; ) {
            int row = pixel / h.output();
            int ox = pixel % h.output();
            int top = row % v.output() * v.stride() - v.padBegin();
            int left = ox * h.stride() - h.padBegin();
            int image = xOff + row / v.output() * v.input() * h.input() * pixelStep;
            if (quick && top >= 0 && top + v.extent() <= v.input() && ox >= h.interiorBegin() && ox < h.interiorEnd()) {
                int count = Math.min(h.interiorEnd() - ox, to - pixel);
                int source = image + (top * h.input() + left) * pixelStep;
                int step = h.stride() * pixelStep;
                int lineStep = v.dilation() * h.input() * pixelStep;
                if (source + (count - 1) * step + (v.kernel() - 1) * lineStep + line + OVERRUN <= x.length) {
                    Int8Rows.gather(x, source, step, lineStep, signed, count, v.kernel(), line, rows, at, depth);
                    at += count * depth;
                    pixel += count;
                    continue;
                }
            }
            patch(v, h, x, image, top, left, pixelStep, channels, joined, signed, padding, rows, at);
            at += depth;
            pixel++;
        }
    }

    private static void patch(
            WindowAxis v,
            WindowAxis h,
            byte[] x,
            int image,
            int top,
            int left,
            int pixelStep,
            int channels,
            boolean joined,
            boolean signed,
            int padding,
            int[] rows,
            int rowsOff) {
        int firstX = h.firstTap(left);
        int lastX = h.lastTap(left);
        int line = h.kernel() * channels;
        int at = rowsOff;
        for (int ky = 0; ky < v.kernel(); ky++, at += line) {
            int iy = top + ky * v.dilation();
            if (iy < 0 || iy >= v.input() || firstX == lastX) {
                Arrays.fill(rows, at, at + line, padding);
                continue;
            }
            int in = image + (iy * h.input() + left) * pixelStep;
            if (firstX > 0) {
                Arrays.fill(rows, at, at + firstX * channels, padding);
            }
            if (joined) {
                int first = firstX * channels;
                Int8Rows.widenOverrunning(x, in + first, signed, rows, at + first, lastX * channels - first);
            } else {
                for (int kx = firstX; kx < lastX; kx++) {
                    int from = in + kx * h.dilation() * pixelStep;
                    Int8Rows.widenOverrunning(x, from, signed, rows, at + kx * channels, channels);
                }
            }
            if (lastX < h.kernel()) {
                Arrays.fill(rows, at + lastX * channels, at + line, padding);
            }
        }
    }
}
