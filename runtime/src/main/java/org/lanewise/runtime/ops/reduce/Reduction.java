package org.lanewise.runtime.ops.reduce;

import java.util.Set;
import java.util.stream.IntStream;
import org.lanewise.kernels.reduce.FloatReduce;
import org.lanewise.kernels.reduce.ReduceOp;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * An operator that folds the elements along some axes into one. {@code FLOAT} has kernels of its own. Other floating types are folded in {@code double}, in two numbers of state; integers in {@code long}, modulo
 * 2^64, in one.
 */
public interface Reduction extends Operator, Repeatable {
    /** The axes. */
    ReducedAxes axes();

    /** The kernel's name for this reduction. */
    ReduceOp op();

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
    default boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    default void run(OpContext context) {
        Tensor x = context.input(0);
        boolean[] reduced = axes().resolve(context);
        Tensor y = context.output(0, x.type(), axes().shape(x.shape(), reduced));
        if (x instanceof FloatTensor in && x.size() > 0) {
            floats(context, in, reduced, (FloatTensor) y);
            return;
        }
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

    private void floats(OpContext context, FloatTensor x, boolean[] reduced, FloatTensor y) {
        int[] reducedAxes =
                IntStream.range(0, reduced.length).filter(i -> reduced[i]).toArray();
        var plan = org.lanewise.kernels.reduce.ReducePlan.of(x.shape().toArray(), reducedAxes);
        int passes = plan.passes().size();
        if (passes == 0) {
            context.parallel(
                    1,
                    1 + y.size(),
                    (from, to, scratch) ->
                            FloatReduce.reduce(op(), plan, x.array(), x.offset(), y.array(), y.offset()));
            return;
        }
        float[] source = x.array();
        int sourceOffset = x.offset();
        for (int p = 0; p < passes; p++) {
            var pass = plan.passes().get(p);
            float[] target = p == passes - 1 ? y.array() : new float[pass.outputSize()];
            int targetOffset = p == passes - 1 ? y.offset() : 0;
            float[] from = source;
            int fromOffset = sourceOffset;
            int index = p;
            context.parallel(pass.outputSize(), 1 + pass.reduce() / 8, (first, last, scratch) -> {
                FloatReduce.pass(op(), plan, index, from, fromOffset, target, targetOffset, first, last);
            });
            source = target;
            sourceOffset = targetOffset;
        }
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
