package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.kernels.norm.ChannelNorm;
import org.lanewise.kernels.norm.GroupNormLast;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * What {@link GroupNorm} and {@link SkipGroupNorm} share: {@code y = f((x - mean) / sqrt(variance + epsilon) gamma + beta)} with mean and variance over the pixels of C / groups channels of each image, f nothing or {@code x / (1 + e^-x)}.
 *
 * @param groups number of groups, a divisor of C
 * @param epsilon added to the variance
 * @param silu whether f is there
 * @param channelsLast whether images are (N, H, W, C), not (N, C, H, W)
 */
record ImageGroups(int groups, float epsilon, boolean silu, boolean channelsLast) {
    static ImageGroups create(NodeSpec spec) {
        long groups = spec.requiredInt("groups");
        long activation = spec.requiredInt("activation");
        if (groups < 1 || groups > Integer.MAX_VALUE || activation < 0 || activation > 1) {
            throw spec.refuse("groups is " + groups + " and activation " + activation
                    + ", expected at least 1, and 0 for none or 1 for SiLU");
        }
        return new ImageGroups(
                (int) groups, spec.floatAttribute("epsilon", 1e-5f), activation == 1, spec.flag("channels_last", true));
    }

    /** The axis of channels. */
    int axis() {
        return channelsLast ? 3 : 1;
    }

    /** Checks x, gamma and beta; gives y the shape of x. */
    void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() != 4) {
            throw new IllegalArgumentException("X has shape " + x + ", expected rank 4");
        }
        long channels = x.isRanked() ? x.dim(axis()) : PartialShape.UNKNOWN;
        if (channels >= 0 && channels % groups != 0) {
            throw new IllegalArgumentException(channels + " channels cannot be split into " + groups + " groups");
        }
        for (int i = 1; i <= 2; i++) {
            // A model in half precision may keep them in fp32
            Types.check(context, i, Types.FLOATING);
        }
        context.output(0, type, x);
    }

    /** One value a channel. */
    static float[] vector(Tensor given, int channels, String name) {
        if (given.shape().rank() != 1 || given.size() != channels) {
            throw new IllegalArgumentException(
                    name + " has shape " + given.shape() + ", expected [" + channels + "], one value a channel");
        }
        return given.toFloatArray();
    }

    /** Normalizes {@code x}, which may be {@code y}. */
    void run(OpContext context, FloatTensor x, Tensor gamma, Tensor beta, FloatTensor y) {
        Shape shape = x.shape();
        int channels = shape.dim(axis());
        if (channels % groups != 0) {
            throw new IllegalArgumentException(channels + " channels cannot be split into " + groups + " groups");
        }
        float[] scale = vector(gamma, channels, "gamma");
        float[] shift = vector(beta, channels, "beta");
        int perGroup = channels / groups;
        int area = channelsLast ? shape.dim(1) * shape.dim(2) : shape.dim(2) * shape.dim(3);
        int n = perGroup * area;
        if (n == 0) {
            return;
        }
        context.kernel(channelsLast ? "groupnorm-nhwc" : "groupnorm-nchw");
        context.parallel(shape.dim(0) * groups, 1 + n, (from, to, scratch) -> {
            if (channelsLast) {
                float[] factors = scratch.floats(2 * perGroup);
                GroupNormLast.run(
                        x.array(),
                        x.offset(),
                        scale,
                        shift,
                        epsilon,
                        channels,
                        groups,
                        area,
                        y.array(),
                        y.offset(),
                        factors,
                        from,
                        to);
            } else {
                ChannelNorm.group(
                        x.array(),
                        x.offset(),
                        scale,
                        0,
                        shift,
                        0,
                        epsilon,
                        channels,
                        groups,
                        area,
                        y.array(),
                        y.offset(),
                        from,
                        to);
            }
        });
        if (silu) {
            int rows = y.size() / shape.dim(3);
            context.parallel(rows, 1 + shape.dim(3), (from, to, scratch) -> {
                int at = y.offset() + from * shape.dim(3);
                FloatActivations.swish(y.array(), at, y.array(), at, (to - from) * shape.dim(3), 1);
            });
        }
    }
}
