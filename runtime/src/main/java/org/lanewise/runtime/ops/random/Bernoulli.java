package org.lanewise.runtime.ops.random;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.NonDeterministic;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.shape.Numbers;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * 1 with the probability that the input gives, else 0. ONNX {@code Bernoulli}-15 and later.
 *
 * @param type element type, {@code null} for the input's
 * @param seed seed of the generator: the same numbers in every run; {@code null} for others in each
 */
public record Bernoulli(@Nullable DataType type, @Nullable Float seed) implements Operator, NonDeterministic {
    /** From a node. */
    public static Bernoulli create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Bernoulli(RandomSource.type(spec, null), RandomSource.seed(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType in = RandomSource.floating(context.inputType(0));
        context.output(0, type == null ? in : type, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        SplittableRandom random = RandomSource.generator(seed);
        Tensor out = context.output(0, type == null ? in.type() : type, in.shape());
        for (int i = 0; i < out.size(); i++) {
            Numbers.setLong(out, i, random.nextDouble() < in.getDouble(i) ? 1 : 0);
        }
    }
}
