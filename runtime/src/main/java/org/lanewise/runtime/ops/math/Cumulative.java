package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.Tensor;

/** An operator whose output element is the sum or product of all input elements up to it along an axis. */
public interface Cumulative extends Operator {
    /** Whether the element itself is left out, so that the first output is {@link #neutral()}. */
    boolean exclusive();

    /** Whether to go from the last element to the first. */
    boolean reverse();

    /** The result over no elements. */
    int neutral();

    /** One more element. */
    double apply(double sum, double x);

    /** One more element. */
    long apply(long sum, long x);

    /** Reads what the nodes of these operators have in common. */
    static void read(NodeSpec spec) {
        spec.inputs(2, 2);
    }

    @Override
    default void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.NUMERIC);
        Tensor axis = context.constant(1);
        if (axis != null && context.inputShape(0).isRanked()) {
            Shape.axis(axis.scalarLong(), context.inputShape(0).rank());
        }
        context.output(0, type, context.inputShape(0));
    }

    @Override
    default void run(OpContext context) {
        Tensor x = context.input(0);
        Shape shape = x.shape();
        int axis = shape.axis(context.input(1).scalarLong());
        Tensor y = context.output(0, x.type(), shape);
        int length = shape.dim(axis);
        int inner = shape.sizeBetween(axis + 1, shape.rank());
        int outer = shape.sizeBetween(0, axis);
        if (x.size() == 0) {
            return;
        }
        if (!(x instanceof ByteTensor) && !(x instanceof ShortTensor)) {
            context.parallel(
                    outer,
                    1L + length * inner,
                    (from, to, scratch) -> org.lanewise.kernels.reduce.Cumulative.run(
                            neutral() == 1,
                            exclusive(),
                            reverse(),
                            x.storage(),
                            x.offset(),
                            length,
                            inner,
                            y.storage(),
                            y.offset(),
                            from,
                            to));
            return;
        }
        context.parallel(outer, 2L * length * inner, (from, to, scratch) -> {
            for (int o = from; o < to; o++) {
                if (x.type().isInteger()) {
                    longs(x, y, o * length * inner, length, inner);
                } else {
                    doubles(x, y, o * length * inner, length, inner);
                }
            }
        });
    }

    private void doubles(Tensor x, Tensor y, int start, int length, int inner) {
        double[] cell = new double[1];
        for (int j = 0; j < inner; j++) {
            double sum = neutral();
            for (int k = 0; k < length; k++) {
                int i = reverse() ? length - 1 - k : k;
                double next = apply(sum, x.getDouble(start + i * inner + j));
                cell[0] = exclusive() ? sum : next;
                Elements.write(cell, y, start + i * inner + j, 1);
                sum = next;
            }
        }
    }

    private void longs(Tensor x, Tensor y, int start, int length, int inner) {
        long[] cell = new long[1];
        for (int j = 0; j < inner; j++) {
            long sum = neutral();
            for (int k = 0; k < length; k++) {
                int i = reverse() ? length - 1 - k : k;
                long next = apply(sum, x.getLong(start + i * inner + j));
                cell[0] = exclusive() ? sum : next;
                Elements.write(cell, y, start + i * inner + j, 1);
                sum = next;
            }
        }
    }
}
