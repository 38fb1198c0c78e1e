package org.lanewise.runtime.ops.random;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.NonDeterministic;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Random numbers from a normal distribution, as many as the input has elements. ONNX {@code RandomNormalLike}-1 and later.
 *
 * @param mean the mean
 * @param scale the standard deviation
 * @param type element type, {@code null} for the input's
 * @param seed seed of the generator: the same numbers in every run; {@code null} for others in each
 */
public record RandomNormalLike(
        float mean,
        float scale,
        @Nullable DataType type,
        @Nullable Float seed) implements Operator, NonDeterministic {
    /** From a node. */
    public static RandomNormalLike create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new RandomNormalLike(
                spec.floatAttribute("mean", 0),
                spec.floatAttribute("scale", 1),
                RandomSource.type(spec, null),
                RandomSource.seed(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType out = RandomSource.floating(type == null ? context.inputType(0) : type);
        context.output(0, out, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        SplittableRandom random = RandomSource.generator(seed);
        Tensor out = context.output(0, type == null ? in.type() : type, in.shape());
        RandomSource.fill(out, () -> mean + scale * random.nextGaussian());
    }
}
