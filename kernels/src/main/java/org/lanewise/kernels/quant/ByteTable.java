package org.lanewise.kernels.quant;

/** Any function of one byte, as a table of its 256 results: {@code y = table[x & 0xff]}. */
public final class ByteTable {
    private ByteTable() {}

    /** Applies the table to {@code n} bytes; y may be x at the same place. */
    public static void apply(byte[] table, byte[] x, int xOff, byte[] y, int yOff, int n) {
        for (int i = 0; i < n; i++) {
            y[yOff + i] = table[x[xOff + i] & 0xff];
        }
    }
}
