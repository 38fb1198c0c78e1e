package org.lanewise.kernels.reduce;

import static org.lanewise.kernels.Species.F32;
import static org.lanewise.kernels.reduce.FloatReduceScalar.BLOCK_OF_BLOCKS;
import static org.lanewise.kernels.reduce.FloatReduceScalar.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.Species;
import org.lanewise.kernels.math.ScalarMath;
import org.lanewise.kernels.math.VectorMath;

/** The vector kernels of {@link FloatReduce}. */
final class FloatReduceVector {
    /** Says which class loop-carried vectors have: C2 would ask a profile that all users of vectors share. */
    private static final Class<? extends Vector<Float>> TYPE = F32.vectorType();

    private static final int LANES = Species.F32.length();

    /** Elements of a row whose sums stay in float: 64 additions in each of four vectors. */
    private static final int BLOCK = 64 * 4 * LANES;

    private FloatReduceVector() {}

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
            a = ((FloatVector) TYPE.cast(a)).add(FloatVector.fromArray(F32, x, xi + i));
            b = ((FloatVector) TYPE.cast(b)).add(FloatVector.fromArray(F32, x, xi + i + LANES));
            c = ((FloatVector) TYPE.cast(c)).add(FloatVector.fromArray(F32, x, xi + i + 2 * LANES));
            d = ((FloatVector) TYPE.cast(d)).add(FloatVector.fromArray(F32, x, xi + i + 3 * LANES));
        }
        FloatVector v = ((FloatVector) TYPE.cast(a)).add(b).add(((FloatVector) TYPE.cast(c)).add(d));
        v = LANES > 8 ? v.add(v.rearrange(VectorMath.BY_8)) : v;
        v = LANES > 4 ? v.add(v.rearrange(VectorMath.BY_4)) : v;
        v = v.add(v.rearrange(VectorMath.BY_2));
        v = v.add(v.rearrange(VectorMath.BY_1));
        return v.lane(0);
    }

    private static float squares(float[] x, int xi, int n) {
        FloatVector a = FloatVector.zero(F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < n; i += 4 * LANES) {
            FloatVector p = FloatVector.fromArray(F32, x, xi + i);
            FloatVector q = FloatVector.fromArray(F32, x, xi + i + LANES);
            FloatVector r = FloatVector.fromArray(F32, x, xi + i + 2 * LANES);
            FloatVector s = FloatVector.fromArray(F32, x, xi + i + 3 * LANES);
            a = Simd.FMA ? p.fma(p, a) : p.mul(p).add(a);
            b = Simd.FMA ? q.fma(q, b) : q.mul(q).add(b);
            c = Simd.FMA ? r.fma(r, c) : r.mul(r).add(c);
            d = Simd.FMA ? s.fma(s, d) : s.mul(s).add(d);
        }
        FloatVector v = ((FloatVector) TYPE.cast(a)).add(b).add(((FloatVector) TYPE.cast(c)).add(d));
        v = LANES > 8 ? v.add(v.rearrange(VectorMath.BY_8)) : v;
        v = LANES > 4 ? v.add(v.rearrange(VectorMath.BY_4)) : v;
        v = v.add(v.rearrange(VectorMath.BY_2));
        v = v.add(v.rearrange(VectorMath.BY_1));
        return v.lane(0);
    }

    private static float absolutes(float[] x, int xi, int n) {
        FloatVector a = FloatVector.zero(F32);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        for (int i = 0; i < n; i += 4 * LANES) {
            a = ((FloatVector) TYPE.cast(a))
                    .add(FloatVector.fromArray(F32, x, xi + i).abs());
            b = ((FloatVector) TYPE.cast(b))
                    .add(FloatVector.fromArray(F32, x, xi + i + LANES).abs());
            c = ((FloatVector) TYPE.cast(c))
                    .add(FloatVector.fromArray(F32, x, xi + i + 2 * LANES).abs());
            d = ((FloatVector) TYPE.cast(d))
                    .add(FloatVector.fromArray(F32, x, xi + i + 3 * LANES).abs());
        }
        FloatVector v = ((FloatVector) TYPE.cast(a)).add(b).add(((FloatVector) TYPE.cast(c)).add(d));
        v = LANES > 8 ? v.add(v.rearrange(VectorMath.BY_8)) : v;
        v = LANES > 4 ? v.add(v.rearrange(VectorMath.BY_4)) : v;
        v = v.add(v.rearrange(VectorMath.BY_2));
        v = v.add(v.rearrange(VectorMath.BY_1));
        return v.lane(0);
    }

    /** The greatest of n >= lanes elements; the last vector overlaps. */
    static float max(float[] x, int xi, int n) {
        FloatVector a = FloatVector.fromArray(F32, x, xi + n - LANES);
        FloatVector b = a;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            a = ((FloatVector) TYPE.cast(a)).max(FloatVector.fromArray(F32, x, xi + i));
            b = ((FloatVector) TYPE.cast(b)).max(FloatVector.fromArray(F32, x, xi + i + LANES));
        }
        a = i <= n - LANES ? ((FloatVector) TYPE.cast(a)).max(FloatVector.fromArray(F32, x, xi + i)) : a;
        return a.max(b).reduceLanes(VectorOperators.MAX);
    }

    private static float min(float[] x, int xi, int n) {
        FloatVector a = FloatVector.fromArray(F32, x, xi + n - LANES);
        FloatVector b = a;
        int i = 0;
        for (; i <= n - 2 * LANES; i += 2 * LANES) {
            a = ((FloatVector) TYPE.cast(a)).min(FloatVector.fromArray(F32, x, xi + i));
            b = ((FloatVector) TYPE.cast(b)).min(FloatVector.fromArray(F32, x, xi + i + LANES));
        }
        a = i <= n - LANES ? ((FloatVector) TYPE.cast(a)).min(FloatVector.fromArray(F32, x, xi + i)) : a;
        return a.min(b).reduceLanes(VectorOperators.MIN);
    }

    private static float product(float[] x, int xi, int n) {
        FloatVector a = FloatVector.broadcast(F32, 1f);
        int end = F32.loopBound(n);
        for (int i = 0; i < end; i += LANES) {
            a = ((FloatVector) TYPE.cast(a)).mul(FloatVector.fromArray(F32, x, xi + i));
        }
        float result = FloatReduceScalar.row(ReduceOp.PROD, x, xi + end, n - end);
        for (int lane = 0; lane < LANES; lane++) {
            result *= ((FloatVector) TYPE.cast(a)).lane(lane);
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
            a = ((FloatVector) TYPE.cast(a))
                    .add(VectorMath.expNonPositive(
                            FloatVector.fromArray(F32, x, xi + i).sub(max)));
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
        int j = 0;
        if (op == ReduceOp.SUM) {
            for (; j + 4 * LANES <= end; j += 4 * LANES) {
                fourColumnSums(x, xi + j, rows, stride, y, yi + j);
            }
        }
        for (; j < end; j += LANES) {
            switch (op) {
                case SUM -> columnSum(x, xi + j, rows, stride, y, yi + j);
                case SUM_SQUARE -> columnSquares(x, xi + j, rows, stride, y, yi + j);
                case L1 -> columnAbsolutes(x, xi + j, rows, stride, y, yi + j);
                case MAX -> columnMax(x, xi + j, rows, stride, y, yi + j);
                case MIN -> columnMin(x, xi + j, rows, stride, y, yi + j);
                case PROD -> columnProduct(x, xi + j, rows, stride, y, yi + j);
                case LOG_SUM_EXP -> columnLogSumExp(x, xi + j, rows, stride, y, yi + j);
                case MEAN, L2, LOG_SUM -> throw new IllegalArgumentException(op + " is finished from a sum");
            }
        }
        return end;
    }

    /** One loop, the sums of blocks taken in on the way: a method for a block would hand its vector over boxed where C2 does not inline it. */
    private static void columnSum(float[] x, int at, int rows, int stride, float[] y, int yo) {
        FloatVector total = FloatVector.zero(F32);
        FloatVector partial = total;
        FloatVector a = total;
        for (int r = 0; r < rows; r++) {
            a = ((FloatVector) TYPE.cast(a)).add(FloatVector.fromArray(F32, x, at + r * stride));
            if (r % ROWS == ROWS - 1) {
                partial = ((FloatVector) TYPE.cast(partial)).add(a);
                a = FloatVector.zero(F32);
                if (r % BLOCK_OF_BLOCKS == BLOCK_OF_BLOCKS - 1) {
                    total = ((FloatVector) TYPE.cast(total)).add(partial);
                    partial = FloatVector.zero(F32);
                }
            }
        }
        ((FloatVector) TYPE.cast(total))
                .add(((FloatVector) TYPE.cast(partial)).add(a))
                .intoArray(y, yo);
    }

    /** {@link #columnSum} for four vectors side by side: rows lie on different pages, so longer pieces of each are read in one go. */
    private static void fourColumnSums(float[] x, int at, int rows, int stride, float[] y, int yo) {
        FloatVector zero = FloatVector.zero(F32);
        FloatVector totalA = zero;
        FloatVector totalB = zero;
        FloatVector totalC = zero;
        FloatVector totalD = zero;
        FloatVector partialA = zero;
        FloatVector partialB = zero;
        FloatVector partialC = zero;
        FloatVector partialD = zero;
        FloatVector a = zero;
        FloatVector b = zero;
        FloatVector c = zero;
        FloatVector d = zero;
        for (int r = 0; r < rows; r++) {
            int from = at + r * stride;
            a = ((FloatVector) TYPE.cast(a)).add(FloatVector.fromArray(F32, x, from));
            b = ((FloatVector) TYPE.cast(b)).add(FloatVector.fromArray(F32, x, from + LANES));
            c = ((FloatVector) TYPE.cast(c)).add(FloatVector.fromArray(F32, x, from + 2 * LANES));
            d = ((FloatVector) TYPE.cast(d)).add(FloatVector.fromArray(F32, x, from + 3 * LANES));
            if (r % ROWS == ROWS - 1) {
                partialA = ((FloatVector) TYPE.cast(partialA)).add(a);
                partialB = ((FloatVector) TYPE.cast(partialB)).add(b);
                partialC = ((FloatVector) TYPE.cast(partialC)).add(c);
                partialD = ((FloatVector) TYPE.cast(partialD)).add(d);
                a = FloatVector.zero(F32);
                b = FloatVector.zero(F32);
                c = FloatVector.zero(F32);
                d = FloatVector.zero(F32);
                if (r % BLOCK_OF_BLOCKS == BLOCK_OF_BLOCKS - 1) {
                    totalA = ((FloatVector) TYPE.cast(totalA)).add(partialA);
                    totalB = ((FloatVector) TYPE.cast(totalB)).add(partialB);
                    totalC = ((FloatVector) TYPE.cast(totalC)).add(partialC);
                    totalD = ((FloatVector) TYPE.cast(totalD)).add(partialD);
                    partialA = FloatVector.zero(F32);
                    partialB = FloatVector.zero(F32);
                    partialC = FloatVector.zero(F32);
                    partialD = FloatVector.zero(F32);
                }
            }
        }
        ((FloatVector) TYPE.cast(totalA))
                .add(((FloatVector) TYPE.cast(partialA)).add(a))
                .intoArray(y, yo);
        ((FloatVector) TYPE.cast(totalB))
                .add(((FloatVector) TYPE.cast(partialB)).add(b))
                .intoArray(y, yo + LANES);
        ((FloatVector) TYPE.cast(totalC))
                .add(((FloatVector) TYPE.cast(partialC)).add(c))
                .intoArray(y, yo + 2 * LANES);
        ((FloatVector) TYPE.cast(totalD))
                .add(((FloatVector) TYPE.cast(partialD)).add(d))
                .intoArray(y, yo + 3 * LANES);
    }

    private static void columnSquares(float[] x, int at, int rows, int stride, float[] y, int yo) {
        FloatVector total = FloatVector.zero(F32);
        FloatVector partial = total;
        FloatVector a = total;
        for (int r = 0; r < rows; r++) {
            FloatVector v = FloatVector.fromArray(F32, x, at + r * stride);
            a = Simd.FMA ? v.fma(v, a) : v.mul(v).add(a);
            if (r % ROWS == ROWS - 1) {
                partial = ((FloatVector) TYPE.cast(partial)).add(a);
                a = FloatVector.zero(F32);
                if (r % BLOCK_OF_BLOCKS == BLOCK_OF_BLOCKS - 1) {
                    total = ((FloatVector) TYPE.cast(total)).add(partial);
                    partial = FloatVector.zero(F32);
                }
            }
        }
        ((FloatVector) TYPE.cast(total))
                .add(((FloatVector) TYPE.cast(partial)).add(a))
                .intoArray(y, yo);
    }

    private static void columnAbsolutes(float[] x, int at, int rows, int stride, float[] y, int yo) {
        FloatVector total = FloatVector.zero(F32);
        FloatVector partial = total;
        FloatVector a = total;
        for (int r = 0; r < rows; r++) {
            a = ((FloatVector) TYPE.cast(a))
                    .add(FloatVector.fromArray(F32, x, at + r * stride).abs());
            if (r % ROWS == ROWS - 1) {
                partial = ((FloatVector) TYPE.cast(partial)).add(a);
                a = FloatVector.zero(F32);
                if (r % BLOCK_OF_BLOCKS == BLOCK_OF_BLOCKS - 1) {
                    total = ((FloatVector) TYPE.cast(total)).add(partial);
                    partial = FloatVector.zero(F32);
                }
            }
        }
        ((FloatVector) TYPE.cast(total))
                .add(((FloatVector) TYPE.cast(partial)).add(a))
                .intoArray(y, yo);
    }

    private static void columnMax(float[] x, int at, int rows, int stride, float[] y, int yo) {
        FloatVector a = FloatVector.broadcast(F32, Float.NEGATIVE_INFINITY);
        for (int r = 0; r < rows; r++) {
            a = ((FloatVector) TYPE.cast(a)).max(FloatVector.fromArray(F32, x, at + r * stride));
        }
        ((FloatVector) TYPE.cast(a)).intoArray(y, yo);
    }

    private static void columnMin(float[] x, int at, int rows, int stride, float[] y, int yo) {
        FloatVector a = FloatVector.broadcast(F32, Float.POSITIVE_INFINITY);
        for (int r = 0; r < rows; r++) {
            a = ((FloatVector) TYPE.cast(a)).min(FloatVector.fromArray(F32, x, at + r * stride));
        }
        ((FloatVector) TYPE.cast(a)).intoArray(y, yo);
    }

    private static void columnProduct(float[] x, int at, int rows, int stride, float[] y, int yo) {
        FloatVector a = FloatVector.broadcast(F32, 1f);
        for (int r = 0; r < rows; r++) {
            a = ((FloatVector) TYPE.cast(a)).mul(FloatVector.fromArray(F32, x, at + r * stride));
        }
        ((FloatVector) TYPE.cast(a)).intoArray(y, yo);
    }

    private static void columnLogSumExp(float[] x, int at, int rows, int stride, float[] y, int yo) {
        columnMax(x, at, rows, stride, y, yo);
        FloatVector max = FloatVector.fromArray(F32, y, yo);
        FloatVector a = FloatVector.zero(F32);
        for (int r = 0; r < rows; r++) {
            a = ((FloatVector) TYPE.cast(a))
                    .add(VectorMath.expNonPositive(
                            FloatVector.fromArray(F32, x, at + r * stride).sub(max)));
        }
        for (int lane = 0; lane < LANES; lane++) {
            y[yo + lane] = FloatReduceScalar.logSumExp(y[yo + lane], ((FloatVector) TYPE.cast(a)).lane(lane));
        }
    }
}
