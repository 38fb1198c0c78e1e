package org.lanewise.runtime.ops.norm;

import org.lanewise.kernels.norm.ChannelNorm;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon) scale + bias} for x (N, C, ...), all parameters (C). In training the mean and variance of the batch are used and
 * {@code running = running momentum + batch (1 - momentum)} comes out for both. ONNX {@code BatchNormalization}-1, 6, 7, 9, 14, 15.
 *
 * @param epsilon added to the variance
 * @param momentum weight of the running statistics
 * @param training whether the statistics are those of the batch
 * @param spatial whether the axes behind C share parameters; else (opset 8 and older) parameters are (C, ...)
 */
public record BatchNormalization(float epsilon, float momentum, boolean training, boolean spatial)
        implements Operator, InPlace, Repeatable {
    /** From a node. */
    public static BatchNormalization create(NodeSpec spec) {
        spec.inputs(5, 5);
        if (spec.opset() < 6) {
            spec.acknowledge("consumed_inputs"); // an opset 1 memory hint
        }
        boolean several = false;
        for (int i = 1; i < spec.outputCount(); i++) {
            several |= spec.hasOutput(i);
        }
        boolean training = spec.opset() >= 14
                ? spec.flag("training_mode", false)
                : spec.opset() >= 7 ? several : !spec.flag("is_test", false) && several;
        if (spec.opset() >= 14 && several && !training) {
            throw spec.refuse("has several outputs but training_mode is 0");
        }
        return new BatchNormalization(
                spec.floatAttribute("epsilon", 1e-5f),
                spec.floatAttribute("momentum", 0.9f),
                training,
                spec.opset() >= 9 || spec.flag("spatial", true));
    }

    @Override
    public int reusableInput(int output) {
        return output == 0 ? 0 : -1;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() == 0) {
            throw new IllegalArgumentException("input X is a scalar, expected (N, C, ...)");
        }
        long channels = !x.isRanked() ? PartialShape.UNKNOWN : x.rank() == 1 ? 1 : x.dim(1);
        for (int i = 1; i < 5; i++) {
            Types.check(context, i, Types.FLOATING);
            if (spatial) {
                Parameters.checkVector("input " + i, context.inputShape(i), channels);
            }
        }
        context.output(0, Types.check(context, 0, Types.FLOATING), x);
        for (int i = 1; i < context.outputCount(); i++) {
            context.output(i, context.inputType(3), context.inputShape(3));
        }
    }

    @Override
    public boolean readsAhead(int i) {
        return training || i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Shape shape = x.shape();
        int batch = shape.dim(0);
        int channels = shape.rank() == 1 ? 1 : spatial ? shape.dim(1) : shape.sizeBetween(1, shape.rank());
        int inner = spatial ? shape.sizeBetween(2, shape.rank()) : 1;
        double[] scale = Parameters.of(context.input(1), channels, 1);
        double[] bias = Parameters.of(context.input(2), channels, 0);
        double[] mean = Parameters.of(context.input(3), channels, 0);
        double[] variance = Parameters.of(context.input(4), channels, 1);
        if (training) {
            train(context, x, batch, channels, inner, mean, variance);
        }
        double[] factor = new double[channels];
        double[] shift = new double[channels];
        for (int c = 0; c < channels; c++) {
            factor[c] = scale[c] / Math.sqrt(variance[c] + epsilon);
            shift[c] = bias[c] - mean[c] * factor[c];
        }
        Tensor y = context.output(0, x.type(), shape);
        if (x instanceof FloatTensor in) {
            floats(
                    context,
                    in,
                    (FloatTensor) y,
                    batch,
                    channels,
                    inner,
                    Parameters.floats(factor),
                    Parameters.floats(shift));
            return;
        }
        context.parallel(batch * channels, 1 + inner, (from, to, scratch) -> {
            for (int piece = from; piece < to; piece++) {
                int c = piece % channels;
                scale(x, y, piece * inner, scratch.doubles(inner), inner, factor[c], shift[c]);
            }
        });
    }

    private static void floats(
            OpContext context,
            FloatTensor x,
            FloatTensor y,
            int batch,
            int channels,
            int inner,
            float[] factor,
            float[] shift) {
        if (inner == 1) {
            context.parallel(
                    batch,
                    1 + channels / 8,
                    (from, to, scratch) -> ChannelNorm.affineChannelsLast(
                            x.array(), x.offset(), factor, shift, channels, y.array(), y.offset(), from, to));
        } else {
            context.parallel(
                    batch * channels,
                    1 + inner / 8,
                    (from, to, scratch) -> ChannelNorm.affine(
                            x.array(), x.offset(), factor, shift, channels, inner, y.array(), y.offset(), from, to));
        }
    }

    private static void scale(Tensor x, Tensor y, int at, double[] values, int n, double factor, double shift) {
        Elements.read(x, at, 1, values, n);
        for (int i = 0; i < n; i++) {
            values[i] = values[i] * factor + shift;
        }
        Elements.write(values, y, at, n);
    }

    /** Replaces mean and variance by those of the batch, and writes the outputs behind the first. */
    private void train(
            OpContext context, Tensor x, int batch, int channels, int inner, double[] mean, double[] variance) {
        double[] runningMean = mean.clone();
        double[] runningVariance = variance.clone();
        context.parallel(channels, 2L * batch * inner, (from, to, scratch) -> {
            double[] values = scratch.doubles(batch * inner);
            for (int c = from; c < to; c++) {
                for (int i = 0; i < batch * inner; i++) {
                    values[i] = x.getDouble((i / inner * channels + c) * inner + i % inner);
                }
                mean[c] = LayerNormalization.average(values, batch * inner);
                variance[c] = LayerNormalization.variance(values, batch * inner, mean[c]);
                runningMean[c] = runningMean[c] * momentum + mean[c] * (1 - momentum);
                runningVariance[c] = runningVariance[c] * momentum + variance[c] * (1 - momentum);
            }
        });
        double[][] outputs = {runningMean, runningVariance, mean, variance};
        for (int i = 1; i < context.outputCount(); i++) {
            Tensor parameter = context.input(3);
            Elements.write(outputs[i - 1], context.output(i, parameter.type(), parameter.shape()), 0, channels);
        }
    }
}
