package org.lanewise.kernels.attention;

import java.util.Arrays;

/**
 * Attention without softmax as a recurrence over a state S (keySize, valueSize) (ONNX LinearAttention): per step
 * {@code S = e^g * S + k (b * (v - S' k))'}, {@code o = scale * S' q}; without gate g = 0, without correction {@code S = S + k v'}.
 */
public final class LinearAttention {
    private LinearAttention() {}

    /**
     * Updates the state with one step.
     *
     * @param s the state, (keySize, valueSize)
     * @param gate logarithms of the decay
     * @param gateStride 1 with a decay for each row of S, 0 with one for all
     * @param gated whether there is a decay
     * @param corrected whether what S already gives for k is subtracted from v, and {@code rate} applied
     * @param spare valueSize values that are overwritten
     */
    public static void update(
            float[] s,
            int sOff,
            int keySize,
            int valueSize,
            float[] k,
            int kOff,
            float[] v,
            int vOff,
            boolean gated,
            float[] gate,
            int gateOff,
            int gateStride,
            boolean corrected,
            float rate,
            float[] spare) {
        if (gated) {
            for (int i = 0; i < keySize; i++) {
                float factor = (float) Math.exp(gate[gateOff + i * gateStride]);
                int row = sOff + i * valueSize;
                for (int j = 0; j < valueSize; j++) {
                    s[row + j] *= factor;
                }
            }
        }
        System.arraycopy(v, vOff, spare, 0, valueSize);
        if (corrected) {
            for (int i = 0; i < keySize; i++) {
                addScaled(-k[kOff + i], s, sOff + i * valueSize, spare, 0, valueSize);
            }
            for (int j = 0; j < valueSize; j++) {
                spare[j] *= rate;
            }
        }
        for (int i = 0; i < keySize; i++) {
            addScaled(k[kOff + i], spare, 0, s, sOff + i * valueSize, valueSize);
        }
    }

    /** {@code out = scale * S' q}. */
    public static void read(
            float[] s,
            int sOff,
            int keySize,
            int valueSize,
            float[] q,
            int qOff,
            float scale,
            float[] out,
            int outOff) {
        Arrays.fill(out, outOff, outOff + valueSize, 0);
        for (int i = 0; i < keySize; i++) {
            addScaled(scale * q[qOff + i], s, sOff + i * valueSize, out, outOff, valueSize);
        }
    }

    private static void addScaled(float factor, float[] x, int xOff, float[] y, int yOff, int n) {
        for (int i = 0; i < n; i++) {
            y[yOff + i] += factor * x[xOff + i];
        }
    }
}
