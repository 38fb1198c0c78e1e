package org.lanewise.runtime.ops.shape;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Inserts axes of size 1; the axes count in the output. ONNX {@code Unsqueeze}: the axes are an attribute up to opset 12, an input since 13.
 *
 * @param axes the attribute, or {@code null} when the axes are input 1
 */
public record Unsqueeze(long @Nullable [] axes) implements Operator, Views {
    /** From a node. */
    public static Unsqueeze create(NodeSpec spec) {
        if (spec.opset() >= 13) {
            spec.inputs(2, 2);
            return new Unsqueeze(null);
        }
        spec.inputs(1, 1);
        long[] axes = spec.intsAttribute("axes");
        if (axes == null) {
            throw spec.refuse("required attribute 'axes' is missing");
        }
        return new Unsqueeze(axes);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Tensor constant = axes == null ? context.constant(1) : null;
        long[] named = constant != null ? constant.toLongArray() : axes;
        PartialShape out = PartialShape.unranked();
        if (in.isRanked() && named != null) {
            out = PartialShape.of(unsqueeze(in.toArray(), named));
        } else if (in.isRanked()) {
            PartialShape list = context.inputShape(1);
            long count = list.isRanked() ? list.size() : PartialShape.UNKNOWN;
            out = count < 0 ? out : PartialShape.ofRank((int) (in.rank() + count));
        }
        context.output(0, context.inputType(0), out);
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        long[] named = axes != null ? axes : context.input(1).toLongArray();
        context.output(0, in.reshape(Shape.of(unsqueeze(in.shape().toLongArray(), named))));
    }

    private static long[] unsqueeze(long[] dims, long[] named) {
        long[] out = new long[dims.length + named.length];
        boolean[] inserted = new boolean[out.length];
        for (int axis : Axes.of(named, out.length)) {
            inserted[axis] = true;
        }
        int next = 0;
        for (int i = 0; i < out.length; i++) {
            out[i] = inserted[i] ? 1 : dims[next++];
        }
        return out;
    }
}
