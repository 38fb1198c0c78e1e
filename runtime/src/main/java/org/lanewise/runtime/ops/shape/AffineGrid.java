package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Points of a sampling grid under affine transformations: matrices (N, 2, 3) or (N, 3, 4) and a size (N, C, H, W) or (N, C, D, H, W) give (N, H, W, 2) or (N,
 * D, H, W, 3). ONNX {@code AffineGrid}-20; {@code DOUBLE} is not supported.
 *
 * @param alignCorners whether -1 and 1 are the centres of the corner pixels, or else their outer edges
 */
public record AffineGrid(boolean alignCorners) implements Operator, ComputesInFloat {
    /** From a node. */
    public static AffineGrid create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new AffineGrid(spec.flag("align_corners", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        if (type != DataType.FLOAT && type != DataType.FLOAT16 && type != DataType.BFLOAT16) {
            throw new IllegalArgumentException("theta of type " + type.onnxName() + " is not supported");
        }
        Tensor size = context.constant(1);
        if (size != null) {
            context.output(0, type, PartialShape.of(dims(size)));
            return;
        }
        long rank = context.inputShape(1).isRanked() ? context.inputShape(1).dim(0) : PartialShape.UNKNOWN;
        if (rank >= 0 && rank != 4 && rank != 5) {
            throw new IllegalArgumentException("size has " + rank + " values, expected 4 or 5");
        }
        PartialShape out = rank < 0 ? PartialShape.unranked() : PartialShape.ofRank((int) rank);
        context.output(0, type, rank < 0 ? out : out.with(-1, rank - 2));
    }

    private static Shape dims(Tensor size) {
        long[] given = size.toLongArray();
        if (given.length != 4 && given.length != 5) {
            throw new IllegalArgumentException("size has " + given.length + " values, expected 4 or 5");
        }
        long[] dims = new long[given.length];
        dims[0] = given[0];
        System.arraycopy(given, 2, dims, 1, given.length - 2);
        dims[given.length - 1] = given.length - 2L;
        return Shape.of(dims);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor theta = (FloatTensor) context.input(0);
        Shape shape = dims(context.input(1));
        int axes = shape.dim(-1);
        if (!theta.shape().equals(Shape.of(shape.dim(0), axes, axes + 1))) {
            throw new IllegalArgumentException(
                    "theta has shape " + theta.shape() + ", expected " + Shape.of(shape.dim(0), axes, axes + 1));
        }
        FloatTensor out = (FloatTensor) context.output(0, DataType.FLOAT, shape);
        if (axes == 2) {
            org.lanewise.kernels.resize.AffineGrid.run2d(
                    theta.array(),
                    theta.offset(),
                    shape.dim(0),
                    shape.dim(1),
                    shape.dim(2),
                    alignCorners,
                    out.array(),
                    out.offset());
        } else {
            org.lanewise.kernels.resize.AffineGrid.run3d(
                    theta.array(),
                    theta.offset(),
                    shape.dim(0),
                    shape.dim(1),
                    shape.dim(2),
                    shape.dim(3),
                    alignCorners,
                    out.array(),
                    out.offset());
        }
    }
}
