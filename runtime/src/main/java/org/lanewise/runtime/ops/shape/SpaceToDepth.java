package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Moves blocks of pixels into channels, (N, C, H, W) to (N, C*b*b, H/b, W/b): the inverse of {@link DepthToSpace}. ONNX {@code SpaceToDepth}-1 and later; the
 * mode since 28, {@code DCR} before.
 *
 * @param block b
 * @param columnFirst whether the mode is {@code CRD}
 */
public record SpaceToDepth(int block, boolean columnFirst) implements Operator {
    /** From a node. */
    public static SpaceToDepth create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new SpaceToDepth(DepthToSpace.blockSize(spec), spec.opset() >= 28 && DepthToSpace.isColumnFirst(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Axes.expectRank(in, 4, "input");
        PartialShape out = in.isRanked() ? PartialShape.of(dims(in.toArray())) : PartialShape.ofRank(4);
        context.output(0, context.inputType(0), out);
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        Tensor out = context.output(0, in.type(), Shape.of(dims(shape.toLongArray())));
        if (out.size() == 0) {
            return;
        }
        int channels = shape.dim(1);
        int width = shape.dim(3);
        int plane = shape.dim(2) * width;
        int height = out.shape().dim(2);
        int columns = out.shape().dim(3);
        int[] dims = columnFirst
                ? new int[] {shape.dim(0), channels, block, block, height, columns}
                : new int[] {shape.dim(0), block, block, channels, height, columns};
        int[] strides = columnFirst
                ? new int[] {channels * plane, plane, width, 1, block * width, block}
                : new int[] {channels * plane, width, 1, plane, block * width, block};
        Moves.strided(context, dims, in, 0, strides, out, 0, Shape.of(dims).strides());
    }

    private long[] dims(long[] in) {
        for (int axis = 2; axis < 4; axis++) {
            if (in[axis] >= 0 && in[axis] % block != 0) {
                throw new IllegalArgumentException(
                        "axis " + axis + " has size " + in[axis] + ", expected a multiple of blocksize " + block);
            }
        }
        return new long[] {
            in[0],
            in[1] < 0 ? in[1] : in[1] * block * block,
            in[2] < 0 ? in[2] : in[2] / block,
            in[3] < 0 ? in[3] : in[3] / block
        };
    }
}
