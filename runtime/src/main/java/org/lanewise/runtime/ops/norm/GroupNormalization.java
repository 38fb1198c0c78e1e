package org.lanewise.runtime.ops.norm;

import org.lanewise.kernels.norm.ChannelNorm;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon) scale + bias} for x (N, C, ...), mean and variance over each group of C / groups channels of each instance. Scale and
 * bias are (groups) in opset 18, (C) since 21. ONNX {@code GroupNormalization}-18, 21.
 *
 * @param groups number of groups, a divisor of C
 * @param epsilon added to the variance
 * @param perGroup whether scale and bias are for groups
 */
public record GroupNormalization(int groups, float epsilon, boolean perGroup) implements Operator, InPlace, Repeatable {
    /** From a node. */
    public static GroupNormalization create(NodeSpec spec) {
        spec.inputs(3, 3);
        long groups = spec.requiredInt("num_groups");
        if (groups < 1 || groups > Integer.MAX_VALUE) {
            throw spec.refuse("attribute 'num_groups' is " + groups + ", expected at least 1");
        }
        if (spec.opset() >= 21) {
            Parameters.stashType(spec); // all is computed more precisely than asked
        }
        return new GroupNormalization((int) groups, spec.floatAttribute("epsilon", 1e-5f), spec.opset() < 21);
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        PartialShape x = context.inputShape(0);
        checkRank(x);
        long channels = x.isRanked() ? x.dim(1) : PartialShape.UNKNOWN;
        if (channels >= 0 && channels % groups != 0) {
            throw new IllegalArgumentException(channels + " channels cannot be split into " + groups + " groups");
        }
        Parameters.checkVector("scale", context.inputShape(1), perGroup ? groups : channels);
        Parameters.checkVector("bias", context.inputShape(2), perGroup ? groups : channels);
        context.output(0, type, x);
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int channels = x.shape().dim(1);
        if (channels % groups != 0) {
            throw new IllegalArgumentException(channels + " channels cannot be split into " + groups + " groups");
        }
        double[] scale = Parameters.of(context.input(1), perGroup ? groups : channels, 1);
        double[] bias = Parameters.of(context.input(2), perGroup ? groups : channels, 0);
        run(
                context,
                x,
                groups,
                epsilon,
                perGroup ? spread(scale, channels) : scale,
                perGroup ? spread(bias, channels) : bias);
    }

    /** Normalizes over groups of channels; scale and bias have an element for each channel. */
    static void run(OpContext context, Tensor x, int groups, float epsilon, double[] scale, double[] bias) {
        Shape shape = x.shape();
        Tensor y = context.output(0, x.type(), shape);
        if (x.size() == 0) {
            return;
        }
        int perGroup = shape.dim(1) / groups;
        int inner = shape.sizeBetween(2, shape.rank());
        int n = perGroup * inner;
        if (x instanceof FloatTensor in && y instanceof FloatTensor out) {
            float[] factors = Parameters.floats(scale);
            float[] shifts = Parameters.floats(bias);
            context.parallel(
                    shape.dim(0) * groups,
                    1 + n / 4,
                    (from, to, scratch) -> ChannelNorm.group(
                            in.array(),
                            in.offset(),
                            factors,
                            0,
                            shifts,
                            0,
                            epsilon,
                            shape.dim(1),
                            groups,
                            inner,
                            out.array(),
                            out.offset(),
                            from,
                            to));
            return;
        }
        context.parallel(shape.dim(0) * groups, 3L * n, (from, to, scratch) -> {
            double[] values = scratch.doubles(n);
            for (int piece = from; piece < to; piece++) {
                Elements.read(x, piece * n, 1, values, n);
                double average = LayerNormalization.average(values, n);
                double inverse = 1 / Math.sqrt(LayerNormalization.variance(values, n, average) + epsilon);
                int firstChannel = piece % groups * perGroup;
                for (int i = 0; i < n; i++) {
                    int channel = firstChannel + i / inner;
                    values[i] = (values[i] - average) * inverse * scale[channel] + bias[channel];
                }
                Elements.write(values, y, piece * n, n);
            }
        });
    }

    static void checkRank(PartialShape x) {
        if (x.isRanked() && x.rank() < 2) {
            throw new IllegalArgumentException("input X has shape " + x + ", expected (N, C, ...)");
        }
    }

    private double[] spread(double[] perGroupValues, int channels) {
        double[] out = new double[channels];
        for (int i = 0; i < channels; i++) {
            out[i] = perGroupValues[i / (channels / groups)];
        }
        return out;
    }
}
