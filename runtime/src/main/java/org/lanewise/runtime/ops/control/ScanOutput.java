package org.lanewise.runtime.ops.control;

import java.util.List;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Values of a subgraph's output from all iterations, stacked along a new axis. */
final class ScanOutput {
    private ScanOutput() {}

    /** {@code element} with a new axis of {@code count} (perhaps not known) at {@code axis}. */
    static ValueType type(ValueType element, long axis, long count) {
        if (!(element instanceof ValueType.Of(var type, PartialShape shape))) {
            throw new IllegalArgumentException("a scan output is " + element + ", expected a tensor");
        }
        return ValueType.tensor(
                type, shape.isRanked() ? PartialShape.of(inserted(shape.toArray(), axis, count)) : shape);
    }

    /** The shape of a stacked value. */
    static Shape shape(Shape element, long axis, int count) {
        return Shape.of(inserted(element.toLongArray(), axis, count));
    }

    private static long[] inserted(long[] dims, long axis, long count) {
        int at = Shape.axis(axis, dims.length + 1);
        long[] out = new long[dims.length + 1];
        System.arraycopy(dims, 0, out, 0, at);
        out[at] = count;
        System.arraycopy(dims, at, out, at + 1, dims.length - at);
        return out;
    }

    /** Writes the value of one iteration into the stacked tensor. */
    static void put(OpContext context, Tensor element, Tensor stacked, long axis, int index) {
        Shape shape = element.shape();
        int at = Shape.axis(axis, shape.rank() + 1);
        if (!shape(shape, axis, stacked.shape().dim(at)).equals(stacked.shape()) || element.type() != stacked.type()) {
            throw new IllegalArgumentException("a scan output is " + element + " in iteration " + index
                    + ", the iterations before make " + stacked);
        }
        int inner = shape.sizeBetween(at, shape.rank());
        int step = stacked.shape().dim(at) * inner;
        if (element.size() > 0) {
            Moves.rows(context, shape.sizeBetween(0, at), inner, element, 0, inner, stacked, index * inner, step);
        }
    }

    /** Makes output {@code output} of the operator the values stacked along a new first axis. */
    static void stack(OpContext context, int output, List<OnnxValue> values, ValueType declared) {
        if (values.isEmpty()) {
            context.output(output, empty(declared, 0));
            return;
        }
        Tensor first = (Tensor) values.getFirst();
        Tensor stacked = context.output(output, first.type(), shape(first.shape(), 0, values.size()));
        for (int i = 0; i < values.size(); i++) {
            put(context, (Tensor) values.get(i), stacked, 0, i);
        }
    }

    /** What remains of no iterations: dimensions that are not known are 0. */
    static Tensor empty(ValueType element, long axis) {
        if (!(element instanceof ValueType.Of(var type, PartialShape shape))) {
            throw new IllegalArgumentException("a scan output is " + element + ", expected a tensor");
        }
        long[] dims = shape.isRanked() ? shape.toArray() : new long[0];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Math.max(0, dims[i]);
        }
        return Tensor.allocate(type, Shape.of(inserted(dims, axis, 0)));
    }
}
