package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Boxes of images, resized. Inputs x (N, C, H, W), rois (R, 4) with the top, left, bottom and right of each as shares of H - 1 and W - 1, batch_indices (R), crop_size (h, w); output (R, C, h, w). The first and the last row and column are sampled at the sides of the box, a single one at its middle. {@code com.microsoft.CropAndResize}-1.
 *
 * @param nearest whether the nearest pixel is taken, halves away from 0, else four are interpolated
 * @param outside what is sampled outside of the image
 */
public record CropAndResize(boolean nearest, float outside) implements Operator, ComputesInFloat {
    private static final int ROIS = 1;
    private static final int BATCH = 2;
    private static final int SIZE = 3;

    /** From a node. */
    public static CropAndResize create(NodeSpec spec) {
        spec.inputs(4, 4);
        String mode = spec.stringAttribute("mode", "bilinear");
        boolean nearest = switch (mode) {
            case "bilinear" -> false;
            case "nearest" -> true;
            default -> throw spec.refuse("mode is '" + mode + "', expected bilinear or nearest");
        };
        return new CropAndResize(nearest, spec.floatAttribute("extrapolation_value", 0));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        Types.same(context, ROIS, 0);
        Types.check(context, BATCH, Set.of(DataType.INT32));
        Types.check(context, SIZE, Set.of(DataType.INT32));
        PartialShape x = context.inputShape(0);
        PartialShape rois = context.inputShape(ROIS);
        Tensor size = context.constant(SIZE);
        long rows = PartialShape.UNKNOWN;
        long columns = PartialShape.UNKNOWN;
        if (size != null && size.size() == 2) {
            rows = size.getLong(0);
            columns = size.getLong(1);
            if (rows < 1 || columns < 1) {
                throw refused(size);
            }
        }
        long boxes = rois.isRanked() ? rois.dim(0) : PartialShape.UNKNOWN;
        long channels = x.rank() == 4 ? x.dim(1) : PartialShape.UNKNOWN;
        context.output(0, type, PartialShape.of(boxes, channels, rows, columns));
    }

    private static IllegalArgumentException refused(Tensor size) {
        return new IllegalArgumentException("crop_size is " + size + ", expected two sizes of at least 1");
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        FloatTensor rois = (FloatTensor) context.input(ROIS);
        int[] images = context.input(BATCH).toIntArray();
        Tensor size = context.input(SIZE);
        check(x.shape(), rois.shape(), context.input(BATCH).shape(), size);
        int channels = x.shape().dim(1);
        for (int image : images) {
            if (image < 0 || image >= x.shape().dim(0)) {
                throw new IllegalArgumentException("batch_indices has " + image + ", expected 0 to "
                        + (x.shape().dim(0) - 1));
            }
        }
        int rows = Math.toIntExact(size.getLong(0));
        int columns = Math.toIntExact(size.getLong(1));
        FloatTensor y =
                (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(images.length, channels, rows, columns));
        context.parallel(images.length * rows, 1 + 4L * channels * columns, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int box = rois.offset() + i / rows * 4;
                row(x, images[i / rows], rois.array(), box, y, i / rows, i % rows);
            }
        });
    }

    private static void check(Shape x, Shape rois, Shape images, Tensor size) {
        if (x.rank() != 4 || rois.rank() != 2 || rois.dim(1) != 4 || !images.equals(Shape.of(rois.dim(0)))) {
            throw new IllegalArgumentException("x has shape " + x + ", rois " + rois + " and batch_indices " + images
                    + ", expected [N,C,H,W], [R,4] and [R]");
        }
        if (size.shape().rank() != 1 || size.size() != 2 || size.getLong(0) < 1 || size.getLong(1) < 1) {
            throw refused(size);
        }
    }

    private void row(FloatTensor x, int image, float[] rois, int box, FloatTensor y, int roi, int row) {
        int height = x.shape().dim(2);
        int width = x.shape().dim(3);
        int rows = y.shape().dim(2);
        int columns = y.shape().dim(3);
        float v = place(rois[box], rois[box + 2], height, row, rows);
        for (int column = 0; column < columns; column++) {
            float u = place(rois[box + 1], rois[box + 3], width, column, columns);
            boolean inside = v >= 0 && v <= height - 1 && u >= 0 && u <= width - 1;
            for (int c = 0; c < x.shape().dim(1); c++) {
                int plane = x.offset() + (image * x.shape().dim(1) + c) * height * width;
                int at = y.offset() + ((roi * x.shape().dim(1) + c) * rows + row) * columns + column;
                y.array()[at] = inside ? sample(x.array(), plane, width, v, u) : outside;
            }
        }
    }

    /** Where sample {@code i} of {@code count} between two sides lies, in pixels. */
    private static float place(float start, float end, int size, int i, int count) {
        if (count == 1) {
            return (float) (0.5 * (start + end) * (size - 1));
        }
        if (i == count - 1) {
            return end * (size - 1);
        }
        return start * (size - 1) + i * ((end - start) * (size - 1) / (count - 1));
    }

    private float sample(float[] x, int plane, int width, float v, float u) {
        if (nearest) {
            return x[plane + nearest(v) * width + nearest(u)];
        }
        int top = (int) v;
        int left = (int) u;
        int below = plane + (int) Math.ceil(v) * width;
        int right = (int) Math.ceil(u);
        float share = u - left;
        float a = x[plane + top * width + left];
        float b = x[plane + top * width + right];
        float upper = a + (b - a) * share;
        float lower = x[below + left] + (x[below + right] - x[below + left]) * share;
        return upper + (lower - upper) * (v - top);
    }

    private static int nearest(float place) {
        return (int) Math.floor(place + 0.5); // in double: the sum is exact
    }
}
