package org.lanewise.kernels.reduce;

/**
 * Reductions of the integer types, 8 to 64 bits, signed or unsigned.
 *
 * <p>Sums and products wrap around. Mean, L2 and the logarithms are computed in {@code double} and truncated.
 */
public final class IntegerReduce {
    private IntegerReduce() {}

    /**
     * Reduces along a whole plan.
     *
     * @param x a {@code byte[]}, {@code short[]}, {@code int[]} or {@code long[]}; {@code y} is of the same type
     * @param unsigned whether the elements are unsigned
     */
    public static void reduce(
            ReduceOp op, boolean unsigned, ReducePlan plan, Object x, int xOffset, Object y, int yOffset) {
        int size = (int) (plan.outputSize() * Math.max(plan.count(), plan.count() == 0 ? 0 : 1));
        long[] source = new long[size];
        read(x, xOffset, source, unsigned);
        ReduceOp step = op.first();
        if (plan.passes().isEmpty()) {
            for (int i = 0; i < size; i++) {
                source[i] = strided(step, unsigned, source, i, 1, 1);
            }
        }
        for (ReducePlan.Pass pass : plan.passes()) {
            long[] target = new long[pass.outputSize()];
            for (int o = 0; o < target.length; o++) {
                int start = o / pass.inner() * pass.reduce() * pass.inner() + o % pass.inner();
                target[o] = strided(step, unsigned, source, start, pass.inner(), pass.reduce());
            }
            source = target;
            step = op.next();
        }
        for (int o = 0; o < plan.outputSize(); o++) {
            write(finish(op, source[o], plan.count()), y, yOffset + o);
        }
    }

    private static long finish(ReduceOp op, long combined, long count) {
        return switch (op) {
            case MEAN -> count == 0 ? 0 : combined / count;
            case L2, LOG_SUM -> (long) op.finish(combined, count);
            case SUM, MAX, MIN, PROD, SUM_SQUARE, L1, LOG_SUM_EXP -> combined;
        };
    }

    private static long strided(ReduceOp op, boolean unsigned, long[] x, int at, int stride, int n) {
        long flip = unsigned ? Long.MIN_VALUE : 0; // turns the unsigned order into the signed one
        long total = switch (op) {
            case PROD -> 1;
            case MAX -> Long.MIN_VALUE ^ flip;
            case MIN -> Long.MAX_VALUE ^ flip;
            default -> 0;
        };
        double exponentials = 0;
        for (int i = 0; i < n; i++) {
            long v = x[at + i * stride];
            switch (op) {
                case SUM, MEAN, LOG_SUM -> total += v;
                case SUM_SQUARE, L2 -> total += v * v;
                case L1 -> total += unsigned ? v : Math.abs(v);
                case MAX -> total = Math.max(total ^ flip, v ^ flip) ^ flip;
                case MIN -> total = Math.min(total ^ flip, v ^ flip) ^ flip;
                case PROD -> total *= v;
                case LOG_SUM_EXP -> exponentials += Math.exp(v);
            }
        }
        return op == ReduceOp.LOG_SUM_EXP ? (long) Math.log(exponentials) : total;
    }

    private static void read(Object x, int xOffset, long[] y, boolean unsigned) {
        for (int i = 0; i < y.length; i++) {
            y[i] = switch (x) {
                case byte[] b -> unsigned ? b[xOffset + i] & 0xff : b[xOffset + i];
                case short[] s -> unsigned ? s[xOffset + i] & 0xffff : s[xOffset + i];
                case int[] n -> unsigned ? Integer.toUnsignedLong(n[xOffset + i]) : n[xOffset + i];
                case long[] l -> l[xOffset + i];
                default -> throw new IllegalArgumentException("not an integer array: " + x.getClass());
            };
        }
    }

    private static void write(long v, Object y, int at) {
        switch (y) {
            case byte[] b -> b[at] = (byte) v;
            case short[] s -> s[at] = (short) v;
            case int[] n -> n[at] = (int) v;
            case long[] l -> l[at] = v;
            default -> throw new IllegalArgumentException("not an integer array: " + y.getClass());
        }
    }
}
