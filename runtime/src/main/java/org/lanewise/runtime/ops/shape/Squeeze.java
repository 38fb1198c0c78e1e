package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
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
 * Drops axes of size 1: those named, or all of them. ONNX {@code Squeeze}: the axes are an attribute up to opset 12, an input since 13.
 *
 * @param axes the attribute, or {@code null}
 * @param fromInput whether the axes are input 1
 */
public record Squeeze(long @Nullable [] axes, boolean fromInput) implements Operator, Views {
    /** From a node. */
    public static Squeeze create(NodeSpec spec) {
        if (spec.opset() < 13) {
            spec.inputs(1, 1);
            return new Squeeze(spec.intsAttribute("axes"), false);
        }
        spec.inputs(1, 2);
        return new Squeeze(null, spec.hasInput(1));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Tensor constant = fromInput ? context.constant(1) : null;
        long[] named = constant != null ? constant.toLongArray() : axes;
        context.output(0, context.inputType(0), infer(in, named, context));
    }

    private PartialShape infer(PartialShape in, long @Nullable [] named, ShapeContext context) {
        if (!in.isRanked()) {
            return PartialShape.unranked();
        }
        if (fromInput && named == null) {
            PartialShape list = context.inputShape(1);
            long count = list.isRanked() && list.rank() == 1 ? list.dim(0) : PartialShape.UNKNOWN;
            return count < 0 || count > in.rank()
                    ? PartialShape.unranked()
                    : PartialShape.ofRank((int) (in.rank() - count));
        }
        long[] dims = in.toArray();
        if (named == null && Arrays.stream(dims).anyMatch(dim -> dim < 0)) {
            return PartialShape.unranked();
        }
        return PartialShape.of(squeeze(dims, named));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        long[] named = fromInput ? context.input(1).toLongArray() : axes;
        context.output(0, in.reshape(Shape.of(squeeze(in.shape().toLongArray(), named))));
    }

    private static long[] squeeze(long[] dims, long @Nullable [] named) {
        boolean[] dropped = new boolean[dims.length];
        if (named == null) {
            for (int i = 0; i < dims.length; i++) {
                dropped[i] = dims[i] == 1;
            }
        } else {
            for (int axis : Axes.of(named, dims.length)) {
                if (dims[axis] >= 0 && dims[axis] != 1) {
                    throw new IllegalArgumentException(
                            "axis " + axis + " has size " + dims[axis] + " and cannot be squeezed");
                }
                dropped[axis] = true;
            }
        }
        long[] out = new long[dims.length];
        int rank = 0;
        for (int i = 0; i < dims.length; i++) {
            if (!dropped[i]) {
                out[rank++] = dims[i];
            }
        }
        return Arrays.copyOf(out, rank);
    }
}
