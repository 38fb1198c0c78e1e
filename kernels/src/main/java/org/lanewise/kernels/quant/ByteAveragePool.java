package org.lanewise.kernels.quant;

import java.util.Arrays;
import org.lanewise.kernels.conv.WindowAxis;
import org.lanewise.kernels.pool.PoolGeometry;

/**
 * Average of quantized bytes over windows, channels-last, as com.microsoft {@code QLinearAveragePool} and {@code QLinearGlobalAveragePool}:
 *
 * <pre>y = saturate(round(float(sum of (x - xZero)) * (xScale / (yScale * count))) + yZero)</pre>
 *
 * <p>The sum is exact, the rest rounded to {@code float}.
 */
public final class ByteAveragePool {
    private ByteAveragePool() {}

    /**
     * Computes output pixels {@code fromPixel} to {@code toPixel} (exclusive) of the N * O1 * ... * Or there are.
     *
     * @param x {@code (N, I1..Ir, C)}, y {@code (N, O1..Or, C)}
     * @param countPad whether the pixels of the padding count, as zeros
     * @param scratch C values from {@code scratchOff} on
     */
    public static void runNhwc(
            PoolGeometry g,
            byte[] x,
            int xOff,
            float xScale,
            int xZero,
            byte[] y,
            int yOff,
            float yScale,
            int yZero,
            boolean unsigned,
            boolean countPad,
            int[] scratch,
            int scratchOff,
            int fromPixel,
            int toPixel) {
        WindowAxis d = g.depthAxis();
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int channels = g.channels();
        int mask = unsigned ? 0xff : -1;
        int lo = QuantizeScalar.smallest(unsigned);
        for (int pixel = fromPixel; pixel < toPixel; pixel++) {
            int column = pixel % h.output() * h.stride() - h.padBegin();
            int row = pixel / h.output() % v.output() * v.stride() - v.padBegin();
            int slice = pixel / h.output() / v.output() % d.output() * d.stride() - d.padBegin();
            int image = xOff + pixel / g.outputPixels() * g.inputPixels() * channels;
            Arrays.fill(scratch, scratchOff, scratchOff + channels, 0);
            int inside = 0;
            for (int kd = d.firstTap(slice); kd < d.lastTap(slice); kd++) {
                for (int ky = v.firstTap(row); ky < v.lastTap(row); ky++) {
                    int line = ((slice + kd * d.dilation()) * v.input() + row + ky * v.dilation()) * h.input();
                    for (int kx = h.firstTap(column); kx < h.lastTap(column); kx++, inside++) {
                        int from = image + (line + column + kx * h.dilation()) * channels;
                        add(x, from, mask, scratch, scratchOff, channels);
                    }
                }
            }
            int count = countPad ? padded(d, slice) * padded(v, row) * padded(h, column) : inside;
            float scale = xScale / (yScale * Math.max(1, count));
            int zeros = inside * xZero;
            int to = yOff + pixel * channels;
            for (int c = 0; c < channels; c++) {
                y[to + c] = ByteArithmetic.round((scratch[scratchOff + c] - zeros) * scale, lo, lo + 255, yZero);
            }
        }
    }

    private static void add(byte[] x, int from, int mask, int[] sums, int sumsOff, int n) {
        for (int c = 0; c < n; c++) {
            sums[sumsOff + c] += x[from + c] & mask;
        }
    }

    /** Taps inside the input or its padding. */
    private static int padded(WindowAxis axis, int start) {
        int end = Math.min(start + axis.extent(), axis.input() + axis.padEnd());
        return Math.ceilDiv(Math.max(0, end - start), axis.dilation());
    }
}
