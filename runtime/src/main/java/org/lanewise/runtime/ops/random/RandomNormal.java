package org.lanewise.runtime.ops.random;

import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.NonDeterministic;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Random numbers from a normal distribution. ONNX {@code RandomNormal}-1 and later.
 *
 * @param mean the mean
 * @param scale the standard deviation
 * @param type element type
 * @param shape shape of the output
 * @param seed seed of the generator: the same numbers in every run; {@code null} for others in each
 */
public record RandomNormal(
        float mean,
        float scale,
        DataType type,
        Shape shape,
        @Nullable Float seed) implements Operator, NonDeterministic {
    /** From a node. */
    public static RandomNormal create(NodeSpec spec) {
        spec.inputs(0, 0);
        return new RandomNormal(
                spec.floatAttribute("mean", 0),
                spec.floatAttribute("scale", 1),
                Objects.requireNonNull(RandomSource.type(spec, DataType.FLOAT)),
                RandomSource.shape(spec),
                RandomSource.seed(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, RandomSource.floating(type), PartialShape.of(shape));
    }

    @Override
    public void run(OpContext context) {
        SplittableRandom random = RandomSource.generator(seed);
        Tensor out = context.output(0, type, shape);
        RandomSource.fill(out, () -> mean + scale * random.nextGaussian());
    }
}
