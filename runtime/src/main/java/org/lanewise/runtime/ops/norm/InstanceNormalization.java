package org.lanewise.runtime.ops.norm;

import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon) scale + bias} for x (N, C, ...), mean and variance over each channel of each instance, scale and bias (C). ONNX
 * {@code InstanceNormalization}-1, 6, 22.
 *
 * @param epsilon added to the variance
 */
public record InstanceNormalization(float epsilon) implements Operator, InPlace, Repeatable {
    /** From a node. */
    public static InstanceNormalization create(NodeSpec spec) {
        spec.inputs(3, 3);
        if (spec.opset() < 6) {
            spec.acknowledge("consumed_inputs"); // an opset 1 memory hint
        }
        return new InstanceNormalization(spec.floatAttribute("epsilon", 1e-5f));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        PartialShape x = context.inputShape(0);
        GroupNormalization.checkRank(x);
        long channels = x.isRanked() ? x.dim(1) : PartialShape.UNKNOWN;
        Parameters.checkVector("scale", context.inputShape(1), channels);
        Parameters.checkVector("B", context.inputShape(2), channels);
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
        double[] scale = Parameters.of(context.input(1), channels, 1);
        double[] bias = Parameters.of(context.input(2), channels, 0);
        GroupNormalization.run(context, x, channels, epsilon, scale, bias);
    }
}
