package org.lanewise.runtime.ops.random;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.NonDeterministic;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.shape.Axes;
import org.lanewise.runtime.ops.shape.Numbers;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Draws classes: the input (N, classes) holds logarithms of weights, the output (N, samples) class numbers drawn with probabilities in proportion to the
 * weights. ONNX {@code Multinomial}-7 and later.
 *
 * @param samples draws for each row
 * @param type {@code INT32} or {@code INT64}
 * @param seed seed of the generator: the same numbers in every run; {@code null} for others in each
 */
public record Multinomial(
        int samples, DataType type, @Nullable Float seed) implements Operator, NonDeterministic {
    /** From a node. */
    public static Multinomial create(NodeSpec spec) {
        spec.inputs(1, 1);
        DataType type = RandomSource.type(spec, DataType.INT32);
        long samples = spec.intAttribute("sample_size", 1);
        if (type != DataType.INT32 && type != DataType.INT64 || samples < 0 || samples > Integer.MAX_VALUE) {
            throw spec.refuse("dtype is " + type + " and sample_size " + samples
                    + ", expected INT32 or INT64 and a positive number");
        }
        return new Multinomial((int) samples, type, RandomSource.seed(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        RandomSource.floating(context.inputType(0));
        PartialShape in = context.inputShape(0);
        Axes.expectRank(in, 2, "input");
        context.output(0, type, PartialShape.of(in.dim(0), samples));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        int rows = in.shape().dim(0);
        int classes = in.shape().dim(1);
        if (classes == 0 && rows * samples > 0) {
            throw new IllegalArgumentException("input " + in + " has no classes to draw");
        }
        SplittableRandom random = RandomSource.generator(seed);
        Tensor out = context.output(0, type, Shape.of(rows, samples));
        double[] sums = new double[classes];
        for (int row = 0; row < rows; row++) {
            double total = cumulate(in, row * classes, sums);
            for (int i = 0; i < samples; i++) {
                double drawn = random.nextDouble() * total;
                int at = 0;
                while (at < classes - 1 && sums[at] <= drawn) {
                    at++;
                }
                Numbers.setLong(out, row * samples + i, at);
            }
        }
    }

    /** Running sums of the weights, scaled so that the largest is 1; their last one. */
    private static double cumulate(Tensor in, int from, double[] sums) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < sums.length; i++) {
            largest = Math.max(largest, in.getDouble(from + i));
        }
        double sum = 0;
        for (int i = 0; i < sums.length; i++) {
            sum += Math.exp(in.getDouble(from + i) - largest);
            sums[i] = sum;
        }
        return sum;
    }
}
