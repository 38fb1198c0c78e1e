package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** X with one more axis of size 1, at the place that the input axis ({@code INT32}, a scalar; negative from the end of the output) says. {@code com.microsoft.ExpandDims}-1. */
public record ExpandDims() implements Operator, Views {
    /** From a node. */
    public static ExpandDims create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new ExpandDims();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 1, Set.of(DataType.INT32));
        PartialShape x = context.inputShape(0);
        Tensor axis = context.constant(1);
        PartialShape y = PartialShape.unranked();
        if (x.isRanked()) {
            y = axis == null ? PartialShape.ofRank(x.rank() + 1) : PartialShape.of(expanded(x.toArray(), axis));
        }
        context.output(0, context.inputType(0), y);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        context.output(0, x.reshape(Shape.of(expanded(x.shape().toLongArray(), context.input(1)))));
    }

    private static long[] expanded(long[] dims, Tensor axis) {
        int at = Shape.axis(axis.scalarLong(), dims.length + 1);
        long[] out = new long[dims.length + 1];
        System.arraycopy(dims, 0, out, 0, at);
        out[at] = 1;
        System.arraycopy(dims, at, out, at + 1, dims.length - at);
        return out;
    }
}
