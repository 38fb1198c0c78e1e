package org.lanewise.runtime.ops.math;

import java.util.Set;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/** An operator with one input whose output has the input's type and shape, each element a function of one element. */
public interface Unary extends Operator, InPlace, ComputesInFloat, Repeatable {
    /** y = f(x) for {@code n} elements of {@code FLOAT}; {@code y} may be {@code x}. */
    default void apply(float[] x, int xo, float[] y, int yo, int n) {
        for (int i = 0; i < n; i++) {
            y[yo + i] = (float) apply((double) x[xo + i]);
        }
    }

    /** f(x) for {@code DOUBLE}; only called for operators that allow floating types in {@link #types()}. */
    default double apply(double x) {
        throw new IllegalArgumentException("floating types are not supported");
    }

    /** f(x) for integers, by {@link Elements}; only called for operators that allow them in {@link #types()}. */
    default long apply(long x) {
        throw new IllegalArgumentException("integers are not supported");
    }

    /** f(x) for unsigned integers. */
    default long applyUnsigned(long x) {
        return apply(x);
    }

    /** The element types the operator is defined on. */
    default Set<DataType> types() {
        return Types.FLOATING;
    }

    /** Rough cost of one element in picoseconds. */
    default int picos() {
        return 200;
    }

    /** Reads what the nodes of all these operators have in common. */
    static void read(NodeSpec spec) {
        spec.inputs(1, 1);
        if (spec.opset() < 6) {
            spec.acknowledge("consumed_inputs"); // an opset 1 memory hint
        }
    }

    @Override
    default int reusableInput(int output) {
        return 0;
    }

    @Override
    default void inferShapes(ShapeContext context) {
        context.output(0, Types.check(context, 0, types()), context.inputShape(0));
    }

    @Override
    default void run(OpContext context) {
        Tensor in = context.input(0);
        Tensor out = context.output(0, in.type(), in.shape());
        switch (in) {
            case FloatTensor x -> {
                FloatTensor y = (FloatTensor) out;
                Blocks.run(
                        context,
                        x.size(),
                        picos(),
                        (from, to) -> apply(x.array(), x.offset() + from, y.array(), y.offset() + from, to - from));
            }
            case DoubleTensor x -> {
                DoubleTensor y = (DoubleTensor) out;
                Blocks.run(context, x.size(), 10 * picos(), (from, to) -> {
                    for (int i = from; i < to; i++) {
                        y.array()[y.offset() + i] = apply(x.get(i));
                    }
                });
            }
            default -> Blocks.run(context, in.size(), 2000, (from, to) -> runLongs(in, out, from, to));
        }
    }

    private void runLongs(Tensor in, Tensor out, int from, int to) {
        boolean unsigned = in.type().isUnsigned();
        long[] values = new long[Math.min(to - from, Elements.RUN)];
        for (int at = from; at < to; at += values.length) {
            int n = Math.min(values.length, to - at);
            Elements.read(in, at, 1, values, n);
            for (int i = 0; i < n; i++) {
                values[i] = unsigned ? applyUnsigned(values[i]) : apply(values[i]);
            }
            Elements.write(values, out, at, n);
        }
    }
}
