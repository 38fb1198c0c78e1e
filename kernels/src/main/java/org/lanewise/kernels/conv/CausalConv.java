package org.lanewise.kernels.conv;

import java.util.Arrays;

/** Causal depthwise convolution along time (ONNX CausalConvWithState). */
public final class CausalConv {
    private CausalConv() {}

    /**
     * One channel: {@code y[t] = bias + sum over j of w[j] * row[t + j]}.
     *
     * @param row {@code taps - 1} values before the first step, then {@code steps} values
     */
    public static void channel(
            float[] row, int rowOff, float[] w, int wOff, int taps, float bias, float[] y, int yOff, int steps) {
        Arrays.fill(y, yOff, yOff + steps, bias);
        for (int j = 0; j < taps; j++) {
            float factor = w[wOff + j];
            int from = rowOff + j;
            for (int t = 0; t < steps; t++) {
                y[yOff + t] += factor * row[from + t];
            }
        }
    }
}
