package org.lanewise.kernels.reduce;

import java.util.Arrays;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.math.ScalarMath;

/** The scalar kernels of {@link FloatReduce}. */
final class FloatReduceScalar {
    /** Rows of a column that are added one after the other. */
    static final int ROWS = 64;

    /** Rows whose sums over {@link #ROWS} are added one after the other. */
    static final int BLOCK_OF_BLOCKS = 64 * ROWS;

    /** Columns from which on rows are added as rows, so that each line of the cache is read once. */
    private static final int WIDE = 16;

    private FloatReduceScalar() {}

    /** Reduces n contiguous elements; sums in double precision. */
    static float row(ReduceOp op, float[] x, int xi, int n) {
        double total = op == ReduceOp.PROD ? 1 : 0;
        switch (op) {
            case SUM -> {
                for (int i = 0; i < n; i++) {
                    total += x[xi + i];
                }
            }
            case SUM_SQUARE -> {
                for (int i = 0; i < n; i++) {
                    total += (double) x[xi + i] * x[xi + i];
                }
            }
            case L1 -> {
                for (int i = 0; i < n; i++) {
                    total += Math.abs(x[xi + i]);
                }
            }
            case PROD -> {
                for (int i = 0; i < n; i++) {
                    total *= x[xi + i];
                }
            }
            case MAX, MIN -> {
                return extreme(op, x, xi, n);
            }
            case LOG_SUM_EXP -> {
                float max = extreme(ReduceOp.MAX, x, xi, n);
                if (Float.isInfinite(max)) {
                    return max;
                }
                for (int i = 0; i < n; i++) {
                    total += ScalarMath.expNonPositive(x[xi + i] - max);
                }
                return (float) (max + Math.log(total));
            }
            case MEAN, L2, LOG_SUM -> throw new IllegalArgumentException(op + " is finished from a sum");
        }
        return (float) total;
    }

    private static float extreme(ReduceOp op, float[] x, int xi, int n) {
        float best = op == ReduceOp.MAX ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY;
        for (int i = 0; i < n; i++) {
            best = op == ReduceOp.MAX ? Math.max(best, x[xi + i]) : Math.min(best, x[xi + i]);
        }
        return best;
    }

    /** y[j] = the reduction over r of x[xi + r stride + j]; a lane of the vector kernel does the same operations in the same order. */
    static void columns(ReduceOp op, float[] x, int xi, int rows, int stride, float[] y, int yi, int n) {
        switch (op) {
            case SUM, SUM_SQUARE, L1 -> {
                if (n >= WIDE) {
                    sums(op, x, xi, rows, stride, y, yi, n);
                    return;
                }
                for (int j = 0; j < n; j++) {
                    y[yi + j] = columnSum(op, x, xi + j, rows, stride);
                }
            }
            case LOG_SUM_EXP -> {
                columns(ReduceOp.MAX, x, xi, rows, stride, y, yi, n);
                for (int j = 0; j < n; j++) {
                    y[yi + j] = logSumExp(y[yi + j], expSum(x, xi + j, rows, stride, y[yi + j]));
                }
            }
            case PROD -> {
                Arrays.fill(y, yi, yi + n, 1f);
                for (int r = 0; r < rows; r++) {
                    for (int j = 0; j < n; j++) {
                        y[yi + j] *= x[xi + r * stride + j];
                    }
                }
            }
            case MAX -> {
                Arrays.fill(y, yi, yi + n, Float.NEGATIVE_INFINITY);
                for (int r = 0; r < rows; r++) {
                    for (int j = 0; j < n; j++) {
                        y[yi + j] = Math.max(y[yi + j], x[xi + r * stride + j]);
                    }
                }
            }
            case MIN -> {
                Arrays.fill(y, yi, yi + n, Float.POSITIVE_INFINITY);
                for (int r = 0; r < rows; r++) {
                    for (int j = 0; j < n; j++) {
                        y[yi + j] = Math.min(y[yi + j], x[xi + r * stride + j]);
                    }
                }
            }
            case MEAN, L2, LOG_SUM -> throw new IllegalArgumentException(op + " is finished from a sum");
        }
    }

    /** One column in the order of {@link #sums}, without arrays: vectors leave a few columns over in every run. */
    private static float columnSum(ReduceOp op, float[] x, int xi, int rows, int stride) {
        float total = 0;
        for (int outer = 0; outer < rows; outer += BLOCK_OF_BLOCKS) {
            int end = Math.min(outer + BLOCK_OF_BLOCKS, rows);
            float partial = 0;
            for (int start = outer; start < end; start += ROWS) {
                partial += columnBlock(op, x, xi + start * stride, Math.min(ROWS, end - start), stride);
            }
            total += partial;
        }
        return total;
    }

    private static float columnBlock(ReduceOp op, float[] x, int xi, int rows, int stride) {
        float sum = 0;
        for (int r = 0; r < rows; r++) {
            float v = x[xi + r * stride];
            sum = switch (op) {
                case SUM_SQUARE -> Simd.fma(v, v, sum);
                case L1 -> sum + Math.abs(v);
                default -> sum + v;
            };
        }
        return sum;
    }

    private static void sums(ReduceOp op, float[] x, int xi, int rows, int stride, float[] y, int yi, int n) {
        float[] partial = new float[n];
        float[] block = new float[n];
        Arrays.fill(y, yi, yi + n, 0f);
        for (int outer = 0; outer < rows; outer += BLOCK_OF_BLOCKS) {
            int end = Math.min(outer + BLOCK_OF_BLOCKS, rows);
            Arrays.fill(partial, 0f);
            for (int start = outer; start < end; start += ROWS) {
                blockSum(op, x, xi + start * stride, Math.min(ROWS, end - start), stride, block);
                for (int j = 0; j < n; j++) {
                    partial[j] += block[j];
                }
            }
            for (int j = 0; j < n; j++) {
                y[yi + j] += partial[j];
            }
        }
    }

    private static void blockSum(ReduceOp op, float[] x, int xi, int rows, int stride, float[] block) {
        Arrays.fill(block, 0f);
        for (int r = 0; r < rows; r++) {
            int at = xi + r * stride;
            switch (op) {
                case SUM_SQUARE -> {
                    for (int j = 0; j < block.length; j++) {
                        block[j] = Simd.fma(x[at + j], x[at + j], block[j]);
                    }
                }
                case L1 -> {
                    for (int j = 0; j < block.length; j++) {
                        block[j] += Math.abs(x[at + j]);
                    }
                }
                default -> {
                    for (int j = 0; j < block.length; j++) {
                        block[j] += x[at + j];
                    }
                }
            }
        }
    }

    private static float expSum(float[] x, int xi, int rows, int stride, float max) {
        float sum = 0;
        for (int r = 0; r < rows; r++) {
            sum += ScalarMath.expNonPositive(x[xi + r * stride] - max);
        }
        return sum;
    }

    static float logSumExp(float max, float sum) {
        return Float.isInfinite(max) ? max : (float) (max + Math.log(sum));
    }
}
