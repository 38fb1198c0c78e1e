package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Moves channels into blocks of pixels, (N, C, H, W) to (N, C/b/b, H*b, W*b): in mode {@code DCR} channel {@code (y * b + x) * C/b/b + c} becomes pixel (y, x)
 * of each block of channel c, in mode {@code CRD} channel {@code (c * b + y) * b + x} does. ONNX {@code DepthToSpace}-1 and later; the mode since 11.
 *
 * @param block b
 * @param columnFirst whether the mode is {@code CRD}
 */
public record DepthToSpace(int block, boolean columnFirst) implements Operator {
    /** From a node. */
    public static DepthToSpace create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new DepthToSpace(blockSize(spec), spec.opset() >= 11 && isColumnFirst(spec));
    }

    static int blockSize(NodeSpec spec) {
        long size = spec.requiredInt("blocksize");
        if (size < 1 || size > 1 << 15) {
            throw spec.refuse("blocksize is " + size);
        }
        return (int) size;
    }

    static boolean isColumnFirst(NodeSpec spec) {
        String mode = spec.stringAttribute("mode", "DCR");
        if (!mode.equals("DCR") && !mode.equals("CRD")) {
            throw spec.refuse("mode '" + mode + "' is not known");
        }
        return mode.equals("CRD");
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
        int plane = shape.dim(2) * shape.dim(3);
        int channels = out.shape().dim(1);
        int[] blockStrides = columnFirst
                ? new int[] {block * block * plane, block * plane, plane} // c, y, x
                : new int[] {plane, block * channels * plane, channels * plane};
        int[] dims = {shape.dim(0), channels, shape.dim(2), block, shape.dim(3), block};
        int[] strides = {shape.dim(1) * plane, blockStrides[0], shape.dim(3), blockStrides[1], 1, blockStrides[2]};
        Moves.strided(context, dims, in, 0, strides, out, 0, Shape.of(dims).strides());
    }

    private long[] dims(long[] in) {
        if (in[1] >= 0 && in[1] % (block * block) != 0) {
            throw new IllegalArgumentException(
                    "input has " + in[1] + " channels, expected a multiple of " + block + " * " + block);
        }
        return new long[] {
            in[0],
            in[1] < 0 ? in[1] : in[1] / (block * block),
            in[2] < 0 ? in[2] : in[2] * block,
            in[3] < 0 ? in[3] : in[3] * block
        };
    }
}
