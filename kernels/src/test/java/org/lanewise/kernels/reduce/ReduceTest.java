package org.lanewise.kernels.reduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReduceTest {
    private static final int[][][] CASES = {
        {{7, 61}, {1}},
        {{61, 7}, {0}},
        {{61, 70}, {0}},
        {{3, 4, 35}, {0, 2}},
        {{3, 4, 35}, {0, 1, 2}},
        {{3, 4, 35}, {1}},
        {{2, 3, 4, 5}, {0, 2}},
        {{5, 1, 9}, {0, 2}},
        {{5, 6}, {}},
        {{2, 3, 2, 3, 2}, {0, 2, 4}},
        {{}, {}},
        {{9000}, {0}},
        {{1200, 18}, {0}},
        {{3, 0}, {1}},
        {{3, 0}, {0}}
    };

    private static double[] exact(ReduceOp op, int[] shape, int[] axes, float[] x) {
        ReducePlan plan = ReducePlan.of(shape, axes);
        double[] total = new double[plan.outputSize()];
        double[] max = new double[plan.outputSize()];
        java.util.Arrays.fill(max, Double.NEGATIVE_INFINITY);
        java.util.Arrays.fill(
                total,
                op == ReduceOp.PROD
                        ? 1
                        : op == ReduceOp.MAX
                                ? Double.NEGATIVE_INFINITY
                                : op == ReduceOp.MIN ? Double.POSITIVE_INFINITY : 0);
        for (int pass = 0; pass < 2; pass++) {
            for (int i = 0; i < x.length; i++) {
                int rest = i;
                int o = 0;
                int step = 1;
                for (int d = shape.length - 1; d >= 0; d--) {
                    int at = rest % shape[d];
                    rest /= shape[d];
                    int dim = d;
                    if (java.util.Arrays.stream(axes).noneMatch(a -> a == dim)) {
                        o += at * step;
                        step *= shape[d];
                    }
                }
                double v = x[i];
                if (pass == 0) {
                    max[o] = Math.max(max[o], v);
                    continue;
                }
                total[o] = switch (op) {
                    case SUM, MEAN, LOG_SUM -> total[o] + v;
                    case SUM_SQUARE, L2 -> total[o] + v * v;
                    case L1 -> total[o] + Math.abs(v);
                    case MAX -> Math.max(total[o], v);
                    case MIN -> Math.min(total[o], v);
                    case PROD -> total[o] * v;
                    case LOG_SUM_EXP -> total[o] + Math.exp(v - max[o]);
                };
            }
        }
        for (int o = 0; o < total.length; o++) {
            total[o] = op == ReduceOp.LOG_SUM_EXP
                    ? (Double.isInfinite(max[o]) ? max[o] : max[o] + Math.log(total[o]))
                    : op.finish(total[o], plan.count());
        }
        return total;
    }

    @ParameterizedTest
    @EnumSource(ReduceOp.class)
    void floatsAndDoublesAgreeWithTheDefinition(ReduceOp op) {
        Random random = new Random(1);
        for (int[][] c : CASES) {
            int size = 1;
            for (int d : c[0]) {
                size *= d;
            }
            float[] x = new float[size];
            double[] wide = new double[size];
            for (int i = 0; i < size; i++) {
                x[i] = op == ReduceOp.PROD
                        ? 1 + (float) random.nextGaussian() * 0.02f
                        : op == ReduceOp.LOG_SUM ? random.nextFloat() : (float) random.nextGaussian() * 20;
                wide[i] = x[i];
            }
            ReducePlan plan = ReducePlan.of(c[0], c[1]);
            double[] expected = exact(op, c[0], c[1], x);
            float[] y = new float[plan.outputSize() + 2];
            FloatReduce.reduce(op, plan, x, 0, y, 2);
            double[] z = new double[plan.outputSize()];
            DoubleReduce.reduce(op, plan, wide, 0, z, 0);
            for (int o = 0; o < expected.length; o++) {
                double scale = op == ReduceOp.SUM || op == ReduceOp.MEAN
                        ? 20 * Math.sqrt(size)
                        : op == ReduceOp.PROD ? 10 * Math.abs(expected[o]) : Math.abs(expected[o]);
                if (expected[o] == y[o + 2]) {
                    continue; // infinities
                }
                assertEquals(expected[o], y[o + 2], 3e-6 * scale, op + " " + List.of(c[0].length));
                assertEquals(expected[o], z[o], 1e-11 * scale + 1e-12);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ReduceOp.class)
    void splittingOutputsDoesNotChangeBits(ReduceOp op) {
        Random random = new Random(2);
        float[] x = new float[3 * 600 * 53];
        for (int i = 0; i < x.length; i++) {
            x[i] = 1 + (float) random.nextGaussian() * 0.1f;
        }
        ReducePlan plan = ReducePlan.of(new int[] {3, 600, 53}, 1);
        float[] whole = new float[3 * 53];
        float[] parts = new float[3 * 53];
        FloatReduce.pass(op, plan, 0, x, 0, whole, 0, 0, 3 * 53);
        for (int from = 0; from < parts.length; from += 11) {
            FloatReduce.pass(op, plan, 0, x, 0, parts, 0, from, Math.min(parts.length, from + 11));
        }
        assertArrayEquals(whole, parts);
    }

    @Test
    void sumsOfManyElementsStayAccurate() {
        float[] x = new float[10_000_000];
        java.util.Arrays.fill(x, 0.1f);
        float[] y = new float[1];
        FloatReduce.reduce(ReduceOp.SUM, ReducePlan.of(new int[] {x.length}, 0), x, 0, y, 0);
        assertEquals(0.1f * 1e7, y[0], 1);
        FloatReduce.reduce(ReduceOp.SUM, ReducePlan.of(new int[] {x.length / 20, 20}, 0), x, 0, y = new float[20], 0);
        assertEquals(0.1f * 5e5, y[0], 0.3);
        assertEquals(y[0], y[19]);
    }

    @Test
    void specialValues() {
        float[] x = new float[40];
        float[] y = new float[1];
        ReducePlan plan = ReducePlan.of(new int[] {40}, 0);
        java.util.Arrays.fill(x, Float.NEGATIVE_INFINITY);
        FloatReduce.reduce(ReduceOp.LOG_SUM_EXP, plan, x, 0, y, 0);
        assertEquals(Float.NEGATIVE_INFINITY, y[0]);
        x[33] = 300f;
        x[3] = 300f;
        FloatReduce.reduce(ReduceOp.LOG_SUM_EXP, plan, x, 0, y, 0);
        assertEquals(300f + (float) Math.log(2), y[0]);
        x[39] = Float.NaN;
        FloatReduce.reduce(ReduceOp.MAX, plan, x, 0, y, 0);
        assertEquals(Float.NaN, y[0]);
        FloatReduce.reduce(ReduceOp.MEAN, ReducePlan.of(new int[] {1, 0}, 1), x, 0, y, 0);
        assertEquals(Float.NaN, y[0]);
    }

    @Test
    void plansMergeAxes() {
        assertEquals(
                List.of(new ReducePlan.Pass(6, 20, 1)),
                ReducePlan.of(new int[] {2, 3, 4, 5}, 3, 2).passes());
        assertEquals(
                List.of(new ReducePlan.Pass(2, 3, 20)),
                ReducePlan.of(new int[] {2, 3, 4, 5}, 1).passes());
        assertEquals(
                List.of(new ReducePlan.Pass(1, 45, 1)),
                ReducePlan.of(new int[] {5, 1, 9}, 0, 2).passes());
        assertEquals(
                List.of(new ReducePlan.Pass(6, 4, 5), new ReducePlan.Pass(1, 2, 15)),
                ReducePlan.of(new int[] {2, 3, 4, 5}, 0, 2).passes());
    }

    @Test
    void integers() {
        ReducePlan rows = ReducePlan.of(new int[] {2, 3}, 1);
        byte[] b = {-1, 2, 3, -128, -128, 5};
        byte[] y = new byte[2];
        IntegerReduce.reduce(ReduceOp.MAX, true, rows, b, 0, y, 0);
        assertArrayEquals(new byte[] {-1, -128}, y);
        IntegerReduce.reduce(ReduceOp.MIN, false, rows, b, 0, y, 0);
        assertArrayEquals(new byte[] {-1, -128}, y);
        IntegerReduce.reduce(ReduceOp.SUM, false, rows, b, 0, y, 0);
        assertArrayEquals(new byte[] {4, 5}, y);
        long[] l = {-1, 5, 7};
        long[] z = new long[1];
        IntegerReduce.reduce(ReduceOp.MAX, true, ReducePlan.of(new int[] {3}, 0), l, 0, z, 0);
        assertEquals(-1, z[0]);
        IntegerReduce.reduce(ReduceOp.L1, false, ReducePlan.of(new int[] {3}, 0), l, 0, z, 0);
        assertEquals(13, z[0]);
        IntegerReduce.reduce(ReduceOp.MEAN, false, ReducePlan.of(new int[] {3}, 0), l, 0, z, 0);
        assertEquals(3, z[0]);
        int[] e = {7};
        IntegerReduce.reduce(ReduceOp.SUM, false, ReducePlan.of(new int[] {0}, 0), new int[0], 0, e, 0);
        assertEquals(0, e[0]);
    }

    @Test
    void indexOfTheExtreme() {
        float[] x = new float[50];
        x[20] = 3;
        x[41] = 3;
        x[5] = -2;
        long[] y = new long[25];
        ArgExtreme.floats(true, false, x, 0, 50, 1, y, 0, 0, 1);
        assertEquals(20, y[0]);
        ArgExtreme.floats(true, true, x, 0, 50, 1, y, 0, 0, 1);
        assertEquals(41, y[0]);
        ArgExtreme.floats(false, true, x, 0, 50, 1, y, 0, 0, 1);
        assertEquals(5, y[0]);
        ArgExtreme.floats(true, true, x, 0, 2, 25, y, 0, 0, 25);
        assertEquals(1, y[16]);
        assertEquals(0, y[20]);
        assertEquals(1, y[5]);
        ArgExtreme.any(true, false, true, new byte[] {1, -1, 3}, 0, 3, 1, y, 0, 0, 1);
        assertEquals(1, y[0]);
        ArgExtreme.any(false, false, false, new long[] {1, -1, -1}, 0, 3, 1, y, 0, 0, 1);
        assertEquals(1, y[0]);
        x[30] = Float.NaN;
        x[45] = Float.NaN;
        ArgExtreme.floats(false, true, x, 0, 50, 1, y, 0, 0, 1);
        assertEquals(30, y[0]);
    }

    @Test
    void runningSums() {
        int[] x = {1, 2, 3, 4, 5, 6};
        int[] y = new int[6];
        Cumulative.run(false, false, false, x, 0, 3, 1, y, 0, 0, 2);
        assertArrayEquals(new int[] {1, 3, 6, 4, 9, 15}, y);
        Cumulative.run(false, true, true, x, 0, 3, 1, y, 0, 0, 2);
        assertArrayEquals(new int[] {5, 3, 0, 11, 6, 0}, y);
        Cumulative.run(true, false, false, x, 0, 3, 2, y, 0, 0, 1);
        assertArrayEquals(new int[] {1, 2, 3, 8, 15, 48}, y);
        float[] f = new float[2];
        Cumulative.run(false, true, false, new float[] {0.5f, 1f}, 0, 2, 1, f, 0, 0, 1);
        assertArrayEquals(new float[] {0f, 0.5f}, f);
    }
}
