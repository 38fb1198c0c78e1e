package org.lanewise.kernels.layout;

import java.util.Arrays;

/** Two nested copy loops, once per array type: reflection and generics would cost more than the copy. */
final class StridedLoops {
    /** From this many contiguous elements on, one call of {@code System.arraycopy} is faster than a loop. */
    static final int BLOCK_MIN = 16;

    private StridedLoops() {}

    /** {@code target[t + i*tr + j*tc] = source[s + i*sr + j*sc]} for {@code i < rows}, {@code j < columns}. */
    static void copy(
            Object source, int s, int sr, int sc, Object target, int t, int tr, int tc, int rows, int columns) {
        switch (source) {
            case float[] f -> copy(f, s, sr, sc, (float[]) target, t, tr, tc, rows, columns);
            case double[] d -> copy(d, s, sr, sc, (double[]) target, t, tr, tc, rows, columns);
            case byte[] b -> copy(b, s, sr, sc, (byte[]) target, t, tr, tc, rows, columns);
            case short[] h -> copy(h, s, sr, sc, (short[]) target, t, tr, tc, rows, columns);
            case int[] i -> copy(i, s, sr, sc, (int[]) target, t, tr, tc, rows, columns);
            case long[] l -> copy(l, s, sr, sc, (long[]) target, t, tr, tc, rows, columns);
            case Object[] o -> copy(o, s, sr, sc, (Object[]) target, t, tr, tc, rows, columns);
            default -> throw new IllegalArgumentException("not an array of elements: " + source.getClass());
        }
    }

    private static void copy(
            float[] source, int s, int sr, int sc, float[] target, int t, int tr, int tc, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            int from = s + i * sr;
            int to = t + i * tr;
            if (sc == 1 && tc == 1) {
                for (int j = 0; j < columns; j++) {
                    target[to + j] = source[from + j];
                }
            } else if (sc == 0 && tc == 1) {
                Arrays.fill(target, to, to + columns, source[from]);
            } else {
                for (int j = 0; j < columns; j++) {
                    target[to + j * tc] = source[from + j * sc];
                }
            }
        }
    }

    private static void copy(
            double[] source, int s, int sr, int sc, double[] target, int t, int tr, int tc, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            int from = s + i * sr;
            int to = t + i * tr;
            if (sc == 1 && tc == 1) {
                for (int j = 0; j < columns; j++) {
                    target[to + j] = source[from + j];
                }
            } else if (sc == 0 && tc == 1) {
                Arrays.fill(target, to, to + columns, source[from]);
            } else {
                for (int j = 0; j < columns; j++) {
                    target[to + j * tc] = source[from + j * sc];
                }
            }
        }
    }

    private static void copy(
            byte[] source, int s, int sr, int sc, byte[] target, int t, int tr, int tc, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            int from = s + i * sr;
            int to = t + i * tr;
            if (sc == 1 && tc == 1) {
                for (int j = 0; j < columns; j++) {
                    target[to + j] = source[from + j];
                }
            } else if (sc == 0 && tc == 1) {
                Arrays.fill(target, to, to + columns, source[from]);
            } else {
                for (int j = 0; j < columns; j++) {
                    target[to + j * tc] = source[from + j * sc];
                }
            }
        }
    }

    private static void copy(
            short[] source, int s, int sr, int sc, short[] target, int t, int tr, int tc, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            int from = s + i * sr;
            int to = t + i * tr;
            if (sc == 1 && tc == 1) {
                for (int j = 0; j < columns; j++) {
                    target[to + j] = source[from + j];
                }
            } else if (sc == 0 && tc == 1) {
                Arrays.fill(target, to, to + columns, source[from]);
            } else {
                for (int j = 0; j < columns; j++) {
                    target[to + j * tc] = source[from + j * sc];
                }
            }
        }
    }

    private static void copy(
            int[] source, int s, int sr, int sc, int[] target, int t, int tr, int tc, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            int from = s + i * sr;
            int to = t + i * tr;
            if (sc == 1 && tc == 1) {
                for (int j = 0; j < columns; j++) {
                    target[to + j] = source[from + j];
                }
            } else if (sc == 0 && tc == 1) {
                Arrays.fill(target, to, to + columns, source[from]);
            } else {
                for (int j = 0; j < columns; j++) {
                    target[to + j * tc] = source[from + j * sc];
                }
            }
        }
    }

    private static void copy(
            long[] source, int s, int sr, int sc, long[] target, int t, int tr, int tc, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            int from = s + i * sr;
            int to = t + i * tr;
            if (sc == 1 && tc == 1) {
                for (int j = 0; j < columns; j++) {
                    target[to + j] = source[from + j];
                }
            } else if (sc == 0 && tc == 1) {
                Arrays.fill(target, to, to + columns, source[from]);
            } else {
                for (int j = 0; j < columns; j++) {
                    target[to + j * tc] = source[from + j * sc];
                }
            }
        }
    }

    private static void copy(
            Object[] source, int s, int sr, int sc, Object[] target, int t, int tr, int tc, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            int from = s + i * sr;
            int to = t + i * tr;
            if (sc == 1 && tc == 1) {
                for (int j = 0; j < columns; j++) {
                    target[to + j] = source[from + j];
                }
            } else if (sc == 0 && tc == 1) {
                Arrays.fill(target, to, to + columns, source[from]);
            } else {
                for (int j = 0; j < columns; j++) {
                    target[to + j * tc] = source[from + j * sc];
                }
            }
        }
    }
}
