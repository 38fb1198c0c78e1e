package org.lanewise.runtime.ops.reduce;

import org.lanewise.kernels.reduce.ArgExtreme;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** An operator that finds where along an axis the most extreme element is; the first NaN, if there is one, is more extreme than any number. */
public interface ArgReduction extends Operator {
    /** What is searched. */
    Search search();

    /** Whether the largest is sought, else the smallest. */
    boolean largest();

    /**
     * The attributes.
     *
     * @param axis the axis
     * @param keepDims whether the axis stays with dimension 1
     * @param last whether the last of equal elements is taken, else the first
     */
    record Search(long axis, boolean keepDims, boolean last) {
        /** From a node. */
        static Search read(NodeSpec spec) {
            spec.inputs(1, 1);
            boolean last = spec.opset() >= 12 && spec.flag("select_last_index", false);
            return new Search(spec.intAttribute("axis", 0), spec.flag("keepdims", true), last);
        }
    }

    @Override
    default void inferShapes(ShapeContext context) {
        Types.check(context, 0, Types.NUMERIC);
        PartialShape in = context.inputShape(0);
        context.output(0, DataType.INT64, in.isRanked() ? PartialShape.of(dims(in.toArray())) : in);
    }

    @Override
    default void run(OpContext context) {
        Tensor x = context.input(0);
        Shape shape = x.shape();
        int axis = shape.rank() == 0 ? 0 : shape.axis(search().axis());
        LongTensor y = (LongTensor) context.output(0, DataType.INT64, Shape.of(dims(shape.toLongArray())));
        int length = shape.rank() == 0 ? 1 : shape.dim(axis);
        if (length == 0 && y.size() > 0) {
            throw new IllegalArgumentException("axis " + axis + " of " + x + " is empty");
        }
        int inner = shape.rank() == 0 ? 1 : shape.sizeBetween(axis + 1, shape.rank());
        if (x instanceof FloatTensor f) {
            context.parallel(
                    y.size(),
                    10 + length / 4,
                    (from, to, scratch) -> ArgExtreme.floats(
                            largest(),
                            search().last(),
                            f.array(),
                            f.offset(),
                            length,
                            inner,
                            y.array(),
                            y.offset(),
                            from,
                            to));
            return;
        }
        context.parallel(y.size(), 10 + 2L * length, (from, to, scratch) -> {
            double[] values = x.type().isFloating() ? scratch.doubles(length) : new double[0];
            long[] integers = x.type().isFloating() ? new long[0] : new long[length];
            for (int i = from; i < to; i++) {
                int start = i / inner * length * inner + i % inner;
                int best;
                if (x.type().isFloating()) {
                    Elements.read(x, start, inner, values, length);
                    best = search(values, length);
                } else {
                    Elements.read(x, start, inner, integers, length);
                    best = search(integers, length, x.type() == DataType.UINT64 ? Long.MIN_VALUE : 0);
                }
                y.array()[y.offset() + i] = best;
            }
        });
    }

    private int search(double[] x, int n) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            double a = x[i];
            double b = x[best];
            if ((largest() ? a > b : a < b) || a == b && search().last() || Double.isNaN(a) && !Double.isNaN(b)) {
                best = i;
            }
        }
        return best;
    }

    private int search(long[] x, int n, long flip) {
        int best = 0;
        for (int i = 1; i < n; i++) {
            long a = x[i] ^ flip;
            long b = x[best] ^ flip;
            if ((largest() ? a > b : a < b) || a == b && search().last()) {
                best = i;
            }
        }
        return best;
    }

    private long[] dims(long[] in) {
        if (in.length == 0) {
            return in;
        }
        int axis = Shape.axis(search().axis(), in.length);
        long[] out = new long[search().keepDims() ? in.length : in.length - 1];
        for (int i = 0, o = 0; i < in.length; i++) {
            if (i != axis) {
                out[o++] = in[i];
            } else if (search().keepDims()) {
                out[o++] = 1;
            }
        }
        return out;
    }
}
