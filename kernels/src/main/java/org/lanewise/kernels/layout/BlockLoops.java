package org.lanewise.kernels.layout;

/** Loops of {@link Blocks}, once per array type. */
final class BlockLoops {
    private BlockLoops() {}

    /** {@code target[t + k*block + b] = source[s + at[k]*step + b]} for {@code k} in {@code from..to}, {@code b < block}. */
    static void gather(Object source, int s, int[] at, int step, int from, int to, int block, Object target, int t) {
        switch (source) {
            case float[] f -> gather(f, s, at, step, from, to, block, (float[]) target, t);
            case double[] d -> gather(d, s, at, step, from, to, block, (double[]) target, t);
            case byte[] b -> gather(b, s, at, step, from, to, block, (byte[]) target, t);
            case short[] h -> gather(h, s, at, step, from, to, block, (short[]) target, t);
            case int[] i -> gather(i, s, at, step, from, to, block, (int[]) target, t);
            case long[] l -> gather(l, s, at, step, from, to, block, (long[]) target, t);
            case Object[] o -> gather(o, s, at, step, from, to, block, (Object[]) target, t);
            default -> throw new IllegalArgumentException("not an array of elements: " + source.getClass());
        }
    }

    /** {@code target[t + at[k]*step + b] = source[s + k*block + b]} for {@code k} in {@code from..to}, {@code b < block}. */
    static void scatter(Object source, int s, Object target, int t, int[] at, int step, int from, int to, int block) {
        switch (source) {
            case float[] f -> scatter(f, s, (float[]) target, t, at, step, from, to, block);
            case double[] d -> scatter(d, s, (double[]) target, t, at, step, from, to, block);
            case byte[] b -> scatter(b, s, (byte[]) target, t, at, step, from, to, block);
            case short[] h -> scatter(h, s, (short[]) target, t, at, step, from, to, block);
            case int[] i -> scatter(i, s, (int[]) target, t, at, step, from, to, block);
            case long[] l -> scatter(l, s, (long[]) target, t, at, step, from, to, block);
            case Object[] o -> scatter(o, s, (Object[]) target, t, at, step, from, to, block);
            default -> throw new IllegalArgumentException("not an array of elements: " + source.getClass());
        }
    }

    private static void gather(
            float[] source, int s, int[] at, int step, int from, int to, int block, float[] target, int t) {
        if (block == 1) {
            for (int k = from; k < to; k++) {
                target[t + k] = source[s + at[k] * step];
            }
            return;
        }
        for (int k = from; k < to; k++) {
            int read = s + at[k] * step;
            int write = t + k * block;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void scatter(
            float[] source, int s, float[] target, int t, int[] at, int step, int from, int to, int block) {
        for (int k = from; k < to; k++) {
            int read = s + k * block;
            int write = t + at[k] * step;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void gather(
            double[] source, int s, int[] at, int step, int from, int to, int block, double[] target, int t) {
        if (block == 1) {
            for (int k = from; k < to; k++) {
                target[t + k] = source[s + at[k] * step];
            }
            return;
        }
        for (int k = from; k < to; k++) {
            int read = s + at[k] * step;
            int write = t + k * block;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void scatter(
            double[] source, int s, double[] target, int t, int[] at, int step, int from, int to, int block) {
        for (int k = from; k < to; k++) {
            int read = s + k * block;
            int write = t + at[k] * step;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void gather(
            byte[] source, int s, int[] at, int step, int from, int to, int block, byte[] target, int t) {
        if (block == 1) {
            for (int k = from; k < to; k++) {
                target[t + k] = source[s + at[k] * step];
            }
            return;
        }
        for (int k = from; k < to; k++) {
            int read = s + at[k] * step;
            int write = t + k * block;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void scatter(
            byte[] source, int s, byte[] target, int t, int[] at, int step, int from, int to, int block) {
        for (int k = from; k < to; k++) {
            int read = s + k * block;
            int write = t + at[k] * step;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void gather(
            short[] source, int s, int[] at, int step, int from, int to, int block, short[] target, int t) {
        if (block == 1) {
            for (int k = from; k < to; k++) {
                target[t + k] = source[s + at[k] * step];
            }
            return;
        }
        for (int k = from; k < to; k++) {
            int read = s + at[k] * step;
            int write = t + k * block;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void scatter(
            short[] source, int s, short[] target, int t, int[] at, int step, int from, int to, int block) {
        for (int k = from; k < to; k++) {
            int read = s + k * block;
            int write = t + at[k] * step;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void gather(
            int[] source, int s, int[] at, int step, int from, int to, int block, int[] target, int t) {
        if (block == 1) {
            for (int k = from; k < to; k++) {
                target[t + k] = source[s + at[k] * step];
            }
            return;
        }
        for (int k = from; k < to; k++) {
            int read = s + at[k] * step;
            int write = t + k * block;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void scatter(
            int[] source, int s, int[] target, int t, int[] at, int step, int from, int to, int block) {
        for (int k = from; k < to; k++) {
            int read = s + k * block;
            int write = t + at[k] * step;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void gather(
            long[] source, int s, int[] at, int step, int from, int to, int block, long[] target, int t) {
        if (block == 1) {
            for (int k = from; k < to; k++) {
                target[t + k] = source[s + at[k] * step];
            }
            return;
        }
        for (int k = from; k < to; k++) {
            int read = s + at[k] * step;
            int write = t + k * block;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void scatter(
            long[] source, int s, long[] target, int t, int[] at, int step, int from, int to, int block) {
        for (int k = from; k < to; k++) {
            int read = s + k * block;
            int write = t + at[k] * step;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void gather(
            Object[] source, int s, int[] at, int step, int from, int to, int block, Object[] target, int t) {
        if (block == 1) {
            for (int k = from; k < to; k++) {
                target[t + k] = source[s + at[k] * step];
            }
            return;
        }
        for (int k = from; k < to; k++) {
            int read = s + at[k] * step;
            int write = t + k * block;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }

    private static void scatter(
            Object[] source, int s, Object[] target, int t, int[] at, int step, int from, int to, int block) {
        for (int k = from; k < to; k++) {
            int read = s + k * block;
            int write = t + at[k] * step;
            for (int b = 0; b < block; b++) {
                target[write + b] = source[read + b];
            }
        }
    }
}
