package org.lanewise.kernels.reduce;

import org.lanewise.kernels.Simd;

/**
 * Reductions of {@code float} arrays.
 *
 * <p>Sums keep several partial sums over short blocks and add the blocks separately, so that the error grows with the logarithm of the length
 * rather than with the length. The result of an output element does not depend on how a caller splits the outputs.
 */
public final class FloatReduce {
    private FloatReduce() {}

    /**
     * Reduces along a whole plan in the calling thread.
     *
     * @param x row-major, of the plan's input shape, from {@code xOffset} on
     * @param y receives the plan's {@code outputSize} elements from {@code yOffset} on
     */
    public static void reduce(ReduceOp op, ReducePlan plan, float[] x, int xOffset, float[] y, int yOffset) {
        int last = plan.passes().size() - 1;
        if (last < 0) {
            each(op, x, xOffset, y, yOffset, plan.outputSize());
            return;
        }
        float[] source = x;
        int at = xOffset;
        for (int p = 0; p <= last; p++) {
            int size = plan.passes().get(p).outputSize();
            float[] target = p == last ? y : new float[size];
            int to = p == last ? yOffset : 0;
            pass(op, plan, p, source, at, target, to, 0, size);
            source = target;
            at = to;
        }
    }

    /** No axis reduced: the reduction of each element alone. */
    private static void each(ReduceOp op, float[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] = (float) op.finish(FloatReduceScalar.row(op.first(), x, xOffset + i, 1), 1);
        }
    }

    /**
     * Computes the outputs from..to of one pass of a plan.
     *
     * @param p the number of the pass
     * @param x the input of this pass
     * @param y the output of this pass, its element 0 at {@code yOffset}
     */
    public static void pass(
            ReduceOp op, ReducePlan plan, int p, float[] x, int xOffset, float[] y, int yOffset, int from, int to) {
        ReducePlan.Pass pass = plan.passes().get(p);
        ReduceOp step = p == 0 ? op.first() : op.next();
        if (pass.inner() == 1) {
            for (int o = from; o < to; o++) {
                int at = xOffset + o * pass.reduce();
                y[yOffset + o] = Simd.ENABLED && pass.reduce() >= Simd.LANES
                        ? FloatReduceVector.row(step, x, at, pass.reduce())
                        : FloatReduceScalar.row(step, x, at, pass.reduce());
            }
        } else {
            int o = from;
            while (o < to) {
                int column = o % pass.inner();
                int n = Math.min(pass.inner() - column, to - o);
                int at = xOffset + o / pass.inner() * pass.reduce() * pass.inner() + column;
                columns(step, x, at, pass.reduce(), pass.inner(), y, yOffset + o, n);
                o += n;
            }
        }
        if (p == plan.passes().size() - 1) {
            finish(op, plan.count(), y, yOffset + from, to - from);
        }
    }

    private static void columns(ReduceOp step, float[] x, int xi, int rows, int stride, float[] y, int yi, int n) {
        int done = Simd.ENABLED ? FloatReduceVector.columns(step, x, xi, rows, stride, y, yi, n) : 0;
        FloatReduceScalar.columns(step, x, xi + done, rows, stride, y, yi + done, n - done);
    }

    private static void finish(ReduceOp op, long count, float[] y, int at, int n) {
        if (op == ReduceOp.MEAN || op == ReduceOp.L2 || op == ReduceOp.LOG_SUM) {
            for (int i = at; i < at + n; i++) {
                y[i] = (float) op.finish(y[i], count);
            }
        }
    }
}
