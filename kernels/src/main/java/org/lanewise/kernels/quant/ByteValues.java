package org.lanewise.kernels.quant;

/**
 * Functions of one byte as tables of 256 entries, the entry of byte {@code x} at {@code x & 0xff}: what a byte stands for, and any elementwise function between quantized
 * tensors. Sources: ONNX {@code DequantizeLinear}, {@code QuantizeLinear}.
 */
public final class ByteValues {
    /** Entries of a table. */
    public static final int SIZE = 256;

    private ByteValues() {}

    /**
     * The values the bytes stand for, {@code scale (x - zero)}.
     *
     * @param unsigned whether the bytes are uint8; int8 otherwise
     */
    public static float[] of(float scale, int zero, boolean unsigned) {
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bytes[i] = (byte) i;
        }
        float[] values = new float[SIZE];
        Dequantize.run(bytes, 0, values, 0, SIZE, scale, zero, unsigned);
        return values;
    }

    /** The bytes that stand for {@code values}, as {@link Quantize}. */
    public static byte[] quantized(float[] values, float scale, int zero, boolean unsigned) {
        byte[] bytes = new byte[SIZE];
        Quantize.run(values, 0, bytes, 0, SIZE, scale, zero, unsigned);
        return bytes;
    }
}
