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

/**
 * Maximum of regions of images: images (N, C, H, W), regions (R, 5) as image and corners, to (R, C, OH, OW). ONNX {@code MaxRoiPool}-1 and later;
 * {@code DOUBLE} is not supported.
 *
 * @param outHeight OH
 * @param outWidth OW
 * @param spatialScale factor from the coordinates of regions to pixels
 */
public record MaxRoiPool(int outHeight, int outWidth, float spatialScale) implements Operator, ComputesInFloat {
    /** From a node. */
    public static MaxRoiPool create(NodeSpec spec) {
        spec.inputs(2, 2);
        long[] shape = spec.intsAttribute("pooled_shape");
        if (shape == null || shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
            throw spec.refuse("attribute 'pooled_shape' must be height and width");
        }
        return new MaxRoiPool(Math.toIntExact(shape[0]), Math.toIntExact(shape[1]), spec.floatAttribute("spatial_scale", 1));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        if (type != DataType.FLOAT && type != DataType.FLOAT16) {
            throw new IllegalArgumentException("input X of type " + type.onnxName() + " is not supported");
        }
        PartialShape in = context.inputShape(0);
        PartialShape regions = context.inputShape(1);
        Axes.expectRank(in, 4, "X");
        Axes.expectRank(regions, 2, "rois");
        context.output(0, type, PartialShape.of(regions.dim(0), in.dim(1), outHeight, outWidth));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor in = (FloatTensor) context.input(0);
        FloatTensor regions = (FloatTensor) context.input(1);
        Shape x = in.shape();
        int count = regions.shape().dim(0);
        if (regions.shape().dim(1) != 5) {
            throw new IllegalArgumentException("rois has shape " + regions.shape() + ", expected [R,5]");
        }
        FloatTensor out = (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(count, x.dim(1), outHeight, outWidth));
        context.parallel(count, 10L * x.dim(1) * outHeight * outWidth, (from, to, scratch) ->
                org.lanewise.kernels.pool.MaxRoiPool.run(
                        in.array(),
                        in.offset(),
                        x.dim(0),
                        x.dim(1),
                        x.dim(2),
                        x.dim(3),
                        regions.array(),
                        regions.offset(),
                        spatialScale,
                        out.array(),
                        out.offset(),
                        outHeight,
                        outWidth,
                        from,
                        to));
    }
}
