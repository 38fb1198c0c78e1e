package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * Pools regions of images by bilinear sampling: images (N, C, H, W), regions (R, 4), the image of each (R), to (R, C, OH, OW). ONNX {@code RoiAlign}-10
 * (coordinates without the half pixel), 16 and later; {@code DOUBLE} is not supported.
 *
 * @param outHeight OH
 * @param outWidth OW
 * @param samplingRatio samples of a bin along each axis, 0 for as many as pixels
 * @param spatialScale factor from the coordinates of regions to pixels
 * @param halfPixel whether pixel centres are at one half
 * @param max maximum instead of mean
 */
public record RoiAlign(
        int outHeight, int outWidth, int samplingRatio, float spatialScale, boolean halfPixel, boolean max)
        implements Operator, ComputesInFloat {
    /** From a node. */
    public static RoiAlign create(NodeSpec spec) {
        spec.inputs(3, 3);
        String mode = spec.stringAttribute("mode", "avg");
        if (!mode.equals("avg") && !mode.equals("max")) {
            throw spec.refuse("mode '" + mode + "' is not known");
        }
        String coordinates = spec.opset() < 16
                ? "output_half_pixel"
                : spec.stringAttribute("coordinate_transformation_mode", "half_pixel");
        if (!coordinates.equals("half_pixel") && !coordinates.equals("output_half_pixel")) {
            throw spec.refuse("coordinate_transformation_mode '" + coordinates + "' is not known");
        }
        return new RoiAlign(
                Math.toIntExact(spec.intAttribute("output_height", 1)),
                Math.toIntExact(spec.intAttribute("output_width", 1)),
                Math.toIntExact(spec.intAttribute("sampling_ratio", 0)),
                spec.floatAttribute("spatial_scale", 1),
                coordinates.equals("half_pixel"),
                mode.equals("max"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        if (type != DataType.FLOAT && type != DataType.FLOAT16 && type != DataType.BFLOAT16) {
            throw new IllegalArgumentException("input X of type " + type.onnxName() + " is not supported");
        }
        Types.same(context, 1, 0);
        if (context.inputType(2) != DataType.INT64) {
            throw new IllegalArgumentException(
                    "batch_indices have type " + context.inputType(2).onnxName() + ", expected int64");
        }
        PartialShape in = context.inputShape(0);
        PartialShape regions = context.inputShape(1);
        Axes.expectRank(in, 4, "X");
        Axes.expectRank(regions, 2, "rois");
        Axes.expectRank(context.inputShape(2), 1, "batch_indices");
        context.output(0, type, PartialShape.of(regions.dim(0), in.dim(1), outHeight, outWidth));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor in = (FloatTensor) context.input(0);
        FloatTensor regions = (FloatTensor) context.input(1);
        LongTensor images = (LongTensor) context.input(2);
        Shape x = in.shape();
        int count = regions.shape().dim(0);
        if (images.size() != count || regions.shape().dim(1) != 4) {
            throw new IllegalArgumentException(
                    "rois is " + regions + " and batch_indices " + images + ", expected [R,4] and [R]");
        }
        var spec = new org.lanewise.kernels.pool.RoiAlign.Spec(
                x.dim(1), x.dim(2), x.dim(3), outHeight, outWidth, samplingRatio, spatialScale, halfPixel, max);
        FloatTensor out =
                (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(count, x.dim(1), outHeight, outWidth));
        long cost = 10L * x.dim(1) * outHeight * outWidth * Math.max(1, samplingRatio * samplingRatio);
        context.parallel(
                count,
                cost,
                (from, to, scratch) -> org.lanewise.kernels.pool.RoiAlign.run(
                        spec,
                        in.array(),
                        in.offset(),
                        x.dim(0),
                        regions.array(),
                        regions.offset(),
                        images.array(),
                        images.offset(),
                        out.array(),
                        out.offset(),
                        from,
                        to));
    }
}
