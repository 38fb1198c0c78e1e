package org.lanewise.runtime.ops.fused;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.ConvTransposeRunner;

/**
 * {@code Y = activation(ConvTranspose(X, W, B))}. {@code org.lanewise.ConvTranspose}, made by passes: the attributes of ONNX {@code ConvTranspose}, {@code channels_last} (X
 * and Y are (N, H, W, C); W stays (C, M/group, KH, KW)), {@code activation}, {@code activation_alpha} and {@code activation_beta}.
 *
 * @param runner the attributes
 */
public record FusedConvTranspose(ConvTransposeRunner runner)
        implements Operator, Prepacks, ComputesInFloat, Repeatable {
    /** From a node. */
    public static FusedConvTranspose create(NodeSpec spec) {
        spec.inputs(2, 3);
        return new FusedConvTranspose(
                ConvTransposeRunner.read(spec, spec.flag("channels_last", false), ActivationAttributes.read(spec)));
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
        runner.run(context);
    }
}
