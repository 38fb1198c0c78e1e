package org.lanewise.runtime.ops.reduce;

import java.util.Set;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Tensor;

/**
 * An operator that folds the elements along some axes into one. Floating types are folded in {@code double}, in two numbers of state; integers in {@code long}, modulo
 * 2^64, in one.
 */
public interface Reduction extends Operator {
    /** The axes. */
    ReducedAxes axes();

    /** The state for no elements; both numbers are 0 when called. */
    default void start(double[] state) {}

    /** Folds {@code n} more elements into the state. */
    void add(double[] state, double[] x, int n);

    /** The result after {@code count} elements. */
    default double finish(double[] state, long count) {
        return state[0];
    }

    /** Whether integers are folded by the {@code double} methods, the result cut towards zero. */
    default boolean integersInDouble() {
        return true;
    }

    /** The state for no elements of {@code type}. */
    default long start(DataType type) {
        return 0;
    }

    /** Folds {@code n} more elements of {@code type} into the state. */
    default long add(long state, long[] x, int n, DataType type) {
        throw new IllegalStateException("integers are folded in double");
    }

    /** The element types the operator is defined on. */
    default Set<DataType> types() {
        return Types.NUMERIC;
    }

    @Override
    default void inferShapes(ShapeContext context) {
        axes().infer(context, Types.check(context, 0, types()));
    }

    @Override
    default void run(OpContext context) {
        Tensor x = context.input(0);
        boolean[] reduced = axes().resolve(context);
        Tensor y = context.output(0, x.type(), axes().shape(x.shape(), reduced));
        ReducePlan plan = new ReducePlan(x.shape(), reduced);
        boolean doubles = x.type().isFloating() || integersInDouble();
        context.parallel(plan.outputs(), 10 + plan.count(), (from, to, scratch) -> {
            if (doubles) {
                doubles(plan, x, y, from, to);
            } else {
                longs(plan, x, y, from, to);
            }
        });
    }

    private void doubles(ReducePlan plan, Tensor x, Tensor y, int from, int to) {
        double[] values = new double[Math.min(plan.length(), Elements.RUN)];
        double[] state = new double[2];
        double[] result = new double[1];
        for (int output = from; output < to; output++) {
            state[0] = 0;
            state[1] = 0;
            start(state);
            for (int run = 0; run < plan.runs(); run++) {
                int begin = plan.start(output, run);
                for (int at = 0; at < plan.length(); at += values.length) {
                    int n = Math.min(values.length, plan.length() - at);
                    Elements.read(x, begin + at * plan.step(), plan.step(), values, n);
                    add(state, values, n);
                }
            }
            result[0] = finish(state, plan.count());
            Elements.write(result, y, output, 1);
        }
    }

    private void longs(ReducePlan plan, Tensor x, Tensor y, int from, int to) {
        long[] values = new long[Math.min(plan.length(), Elements.RUN)];
        long[] result = new long[1];
        for (int output = from; output < to; output++) {
            long state = start(x.type());
            for (int run = 0; run < plan.runs(); run++) {
                int begin = plan.start(output, run);
                for (int at = 0; at < plan.length(); at += values.length) {
                    int n = Math.min(values.length, plan.length() - at);
                    Elements.read(x, begin + at * plan.step(), plan.step(), values, n);
                    state = add(state, values, n, x.type());
                }
            }
            result[0] = state;
            Elements.write(result, y, output, 1);
        }
    }
}
