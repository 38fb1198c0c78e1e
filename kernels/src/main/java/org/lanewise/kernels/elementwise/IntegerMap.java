package org.lanewise.kernels.elementwise;

import java.util.function.LongUnaryOperator;

/** Unary functions over the integer types. */
public final class IntegerMap {
    private IntegerMap() {}

    /**
     * y = f(x) for n elements, each widened to {@code long} with its sign and narrowed by dropping high bits; y may be x.
     *
     * @param x a {@code byte[]}, {@code short[]}, {@code int[]} or {@code long[]}; {@code y} is of the same type
     */
    public static void map(LongUnaryOperator f, Object x, int xOffset, Object y, int yOffset, int n) {
        switch (x) {
            case byte[] from -> {
                byte[] to = (byte[]) y;
                for (int i = 0; i < n; i++) {
                    to[yOffset + i] = (byte) f.applyAsLong(from[xOffset + i]);
                }
            }
            case short[] from -> {
                short[] to = (short[]) y;
                for (int i = 0; i < n; i++) {
                    to[yOffset + i] = (short) f.applyAsLong(from[xOffset + i]);
                }
            }
            case int[] from -> {
                int[] to = (int[]) y;
                for (int i = 0; i < n; i++) {
                    to[yOffset + i] = (int) f.applyAsLong(from[xOffset + i]);
                }
            }
            case long[] from -> {
                long[] to = (long[]) y;
                for (int i = 0; i < n; i++) {
                    to[yOffset + i] = f.applyAsLong(from[xOffset + i]);
                }
            }
            default -> throw new IllegalArgumentException("not an integer array: " + x.getClass());
        }
    }
}
