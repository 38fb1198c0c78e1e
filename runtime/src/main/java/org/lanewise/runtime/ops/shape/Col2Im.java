package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.resize.ColumnsToImage;
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
 * Adds columns (N, C * block elements, blocks) up to images (N, C, spatial...). ONNX {@code Col2Im}-18.
 *
 * @param dilations one for each spatial axis, {@code null} for 1
 * @param strides one for each spatial axis, {@code null} for 1
 * @param pads begins and ends of all spatial axes, {@code null} for 0
 */
public record Col2Im(long @Nullable [] dilations, long @Nullable [] strides, long @Nullable [] pads) implements Operator {
    /** From a node. */
    public static Col2Im create(NodeSpec spec) {
        spec.inputs(3, 3);
        return new Col2Im(spec.intsAttribute("dilations"), spec.intsAttribute("strides"), spec.intsAttribute("pads"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Numbers.expectWritable(context.inputType(0), "sum of elements");
        PartialShape in = context.inputShape(0);
        Axes.expectRank(in, 3, "input");
        Tensor image = context.constant(1);
        Tensor block = context.constant(2);
        long axes = context.inputShape(1).isRanked() ? context.inputShape(1).dim(0) : PartialShape.UNKNOWN;
        if (image == null && axes < 0) {
            context.output(0, context.inputType(0), PartialShape.unranked());
            return;
        }
        long[] dims = PartialShape.ofRank(2 + (int) (image == null ? axes : image.size())).toArray();
        dims[0] = in.dim(0);
        if (block != null && in.dim(1) >= 0) {
            dims[1] = in.dim(1) / Math.max(1, Axes.product(block.toLongArray(), 0, block.size()));
        }
        if (image != null) {
            System.arraycopy(image.toLongArray(), 0, dims, 2, image.size());
        }
        context.output(0, context.inputType(0), PartialShape.of(dims));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        int[] image = context.input(1).toIntArray();
        int[] block = context.input(2).toIntArray();
        int rank = image.length;
        if (block.length != rank || in.shape().rank() != 3 || Arrays.stream(block).anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException("image_shape " + Arrays.toString(image) + " and block_shape " + Arrays.toString(block)
                    + " do not fit together or input " + in);
        }
        ColumnsToImage kernel = new ColumnsToImage(
                image, block, values(dilations, rank, 1), values(strides, rank, 1), values(pads, 2 * rank, 0));
        int columns = in.shape().dim(1);
        if (columns % kernel.blockSize() != 0 || in.shape().dim(2) != kernel.windowCount()) {
            throw new IllegalArgumentException("input has shape " + in.shape() + ", expected a multiple of " + kernel.blockSize()
                    + " columns and " + kernel.windowCount() + " blocks");
        }
        int channels = columns / kernel.blockSize();
        int[] dims = new int[2 + rank];
        dims[0] = in.shape().dim(0);
        dims[1] = channels;
        System.arraycopy(image, 0, dims, 2, rank);
        Tensor out = context.output(0, in.type(), Shape.of(dims));
        Moves.fill(out, 0, out.size(), Tensor.allocate(in.type(), Shape.scalar()));
        int[] targets = kernel.targets();
        int pixels = kernel.pixels();
        context.parallel(dims[0] * channels, 2L * targets.length, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                if (in instanceof FloatTensor x && out instanceof FloatTensor y) {
                    ColumnsToImage.add(x.array(), x.offset() + i * targets.length, targets, y.array(), y.offset() + i * pixels);
                } else {
                    add(in, i * targets.length, targets, out, i * pixels, pixels);
                }
            }
        });
    }

    private static void add(Tensor in, int from, int[] targets, Tensor out, int to, int pixels) {
        boolean floating = in.type().isFloating();
        double[] sums = new double[floating && in.type() != DataType.DOUBLE ? pixels : 0];
        for (int i = 0; i < targets.length; i++) {
            int at = targets[i];
            if (at < 0) {
                continue;
            } else if (sums.length > 0) {
                sums[at] += in.getDouble(from + i); // 16-bit values are rounded once, at the end
                Numbers.set(out, to + at, sums[at]);
            } else if (floating) {
                Numbers.set(out, to + at, out.getDouble(to + at) + in.getDouble(from + i));
            } else {
                Numbers.setLong(out, to + at, out.getLong(to + at) + in.getLong(from + i));
            }
        }
    }

    private static int[] values(long @Nullable [] given, int count, int fallback) {
        int[] values = new int[count];
        Arrays.fill(values, fallback);
        for (int i = 0; given != null && i < count; i++) {
            if (given.length != count || given[i] < fallback) {
                throw new IllegalArgumentException("attribute " + Arrays.toString(given) + ", expected " + count + " values of at least " + fallback);
            }
            values[i] = Math.toIntExact(given[i]);
        }
        return values;
    }
}
