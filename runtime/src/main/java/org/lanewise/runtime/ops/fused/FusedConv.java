package org.lanewise.runtime.ops.fused;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.ConvForm;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * {@code Y = activation(Conv(X, W, B) + Z)}: ONNX {@code Conv} with what follows it. {@code org.lanewise.Conv}, made by passes: inputs X, W, B (optional), Z
 * (optional, shaped like the convolution, or broadcasting with it); the attributes of {@code Conv}, {@code channels_last} (X, Y and Z are (N, H, W, C), or (N, L, C) with one spatial axis; W stays (M, C/group, K...)), {@code planar_input} (X is (N, C, H, W) even so), {@code planar_output} (Y is, and there is no Z), {@code winograd} (the transforms
 * of {@link org.lanewise.kernels.conv.WinogradNhwc} may be used where they are faster), {@code sparse} (the form in which W may be kept without its zeros where that is faster), {@code activation},
 * {@code activation_alpha} and {@code activation_beta}.
 *
 * @param runner the attributes
 */
public record FusedConv(ConvRunner runner) implements Operator, Prepacks, ComputesInFloat, Repeatable {
    private static final int Z = 3;

    /** From a node. */
    public static FusedConv create(NodeSpec spec) {
        spec.inputs(2, 4);
        return new FusedConv(ConvRunner.read(spec, ConvForm.read(spec), ActivationAttributes.read(spec)));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape shape = runner.infer(context);
        if (context.hasInput(Z) && runner.form().planarOutput()) {
            throw new IllegalArgumentException("a residual Z with planar_output = 1, expected none");
        }
        if (context.hasInput(Z) && context.inputType(Z) != context.inputType(0)) {
            throw new IllegalArgumentException(
                    "residual Z is " + context.inputType(Z).onnxName() + ", expected "
                            + context.inputType(0).onnxName() + " as X");
        }
        context.output(
                0,
                context.inputType(0),
                context.hasInput(Z) ? PartialShape.broadcast(shape, context.inputShape(Z)) : shape);
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
        runner.run(context, context.optionalInput(Z));
    }
}
