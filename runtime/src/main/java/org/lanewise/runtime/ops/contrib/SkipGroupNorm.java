package org.lanewise.runtime.ops.contrib;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Group normalization of {@code S = X + skip + bias}, {@link ImageGroups}. Inputs X, gamma, beta, skip like X or one value for each channel of each image, (N, C) or with axes of 1 for the pixels, and bias (C); outputs Y and S. {@code com.microsoft.SkipGroupNorm}-1.
 *
 * @param groups the attributes
 */
public record SkipGroupNorm(ImageGroups groups) implements Operator, ComputesInFloat, Repeatable {
    private static final int SKIP = 3;
    private static final int BIAS = 4;

    /** From a node. */
    public static SkipGroupNorm create(NodeSpec spec) {
        spec.inputs(4, 5);
        return new SkipGroupNorm(ImageGroups.create(spec));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0 && i != SKIP;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        groups.inferShapes(context);
        Types.same(context, SKIP, 0);
        if (PerTensor.has(context, BIAS)) {
            Types.same(context, BIAS, 0);
        }
        context.output(1, context.inputType(0), context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        FloatTensor skip = (FloatTensor) context.input(SKIP);
        Tensor given = context.inputCount() > BIAS ? context.optionalInput(BIAS) : null;
        Shape shape = x.shape();
        int channels = shape.dim(groups.axis());
        float[] bias = given == null ? null : ImageGroups.vector(given, channels, "bias");
        boolean whole = skip.shape().equals(shape);
        Shape ones =
                groups.channelsLast() ? Shape.of(shape.dim(0), 1, 1, channels) : Shape.of(shape.dim(0), channels, 1, 1);
        if (!whole && !skip.shape().equals(ones) && !skip.shape().equals(Shape.of(shape.dim(0), channels))) {
            throw new IllegalArgumentException("skip has shape " + skip.shape() + ", expected " + shape + ", " + ones
                    + " or [" + shape.dim(0) + "," + channels + "]");
        }
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, shape);
        boolean wanted = context.outputCount() > 1 && context.hasOutput(1);
        FloatTensor sum = wanted ? (FloatTensor) context.output(1, DataType.FLOAT, shape) : y;
        int width = shape.dim(3);
        int rows = width == 0 ? 0 : x.size() / width;
        context.parallel(rows, 1 + width / 2, (from, to, scratch) -> add(x, skip, whole, bias, sum, from, to));
        groups.run(context, sum, context.input(1), context.input(2), y);
    }

    /** Rows from..to of the last axis of the sum. */
    private void add(
            FloatTensor x,
            FloatTensor skip,
            boolean whole,
            float @Nullable [] bias,
            FloatTensor sum,
            int from,
            int to) {
        Shape shape = x.shape();
        int width = shape.dim(3);
        int channels = shape.dim(groups.axis());
        float[] a = x.array();
        float[] b = skip.array();
        float[] s = sum.array();
        for (int row = from; row < to; row++) {
            int image = row / (shape.dim(1) * shape.dim(2));
            // The channel of a row that lies within one
            int channel = row / shape.dim(2) % channels;
            for (int i = 0; i < width; i++) {
                int c = groups.channelsLast() ? i : channel;
                int at = row * width + i;
                float other = b[skip.offset() + (whole ? at : image * channels + c)];
                s[sum.offset() + at] = a[x.offset() + at] + other + (bias == null ? 0 : bias[c]);
            }
        }
    }
}
