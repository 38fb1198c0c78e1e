package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The dimensions of the input, {@code start} to {@code end} of them (since opset 15), as a vector of {@code INT64}. ONNX {@code Shape}; named otherwise
 * here because {@code Shape} is the tensor's.
 *
 * @param start first axis, negative from the end, clamped
 * @param end axis behind the last, {@code null} for all
 */
public record ShapeOf(long start, @Nullable Long end) implements Operator {
    /** From a node. */
    public static ShapeOf create(NodeSpec spec) {
        spec.inputs(1, 1);
        if (spec.opset() < 15) {
            return new ShapeOf(0, null);
        }
        return new ShapeOf(spec.intAttribute("start", 0), spec.has("end") ? spec.intAttribute("end", 0) : null);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        if (!in.isRanked()) {
            context.output(0, DataType.INT64, PartialShape.ofRank(1));
            return;
        }
        long[] dims = range(in.toArray());
        context.output(0, DataType.INT64, PartialShape.of(dims.length));
        if (Arrays.stream(dims).allMatch(dim -> dim >= 0)) {
            context.outputKnown(0, Tensor.of(dims));
        }
    }

    @Override
    public void run(OpContext context) {
        context.output(0, Tensor.of(range(context.input(0).shape().toLongArray())));
    }

    private long[] range(long[] dims) {
        int from = clamp(start, dims.length);
        int to = end == null ? dims.length : clamp(end, dims.length);
        return Arrays.copyOfRange(dims, from, Math.max(from, to));
    }

    private static int clamp(long axis, int rank) {
        return (int) Math.clamp(axis < 0 ? axis + rank : axis, 0, rank);
    }
}
