package org.lanewise.kernels.pool;

import java.util.Arrays;
import org.lanewise.kernels.conv.WindowAxis;

/** Channels-last pooling in plain Java, for any number of channels. */
final class PoolNhwcScalar {
    private PoolNhwcScalar() {}

    static void max(PoolGeometry g, float[] x, int xOff, float[] y, int yOff, int fromRow, int toRow) {
        WindowAxis h = g.heightAxis();
        WindowAxis w = g.widthAxis();
        int channels = g.channels();
        for (int row = fromRow; row < toRow; row++) {
            int top = row % h.output() * h.stride() - h.padBegin();
            int image = xOff + row / h.output() * h.input() * w.input() * channels;
            for (int ow = 0; ow < w.output(); ow++) {
                int left = ow * w.stride() - w.padBegin();
                int at = yOff + (row * w.output() + ow) * channels;
                Arrays.fill(y, at, at + channels, Float.NEGATIVE_INFINITY);
                for (int v = h.firstTap(top); v < h.lastTap(top); v++) {
                    for (int u = w.firstTap(left); u < w.lastTap(left); u++) {
                        int p = image + ((top + v * h.dilation()) * w.input() + left + u * w.dilation()) * channels;
                        for (int c = 0; c < channels; c++) {
                            y[at + c] = Math.max(y[at + c], x[p + c]);
                        }
                    }
                }
            }
        }
    }

    /** Bytes whose order is that of int8 once {@code flip} is added to the first bit. */
    static void max(PoolGeometry g, byte[] x, int xOff, byte[] y, int yOff, byte flip, int fromRow, int toRow) {
        WindowAxis h = g.heightAxis();
        WindowAxis w = g.widthAxis();
        int channels = g.channels();
        for (int row = fromRow; row < toRow; row++) {
            int top = row % h.output() * h.stride() - h.padBegin();
            int image = xOff + row / h.output() * h.input() * w.input() * channels;
            for (int ow = 0; ow < w.output(); ow++) {
                int left = ow * w.stride() - w.padBegin();
                int at = yOff + (row * w.output() + ow) * channels;
                Arrays.fill(y, at, at + channels, (byte) (Byte.MIN_VALUE ^ flip));
                for (int v = h.firstTap(top); v < h.lastTap(top); v++) {
                    for (int u = w.firstTap(left); u < w.lastTap(left); u++) {
                        int p = image + ((top + v * h.dilation()) * w.input() + left + u * w.dilation()) * channels;
                        for (int c = 0; c < channels; c++) {
                            y[at + c] = (byte) (Math.max(y[at + c] ^ flip, x[p + c] ^ flip) ^ flip);
                        }
                    }
                }
            }
        }
    }

    static void average(
            PoolGeometry g, float[] x, int xOff, float[] y, int yOff, boolean includePad, int fromRow, int toRow) {
        WindowAxis h = g.heightAxis();
        WindowAxis w = g.widthAxis();
        int channels = g.channels();
        for (int row = fromRow; row < toRow; row++) {
            int top = row % h.output() * h.stride() - h.padBegin();
            int image = xOff + row / h.output() * h.input() * w.input() * channels;
            int rows = includePad ? AveragePool.padded(h, top) : h.lastTap(top) - h.firstTap(top);
            for (int ow = 0; ow < w.output(); ow++) {
                int left = ow * w.stride() - w.padBegin();
                int at = yOff + (row * w.output() + ow) * channels;
                Arrays.fill(y, at, at + channels, 0f);
                for (int v = h.firstTap(top); v < h.lastTap(top); v++) {
                    for (int u = w.firstTap(left); u < w.lastTap(left); u++) {
                        int p = image + ((top + v * h.dilation()) * w.input() + left + u * w.dilation()) * channels;
                        for (int c = 0; c < channels; c++) {
                            y[at + c] += x[p + c];
                        }
                    }
                }
                int area = rows * (includePad ? AveragePool.padded(w, left) : w.lastTap(left) - w.firstTap(left));
                for (int c = 0; c < channels && area > 0; c++) {
                    y[at + c] /= area;
                }
            }
        }
    }
}
