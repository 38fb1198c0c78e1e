package org.lanewise.kernels.reduce;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.reduce.FloatReduceScalar.BLOCK_OF_BLOCKS;
import static org.lanewise.kernels.reduce.FloatReduceScalar.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.math.ScalarMath;
import org.lanewise.kernels.math.VectorMath;

/** The vector kernels of {@link FloatReduce}. */
final class FloatReduceVector {
    private static final int LANES = Species.F32.length();

    /** Elements of a row whose sums stay in float: 64 additions in each of four vectors. */
    private static final int BLOCK = 64 * 4 * LANES;

    private FloatReduceVector() {}

    private static FloatVector load(float[] x, int at) {
        return FloatVector.fromArray(F32, x, at);
    }

    /** Reduces n >= lanes contiguous elements. */
    static float row(ReduceOp op, float[] x, int xi, int n) {
        return switch (op) {
            case SUM, SUM_SQUARE, L1 -> {
                double total = 0;
                for (int start = 0; start < n; start += BLOCK) {
                    total += blockSum(op, x, xi + start, Math.min(BLOCK, n - start));
                }
                yield (float) total;
            }
            case MAX -> max(x, xi, n);
            case MIN -> min(x, xi, n);
            case PROD -> product(x, xi, n);
            case LOG_SUM_EXP -> {
                float max = max(x, xi, n);
                yield Float.isInfinite(max) ? max : (float) (max + Math.log(expSum(x, xi, n, max)));
            }
            case MEAN, L2, LOG_SUM -> throw new IllegalArgumentException(op + " is finished from a sum");
        };
    }

    private static double blockSum(ReduceOp op, float[] x, int xi, int n) {
        int whole = n - n % (4 * LANES);
        float body = switch (op) {
            case SUM_SQUARE -> squares(x, xi, whole);
            case L1 -> absolutes(x, xi, whole);
            default -> sum(x, xi, whole);
        };
        return body + (double) FloatReduceScalar.row(op, x, xi + whole, n - whole);
    }

    private static float sum(float[] x, int xi, int n) {
        FloatVector a = FloatVector.zero(F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < n; i += 4 * LANES) {
            a = a.add(load(x, xi + i));
            b = b.add(load(x, xi + i + LANES));
            c = c.add(load(x, xi + i + 2 * LANES));
            d = d.add(load(x, xi + i + 3 * LANES));
        }
        return VectorMath.sumLanes(a.add(b).add(c.add(d)));
    }

    private static float squares(float[] x, int xi, int n) {
        FloatVector a = FloatVector.zero(F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < n; i += 4 * LANES) {
            FloatVector p = load(x, xi + i);
            FloatVector q = load(x, xi + i + LANES);
            FloatVector r = load(x, xi + i + 2 * LANES);
            FloatVector s = load(x, xi + i + 3 * LANES);
            a = VectorMath.fma(p, p, a);
            b = VectorMath.fma(q, q, b);
            c = VectorMath.fma(r, r, c);
            d = VectorMath.fma(s, s, d);
        }
        return VectorMath.sumLanes(a.add(b).add(c.add(d)));
    }

    private static float absolutes(float[] x, int xi, int n) {
        FloatVector a = FloatVector.zero(F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < n; i += 4 * LANES) {
            a = a.add(load(x, xi + i).abs());
            b = b.add(load(x, xi + i + LANES).abs());
            c = c.add(load(x, xi + i + 2 * LANES).abs());
            d = d.add(load(x, xi + i + 3 * LANES).abs());
        }
        return VectorMath.sumLanes(a.add(b).add(c.add(d)));
    }

    /** The greatest of n >= lanes elements; the last vector overlaps. */
    static float max(float[] x, int xi, int n) {
        FloatVector a = load(x, xi + n - LANES);
        FloatVector b = a;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            a = a.max(load(x, xi + i));
            b = b.max(load(x, xi + i + LANES));
        }
        a = i <= n - LANES ? a.max(load(x, xi + i)) : a;
        return a.max(b).reduceLanes(VectorOperators.MAX);
    }

    private static float min(float[] x, int xi, int n) {
        FloatVector a = load(x, xi + n - LANES);
        FloatVector b = a;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            a = a.min(load(x, xi + i));
            b = b.min(load(x, xi + i + LANES));
        }
        a = i <= n - LANES ? a.min(load(x, xi + i)) : a;
        return a.min(b).reduceLanes(VectorOperators.MIN);
    }

    private static float product(float[] x, int xi, int n) {
        FloatVector a = FloatVector.broadcast(F32, 1f);
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            a = a.mul(load(x, xi + i));
        }
        float result = FloatReduceScalar.row(ReduceOp.PROD, x, xi + end, n - end);
        for (int lane = 0; lane < LANES; lane++) {
            result *= a.lane(lane);
        }
        return result;
    }

    /** The sum of e^(x - max). */
    private static double expSum(float[] x, int xi, int n, float max) {
        double total = 0;
        for (int start = 0; start < n; start += BLOCK) {
            total += expBlock(x, xi + start, Math.min(BLOCK, n - start), max);
        }
        return total;
    }

    private static double expBlock(float[] x, int xi, int n, float max) {
        FloatVector a = FloatVector.zero(F32);
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            a = a.add(VectorMath.expNonPositive(load(x, xi + i).sub(max)));
        }
        double total = VectorMath.sumLanes(a);
        for (int i = end; i < n; i++) {
            total += ScalarMath.expNonPositive(x[xi + i] - max);
        }
        return total;
    }

    /** Whole vectors of columns; returns how many columns it did. */
    static int columns(ReduceOp op, float[] x, int xi, int rows, int stride, float[] y, int yi, int n) {
        int end = F32.loopBound(n);
        for (int j = 0; j < end; j += LANES) {
            int at = xi + j;
            FloatVector v = switch (op) {
                case SUM, SUM_SQUARE, L1 -> columnSum(op, x, at, rows, stride);
                case MAX -> columnMax(x, at, rows, stride);
                case MIN -> columnMin(x, at, rows, stride);
                case PROD -> columnProduct(x, at, rows, stride);
                case LOG_SUM_EXP -> columnMax(x, at, rows, stride);
                case MEAN, L2, LOG_SUM -> throw new IllegalArgumentException(op + " is finished from a sum");
            };
            v.intoArray(y, yi + j);
            if (op == ReduceOp.LOG_SUM_EXP) {
                FloatVector sum = columnExpSum(x, at, rows, stride, v);
                for (int lane = 0; lane < LANES; lane++) {
                    y[yi + j + lane] = FloatReduceScalar.logSumExp(y[yi + j + lane], sum.lane(lane));
                }
            }
        }
        return end;
    }

    private static FloatVector columnSum(ReduceOp op, float[] x, int at, int rows, int stride) {
        FloatVector total = FloatVector.zero(F32);
        for (int outer = 0; outer < rows; outer += BLOCK_OF_BLOCKS) {
            int end = Math.min(outer + BLOCK_OF_BLOCKS, rows);
            FloatVector partial = FloatVector.zero(F32);
            for (int start = outer; start < end; start += ROWS) {
                partial = partial.add(blockSum(op, x, at + start * stride, Math.min(ROWS, end - start), stride));
            }
            total = total.add(partial);
        }
        return total;
    }

    private static FloatVector blockSum(ReduceOp op, float[] x, int at, int rows, int stride) {
        return switch (op) {
            case SUM_SQUARE -> squares(x, at, rows, stride);
            case L1 -> absolutes(x, at, rows, stride);
            default -> sums(x, at, rows, stride);
        };
    }

    private static FloatVector sums(float[] x, int at, int rows, int stride) {
        FloatVector a = FloatVector.zero(F32);
        for (int r = 0; r < rows; r++) {
            a = a.add(load(x, at + r * stride));
        }
        return a;
    }

    private static FloatVector squares(float[] x, int at, int rows, int stride) {
        FloatVector a = FloatVector.zero(F32);
        for (int r = 0; r < rows; r++) {
            FloatVector v = load(x, at + r * stride);
            a = VectorMath.fma(v, v, a);
        }
        return a;
    }

    private static FloatVector absolutes(float[] x, int at, int rows, int stride) {
        FloatVector a = FloatVector.zero(F32);
        for (int r = 0; r < rows; r++) {
            a = a.add(load(x, at + r * stride).abs());
        }
        return a;
    }

    private static FloatVector columnMax(float[] x, int at, int rows, int stride) {
        FloatVector a = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
        for (int r = 0; r < rows; r++) {
            a = a.max(load(x, at + r * stride));
        }
        return a;
    }

    private static FloatVector columnMin(float[] x, int at, int rows, int stride) {
        FloatVector a = FloatVector.broadcast(F32, Float.POSITIVE_INFINITY);
        for (int r = 0; r < rows; r++) {
            a = a.min(load(x, at + r * stride));
        }
        return a;
    }

    private static FloatVector columnProduct(float[] x, int at, int rows, int stride) {
        FloatVector a = FloatVector.broadcast(F32, 1f);
        for (int r = 0; r < rows; r++) {
            a = a.mul(load(x, at + r * stride));
        }
        return a;
    }

    private static FloatVector columnExpSum(float[] x, int at, int rows, int stride, FloatVector max) {
        FloatVector a = FloatVector.zero(F32);
        for (int r = 0; r < rows; r++) {
            a = a.add(VectorMath.expNonPositive(load(x, at + r * stride).sub(max)));
        }
        return a;
    }
}
