package org.lanewise.runtime.ops.norm;

import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** An operator that maps the elements along an axis to as many elements, for every position of the other axes. */
public interface AlongAxis extends Operator, InPlace, Repeatable {
    /** The axis. */
    long axis();

    /** Whether all axes from {@link #axis()} on count as one. */
    default boolean flattens() {
        return false;
    }

    /** Maps {@code x[0..n)} in place; n is at least 1. */
    void apply(double[] x, int n);

    /** Whether there is a kernel for {@code FLOAT}. */
    default boolean hasFloatKernel() {
        return false;
    }

    /** Maps lines {@code from..to} along the middle of (outer, n, inner), numbered through outer and inner; only called if {@link #hasFloatKernel}. */
    default void apply(float[] x, int xo, float[] y, int yo, int n, int inner, int from, int to) {
        throw new IllegalStateException("no kernel");
    }

    @Override
    default int reusableInput(int output) {
        return 0;
    }

    @Override
    default void inferShapes(ShapeContext context) {
        int rank = context.inputShape(0).rank();
        if (rank > 0 || rank == 0 && axis() != 0 && axis() != -1) {
            checkedAxis(rank);
        }
        context.output(0, Types.check(context, 0, Types.FLOATING), context.inputShape(0));
    }

    @Override
    default void run(OpContext context) {
        Tensor x = context.input(0);
        Shape shape = x.shape();
        Tensor y = context.output(0, x.type(), shape);
        if (x.size() == 0) {
            return;
        }
        int axis = shape.rank() == 0 ? 0 : checkedAxis(shape.rank());
        int rank = shape.rank();
        int n = rank == 0 ? 1 : flattens() ? shape.sizeBetween(axis, rank) : shape.dim(axis);
        int inner = rank == 0 || flattens() ? 1 : shape.sizeBetween(axis + 1, rank);
        if (hasFloatKernel() && x instanceof FloatTensor in) {
            FloatTensor out = (FloatTensor) y;
            context.parallel(x.size() / n, 1 + n, (from, to, scratch) -> {
                apply(in.array(), in.offset(), out.array(), out.offset(), n, inner, from, to);
            });
            return;
        }
        context.parallel(x.size() / n, 4L * n, (from, to, scratch) -> {
            double[] values = scratch.doubles(n);
            for (int i = from; i < to; i++) {
                int start = i / inner * n * inner + i % inner;
                Elements.read(x, start, inner, values, n);
                apply(values, n);
                Elements.write(values, y, start, inner, n);
            }
        });
    }

    private int checkedAxis(int rank) {
        return flattens() && axis() == rank ? rank : Shape.axis(axis(), rank);
    }
}
