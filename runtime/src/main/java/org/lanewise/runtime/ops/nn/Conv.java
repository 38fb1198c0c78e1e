package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;

/**
 * Convolution {@code Y[n, m, o] = B[m] + sum over c, k of X[n, c, o * stride - pad + k * dilation] * W[m, c, k]}: X is (N, C, I1..Ir), W is
 * (M, C/group, K1..Kr), Y is (N, M, O1..Or), one to three spatial axes. ONNX {@code Conv}-1, 11, 22 (bfloat16).
 *
 * @param runner the attributes
 */
public record Conv(ConvRunner runner) implements Operator, Prepacks, ComputesInFloat, Repeatable {
    /** From a node. */
    public static Conv create(NodeSpec spec) {
        spec.inputs(2, 3);
        return new Conv(ConvRunner.read(spec, ConvForm.CHANNELS_FIRST, new Activation(Activation.Kind.NONE, 0, 0)));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        runner.inferShapes(context);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return runner.prepack(context);
    }

    @Override
    public boolean readsAhead(int i) {
        return i == 1 || i == 2;
    }

    @Override
    public void run(OpContext context) {
        runner.run(context, null);
    }
}
