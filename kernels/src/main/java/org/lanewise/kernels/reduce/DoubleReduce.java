package org.lanewise.kernels.reduce;

/** Reductions of {@code double} arrays. */
public final class DoubleReduce {
    private DoubleReduce() {}

    /** Reduces along a whole plan; arguments as in {@link FloatReduce#reduce}. */
    public static void reduce(ReduceOp op, ReducePlan plan, double[] x, int xOffset, double[] y, int yOffset) {
        double[] source = x;
        int at = xOffset;
        ReduceOp step = op.first();
        if (plan.passes().isEmpty()) {
            for (int i = 0; i < plan.outputSize(); i++) {
                y[yOffset + i] = op.finish(strided(step, x, xOffset + i, 1, 1), 1);
            }
            return;
        }
        for (ReducePlan.Pass pass : plan.passes()) {
            double[] target = new double[pass.outputSize()];
            for (int o = 0; o < target.length; o++) {
                int start = at + o / pass.inner() * pass.reduce() * pass.inner() + o % pass.inner();
                target[o] = strided(step, source, start, pass.inner(), pass.reduce());
            }
            source = target;
            at = 0;
            step = op.next();
        }
        for (int o = 0; o < plan.outputSize(); o++) {
            y[yOffset + o] = op.finish(source[o], plan.count());
        }
    }

    private static double strided(ReduceOp op, double[] x, int at, int stride, int n) {
        double max = Double.NEGATIVE_INFINITY;
        if (op == ReduceOp.LOG_SUM_EXP) {
            max = strided(ReduceOp.MAX, x, at, stride, n);
            if (Double.isInfinite(max)) {
                return max;
            }
        }
        double total = switch (op) {
            case PROD -> 1;
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
            default -> 0;
        };
        for (int i = 0; i < n; i++) {
            double v = x[at + i * stride];
            total = switch (op) {
                case SUM, MEAN, LOG_SUM -> total + v;
                case SUM_SQUARE, L2 -> total + v * v;
                case L1 -> total + Math.abs(v);
                case MAX -> Math.max(total, v);
                case MIN -> Math.min(total, v);
                case PROD -> total * v;
                case LOG_SUM_EXP -> total + Math.exp(v - max);
            };
        }
        return op == ReduceOp.LOG_SUM_EXP ? max + Math.log(total) : total;
    }
}
