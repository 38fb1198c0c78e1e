package org.lanewise.kernels.conv;

import org.lanewise.kernels.Simd;

/** {@link DepthwiseNhwc} in plain Java, for any multiplier and any number of channels. */
final class DepthwiseNhwcScalar {
    private DepthwiseNhwcScalar() {}

    static void run(
            ConvGeometry g,
            float[] x,
            int xOff,
            float[] w,
            float[] bias,
            int biasOff,
            float[] y,
            int yOff,
            float lo,
            float hi,
            int fromRow,
            int toRow) {
        WindowAxis vertical = g.axis(0);
        WindowAxis horizontal = g.axis(1);
        int outW = horizontal.output();
        int in = g.inChannels();
        int out = g.outChannels();
        for (int row = fromRow; row < toRow; row++) {
            int top = row % vertical.output() * vertical.stride() - vertical.padBegin();
            int image = xOff + row / vertical.output() * vertical.input() * horizontal.input() * in;
            for (int ox = 0; ox < outW; ox++) {
                int left = ox * horizontal.stride() - horizontal.padBegin();
                int at = yOff + (row * outW + ox) * out;
                System.arraycopy(bias, biasOff, y, at, out);
                for (int ky = vertical.firstTap(top); ky < vertical.lastTap(top); ky++) {
                    int line = image + (top + ky * vertical.dilation()) * horizontal.input() * in;
                    for (int kx = horizontal.firstTap(left); kx < horizontal.lastTap(left); kx++) {
                        int pixel = line + (left + kx * horizontal.dilation()) * in;
                        addTap(x, pixel, in, w, (ky * horizontal.kernel() + kx) * out, y, at, out / in);
                    }
                }
                for (int m = 0; m < out; m++) {
                    float v = y[at + m];
                    v = v < lo ? lo : v;
                    y[at + m] = v > hi ? hi : v;
                }
            }
        }
    }

    private static void addTap(float[] x, int xo, int channels, float[] w, int wo, float[] y, int yo, int multiplier) {
        if (multiplier == 1) {
            for (int c = 0; c < channels; c++) {
                y[yo + c] = Simd.fma(x[xo + c], w[wo + c], y[yo + c]);
            }
            return;
        }
        for (int c = 0; c < channels; c++) {
            float v = x[xo + c];
            for (int m = c * multiplier; m < (c + 1) * multiplier; m++) {
                y[yo + m] = Simd.fma(v, w[wo + m], y[yo + m]);
            }
        }
    }
}
