package org.lanewise.kernels.attention;

/** Rotary position embedding (Su et al. 2021; ONNX RotaryEmbedding): pairs of values are rotated by an angle that depends on the position. */
public final class RotaryEmbedding {
    private RotaryEmbedding() {}

    /**
     * Rotates one row of a head; values from {@code 2 * half} on are copied.
     *
     * @param half number of pairs; cos and sin have a value for each
     * @param interleaved whether a pair is (2i, 2i + 1) instead of (i, half + i)
     */
    public static void row(
            float[] x,
            int xOff,
            float[] cos,
            int cosOff,
            float[] sin,
            int sinOff,
            int half,
            int size,
            boolean interleaved,
            float[] y,
            int yOff) {
        int step = interleaved ? 2 : 1;
        int partner = interleaved ? 1 : half;
        for (int i = 0; i < half; i++) {
            float a = x[xOff + i * step];
            float b = x[xOff + i * step + partner];
            float c = cos[cosOff + i];
            float s = sin[sinOff + i];
            y[yOff + i * step] = c * a - s * b;
            y[yOff + i * step + partner] = s * a + c * b;
        }
        System.arraycopy(x, xOff + 2 * half, y, yOff + 2 * half, size - 2 * half);
    }
}
