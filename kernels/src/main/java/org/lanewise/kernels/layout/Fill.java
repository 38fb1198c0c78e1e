package org.lanewise.kernels.layout;

import java.util.Arrays;

/** Fills part of an array with one of its own kind of elements. */
public final class Fill {
    private Fill() {}

    /** Sets {@code target[from..to)} to {@code values[at]}; both arrays have the same element type. */
    public static void run(Object target, int from, int to, Object values, int at) {
        switch (values) {
            case float[] f -> Arrays.fill((float[]) target, from, to, f[at]);
            case double[] d -> Arrays.fill((double[]) target, from, to, d[at]);
            case byte[] b -> Arrays.fill((byte[]) target, from, to, b[at]);
            case short[] h -> Arrays.fill((short[]) target, from, to, h[at]);
            case int[] i -> Arrays.fill((int[]) target, from, to, i[at]);
            case long[] l -> Arrays.fill((long[]) target, from, to, l[at]);
            case Object[] o -> Arrays.fill((Object[]) target, from, to, o[at]);
            default -> throw new IllegalArgumentException("not an array of elements: " + values.getClass());
        }
    }
}
