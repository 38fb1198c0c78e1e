package org.lanewise.kernels.quant;

import org.lanewise.kernels.conv.WindowAxis;
import org.lanewise.kernels.pool.PoolGeometry;

/**
 * Average pooling of bytes, {@code y = saturate(round(mean / yScale + yZero))} with the mean of the values the bytes stand for, summed in {@code float} row by row; ties to even. The zero point is added
 * before rounding, as ONNX Runtime's {@code com.microsoft.QLinearAveragePool} does.
 *
 * @param values what the 256 bytes stand for, {@link ByteValues#of}
 * @param yScale scale of the output
 * @param yZero zero point of the output
 * @param unsigned whether the output is uint8; int8 otherwise
 * @param includePad whether the mean is over all taps of the kernel; over those inside the input otherwise
 * @param channelsLast whether input and output are {@code (N, I1..Ir, C)}; {@code (N, C, I1..Ir)} otherwise
 */
public record QuantizedAveragePool(
        float[] values, float yScale, int yZero, boolean unsigned, boolean includePad, boolean channelsLast) {

    /** Computes output planes {@code from} to {@code to} (exclusive) of the N * C there are. */
    public void run(PoolGeometry g, byte[] x, int xOff, byte[] y, int yOff, int from, int to) {
        int step = channelsLast ? g.channels() : 1;
        for (int plane = from; plane < to; plane++) {
            int image = plane / g.channels() * g.channels();
            int in = xOff + (channelsLast ? image * g.inputPixels() + plane - image : plane * g.inputPixels());
            int out = yOff + (channelsLast ? image * g.outputPixels() + plane - image : plane * g.outputPixels());
            for (int d = 0; d < g.depthAxis().output(); d++) {
                for (int h = 0; h < g.heightAxis().output(); h++) {
                    for (int w = 0; w < g.widthAxis().output(); w++) {
                        y[out] = window(g, x, in, step, d, h, w);
                        out += step;
                    }
                }
            }
        }
    }

    private byte window(PoolGeometry g, byte[] x, int plane, int step, int d, int h, int w) {
        WindowAxis depth = g.depthAxis();
        WindowAxis height = g.heightAxis();
        WindowAxis width = g.widthAxis();
        int d0 = d * depth.stride() - depth.padBegin();
        int h0 = h * height.stride() - height.padBegin();
        int w0 = w * width.stride() - width.padBegin();
        int d1 = Math.min(d0 + depth.kernel(), depth.input());
        int h1 = Math.min(h0 + height.kernel(), height.input());
        int w1 = Math.min(w0 + width.kernel(), width.input());
        d0 = Math.max(d0, 0);
        h0 = Math.max(h0, 0);
        w0 = Math.max(w0, 0);
        float sum = 0;
        for (int i = d0; i < d1; i++) {
            for (int j = h0; j < h1; j++) {
                int row = plane + (i * height.input() + j) * width.input() * step;
                for (int k = w0; k < w1; k++) {
                    sum += values[x[row + k * step] & 0xff];
                }
            }
        }
        int taps = includePad
                ? depth.kernel() * height.kernel() * width.kernel()
                : Math.max(0, d1 - d0) * Math.max(0, h1 - h0) * Math.max(0, w1 - w0);
        float mean = sum / taps;
        float limited = Math.min(
                Math.max(mean / yScale + yZero, QuantizeScalar.smallest(unsigned)), QuantizeScalar.largest(unsigned));
        return (byte) (int) (limited + QuantizeScalar.ROUNDER - QuantizeScalar.ROUNDER);
    }
}
