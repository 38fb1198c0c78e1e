package org.lanewise.kernels.norm;

import java.util.Arrays;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.kernels.elementwise.FloatElementwise;
import org.lanewise.kernels.math.FloatMath;
import org.lanewise.kernels.reduce.FloatReduce;
import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.kernels.reduce.ReducePlan;

/** Normalizations by a norm along an axis, by neighbouring channels, and by the mean and variance over any axes. */
public final class LineNorm {
    private static final int TILE = 1024;

    private LineNorm() {}

    /**
     * y = x / ||x||_p along the axis of (outer, axis, inner), for the lines from..to of outer x inner; a zero line stays zero.
     *
     * @param p 1 or 2
     */
    public static void lp(
            int p, float[] x, int xOffset, float[] y, int yOffset, int axis, int inner, int from, int to) {
        for (int line = from; line < to; line++) {
            int at = line / inner * axis * inner + line % inner;
            double norm = norm(p, x, xOffset + at, axis, inner);
            float factor = norm == 0 ? 0f : (float) (1 / norm);
            if (inner == 1) {
                RowMath.affine(x, xOffset + at, factor, 0f, y, yOffset + at, axis);
                continue;
            }
            for (int k = 0; k < axis; k++) {
                y[yOffset + at + k * inner] = x[xOffset + at + k * inner] * factor;
            }
        }
    }

    private static double norm(int p, float[] x, int at, int axis, int inner) {
        if (inner == 1) {
            return p == 1 ? RowMath.absoluteSum(x, at, axis) : Math.sqrt(RowMath.squares(x, at, 0f, axis));
        }
        double total = 0;
        for (int k = 0; k < axis; k++) {
            double v = x[at + k * inner];
            total += p == 1 ? Math.abs(v) : v * v;
        }
        return p == 1 ? total : Math.sqrt(total);
    }

    /**
     * Local response normalization: y = x / (bias + alpha / size sum x^2)^beta, the sum over {@code size} neighbouring channels, floor((size -
     * 1) / 2) of them before. (N, C, area), the images from..to; y must not be x.
     */
    public static void localResponse(
            float[] x,
            int xOffset,
            int channels,
            int area,
            int size,
            float alpha,
            float beta,
            float bias,
            float[] y,
            int yOffset,
            int from,
            int to) {
        float[] sum = new float[Math.min(TILE, area)];
        int before = (size - 1) / 2;
        for (int image = from; image < to; image++) {
            for (int c = 0; c < channels; c++) {
                int first = Math.max(0, c - before);
                int end = Math.min(channels, c - before + size);
                for (int start = 0; start < area; start += TILE) {
                    int n = Math.min(TILE, area - start);
                    Arrays.fill(sum, 0, n, 0f);
                    for (int k = first; k < end; k++) {
                        int at = xOffset + (image * channels + k) * area + start;
                        for (int i = 0; i < n; i++) {
                            sum[i] += x[at + i] * x[at + i];
                        }
                    }
                    int at = (image * channels + c) * area + start;
                    RowMath.affine(sum, 0, alpha / size, bias, sum, 0, n);
                    power(sum, -beta, n);
                    for (int i = 0; i < n; i++) {
                        y[yOffset + at + i] = x[xOffset + at + i] * sum[i];
                    }
                }
            }
        }
    }

    /** x = x^exponent for positive x. */
    private static void power(float[] x, float exponent, int n) {
        FloatMath.log(x, 0, x, 0, n);
        RowMath.affine(x, 0, exponent, 0f, x, 0, n);
        FloatMath.exp(x, 0, x, 0, n);
    }

    /** y = (x - mean) / (sqrt(variance) + 1e-9), mean and variance over the given axes of the shape (ONNX MeanVarianceNormalization). */
    public static void meanVariance(float[] x, int xOffset, int[] shape, int[] axes, float[] y, int yOffset) {
        ReducePlan plan = ReducePlan.of(shape, axes);
        int[] kept = shape.clone();
        for (int axis : axes) {
            kept[axis] = 1;
        }
        Broadcast broadcast = Broadcast.of(shape, kept);
        int size = broadcast.size();
        float[] statistic = new float[plan.outputSize()];
        FloatReduce.reduce(ReduceOp.MEAN, plan, x, xOffset, statistic, 0);
        FloatElementwise.binary(BinaryOp.SUB, broadcast, x, xOffset, statistic, 0, y, yOffset, 0, size);
        FloatReduce.reduce(ReduceOp.SUM_SQUARE, plan, y, yOffset, statistic, 0);
        for (int i = 0; i < statistic.length; i++) {
            statistic[i] = (float) (Math.sqrt(statistic[i] / plan.count()) + 1e-9);
        }
        FloatElementwise.binary(BinaryOp.DIV, broadcast, y, yOffset, statistic, 0, y, yOffset, 0, size);
    }
}
