package org.lanewise.kernels.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Array;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TransposeTest {
    private static final Class<?>[] TYPES = {
        float.class,
        float.class,
        float.class,
        double.class,
        int.class,
        long.class,
        short.class,
        byte.class,
        String.class
    };

    private static final int[][] SHAPES = {
        {},
        {7},
        {5, 9},
        {33, 70},
        {512, 9},
        {9, 512},
        {2, 3, 4},
        {1, 5, 1, 6},
        {3, 17, 2, 19},
        {2, 3, 4, 5, 2},
        {0, 3},
        {4, 64, 8},
        {3, 1000},
        {1000, 3}
    };

    private static Object iota(Class<?> type, int n) {
        Object x = Array.newInstance(type, n);
        for (int i = 0; i < n; i++) {
            switch (x) {
                case float[] f -> f[i] = i;
                case double[] d -> d[i] = i;
                case int[] v -> v[i] = i;
                case long[] l -> l[i] = i;
                case short[] s -> s[i] = (short) i;
                case byte[] b -> b[i] = (byte) i;
                default -> ((Object[]) x)[i] = "s" + i;
            }
        }
        return x;
    }

    private static int[] stridesOf(int[] shape) {
        int[] strides = new int[shape.length];
        int step = 1;
        for (int d = shape.length - 1; d >= 0; d--) {
            strides[d] = step;
            step *= shape[d];
        }
        return strides;
    }

    @Test
    void transposesWithFlippedAndRepeatedAxesMatchIndexArithmetic() {
        Random random = new Random(1);
        for (int trial = 0; trial < 600; trial++) {
            int[] shape = SHAPES[trial % SHAPES.length];
            int rank = shape.length;
            int[] perm = new int[rank];
            for (int d = 0; d < rank; d++) {
                int other = random.nextInt(d + 1);
                perm[d] = perm[other];
                perm[other] = d;
            }
            int[] own = stridesOf(shape);
            int[] dims = new int[rank];
            int[] source = new int[rank];
            int base = 3;
            for (int d = 0; d < rank; d++) {
                dims[d] = shape[perm[d]];
                source[d] = own[perm[d]];
                int change = random.nextInt(8);
                if (change == 0 && dims[d] > 0) {
                    base += source[d] * (dims[d] - 1);
                    source[d] = -source[d];
                } else if (change == 1) {
                    source[d] = 0;
                }
            }
            int size = 1;
            for (int d : dims) {
                size *= d;
            }
            Class<?> type = TYPES[random.nextInt(TYPES.length)];
            Object x = iota(type, size + 3);
            Object y = Array.newInstance(type, size + 2);
            StridedCopy copy = new StridedCopy(dims, source, stridesOf(dims));
            int middle = copy.units() / 2;
            copy.run(x, base, y, 2, middle, copy.units());
            copy.run(x, base, y, 2, 0, middle);
            for (int i = 0; i < size; i++) {
                int rest = i;
                int from = base;
                for (int d = rank - 1; d >= 0; d--) {
                    from += rest % dims[d] * source[d];
                    rest /= dims[d];
                }
                assertEquals(Array.get(x, from), Array.get(y, 2 + i));
            }
        }
    }

    @Test
    void gathersAndScattersBlocks() {
        for (int block : new int[] {1, 3, 40}) {
            int[] at = {2, 0, 2, 4};
            float[] x = (float[]) iota(float.class, 5 * block + 1);
            float[] y = new float[4 * block];
            Blocks.gather(x, 1, at, block, 0, 3, block, y, 0);
            Blocks.gather(x, 1, at, block, 3, 4, block, y, 0);
            for (int i = 0; i < y.length; i++) {
                assertEquals(x[1 + at[i / block] * block + i % block], y[i]);
            }
            float[] z = new float[5 * block];
            Blocks.scatter(y, 0, z, 0, at, block, 0, 4, block);
            for (int i = 0; i < z.length; i++) {
                int k = i / block;
                assertEquals(k == 1 || k == 3 ? 0f : x[1 + i], z[i]);
            }
        }
    }

    @Test
    void matricesOfBytes() {
        Random random = new Random(6);
        for (int rows : new int[] {15, 16, 17, 31, 49, 64, 100}) {
            for (int columns : new int[] {3, 16, 18, 47, 96, 131}) {
                byte[] x = new byte[2 * rows * columns + 3];
                byte[] y = new byte[2 * rows * columns + 9];
                random.nextBytes(x);
                int image = rows * columns;
                new StridedCopy(new int[] {2, columns, rows}, new int[] {image, 1, columns}, new int[] {image, rows, 1})
                        .run(x, 3, y, 5);
                for (int i = 0; i < 2 * image; i++) {
                    int at = i / image * image + i % image % rows * columns + i % image / rows;
                    assertEquals(x[3 + at], y[5 + i]);
                }
                for (int i : new int[] {0, 4, y.length - 1, y.length - 4}) {
                    assertEquals(0, y[i], "written outside");
                }
            }
        }
    }
}
