package org.lanewise.kernels.attention;

/**
 * Rows of a key-value cache in 8 or 4 bits: {@code x} is {@code scale q} with {@code q = round(x / scale)}, half to even, within the range of the type. Scales are one for all columns or one a column. Two values
 * of 4 bits share a byte, that of the even column in the lower half, each 8 more than what it is.
 */
public final class CacheRows {
    private static final int BIAS = 8;
    private static final int NIBBLE = 4;
    private static final int LOW = (1 << NIBBLE) - 1;

    private CacheRows() {}

    /** Bytes of a row of {@code size} values. */
    public static int bytes(int bits, int size) {
        return bits == Byte.SIZE ? size : (size + 1) / 2;
    }

    /**
     * Quantizes one row. A scale of 0 stands for 1.
     *
     * @param bits 8 or 4
     * @param scaleStep from the scale of one column to that of the next: 1, or 0 for one scale
     */
    public static void quantize(
            int bits, float[] x, int at, int size, float[] scales, int scaleAt, int scaleStep, byte[] y, int yAt) {
        if (bits == Byte.SIZE) {
            for (int i = 0; i < size; i++) {
                y[yAt + i] = (byte) nearest(x[at + i], scales[scaleAt + i * scaleStep], Byte.MIN_VALUE, Byte.MAX_VALUE);
            }
            return;
        }
        for (int i = 0; i < size; i += 2) {
            int low = BIAS + nearest(x[at + i], scales[scaleAt + i * scaleStep], -BIAS, BIAS - 1);
            int high = BIAS;
            if (i + 1 < size) {
                high += nearest(x[at + i + 1], scales[scaleAt + (i + 1) * scaleStep], -BIAS, BIAS - 1);
            }
            y[yAt + i / 2] = (byte) (low | high << NIBBLE);
        }
    }

    /** What {@code x / scale} becomes; NaN becomes {@code high}. */
    private static int nearest(float x, float scale, int low, int high) {
        float inverse = scale == 0 ? 1 : 1 / scale;
        double q = Math.rint(x * inverse);
        q = q < high ? q : high;
        return (int) (q > low ? q : low);
    }

    /** The values of a row that {@link #quantize} wrote. */
    public static void dequantize(
            int bits, byte[] x, int at, int size, float[] scales, int scaleAt, int scaleStep, float[] y, int yAt) {
        if (bits == Byte.SIZE) {
            for (int i = 0; i < size; i++) {
                y[yAt + i] = x[at + i] * scales[scaleAt + i * scaleStep];
            }
            return;
        }
        for (int i = 0; i < size; i++) {
            int q = (x[at + i / 2] >> (i % 2 * NIBBLE) & LOW) - BIAS;
            y[yAt + i] = q * scales[scaleAt + i * scaleStep];
        }
    }
}
