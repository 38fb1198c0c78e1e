package org.lanewise.runtime.ops.shape;

import org.jspecify.annotations.Nullable;
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
 * Chooses boxes (N, B, 4) by scores (N, C, B) without too much overlap; rows of the output (count, 3) are image, class and box. ONNX
 * {@code NonMaxSuppression}-10 and later.
 *
 * @param centered whether a box is centre and size, or else two opposite corners
 */
public record NonMaxSuppression(boolean centered) implements Operator {
    /** From a node. */
    public static NonMaxSuppression create(NodeSpec spec) {
        spec.inputs(2, 5);
        long format = spec.intAttribute("center_point_box", 0);
        if (format != 0 && format != 1) {
            throw spec.refuse("center_point_box is " + format);
        }
        return new NonMaxSuppression(format == 1);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        for (int i = 0; i < 2; i++) {
            if (context.inputType(i) != DataType.FLOAT) {
                throw new IllegalArgumentException("input " + i + " has type " + context.inputType(i).onnxName() + ", expected float");
            }
            Axes.expectRank(context.inputShape(i), 3, "input " + i);
        }
        context.output(0, DataType.INT64, PartialShape.of(PartialShape.UNKNOWN, 3));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor boxes = (FloatTensor) context.input(0);
        FloatTensor scores = (FloatTensor) context.input(1);
        int images = scores.shape().dim(0);
        int classes = scores.shape().dim(1);
        int count = scores.shape().dim(2);
        if (!boxes.shape().equals(Shape.of(images, count, 4))) {
            throw new IllegalArgumentException("boxes have shape " + boxes.shape() + ", scores " + scores.shape() + ": expected "
                    + Shape.of(images, count, 4));
        }
        var kernel = new org.lanewise.kernels.detect.NonMaxSuppression(
                centered,
                (float) scalar(context.optionalInput(3), 0),
                (float) scalar(context.optionalInput(4), Float.NEGATIVE_INFINITY),
                (int) Math.clamp((long) scalar(context.optionalInput(2), 0), 0, count));
        int[][] chosen = new int[images * classes][];
        context.parallel(chosen.length, 20L * count, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                chosen[i] = kernel.choose(
                        boxes.array(), boxes.offset() + i / classes * count * 4, scores.array(), scores.offset() + i * count, count);
            }
        });
        int total = 0;
        for (int[] part : chosen) {
            total += part.length;
        }
        long[] rows = new long[3 * total];
        int at = 0;
        for (int i = 0; i < chosen.length; i++) {
            for (int box : chosen[i]) {
                rows[at++] = i / classes;
                rows[at++] = i % classes;
                rows[at++] = box;
            }
        }
        context.output(0, Tensor.of(rows, total, 3));
    }

    private static double scalar(@Nullable Tensor tensor, double fallback) {
        return tensor == null || tensor.size() == 0 ? fallback : tensor.getDouble(0);
    }
}
