package org.lanewise.runtime.ops.contrib;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.ConvForm;
import org.lanewise.runtime.ops.nn.ConvRunner;

/**
 * {@code Y = activation(Conv(X, W, B) + Z)}, channels first, as ONNX Runtime's own passes write it: the attributes of ONNX {@code Conv},
 * {@code activation} (Relu, Tanh, Sigmoid, LeakyRelu, Clip, HardSigmoid) and {@code activation_params}. {@code com.microsoft.FusedConv}-1.
 *
 * @param runner the attributes
 */
public record FusedConv(ConvRunner runner) implements Operator, Prepacks, ComputesInFloat, Repeatable {
    private static final int Z = 3;

    /** From a node. */
    public static FusedConv create(NodeSpec spec) {
        spec.inputs(2, 4);
        return new FusedConv(ConvRunner.read(spec, ConvForm.CHANNELS_FIRST, activation(spec)));
    }

    private static Activation activation(NodeSpec spec) {
        String name = spec.stringAttribute("activation", "");
        float[] given = spec.floatsAttribute("activation_params");
        float[] parameters = given == null ? new float[0] : given;
        Activation.Kind kind = switch (name) {
            case "" -> Activation.Kind.NONE;
            case "Relu" -> Activation.Kind.RELU;
            case "Tanh" -> Activation.Kind.TANH;
            case "Sigmoid" -> Activation.Kind.SIGMOID;
            case "LeakyRelu" -> Activation.Kind.LEAKY_RELU;
            case "Clip" -> Activation.Kind.CLIP;
            case "HardSigmoid" -> Activation.Kind.HARD_SIGMOID;
            default -> throw spec.refuse("activation '" + name + "' is not known");
        };
        int expected = kind == Activation.Kind.LEAKY_RELU
                ? 1
                : kind == Activation.Kind.CLIP || kind == Activation.Kind.HARD_SIGMOID ? 2 : 0;
        if (parameters.length != expected) {
            throw spec.refuse("activation_params has " + parameters.length + " values, " + name + " has " + expected);
        }
        return new Activation(kind, expected > 0 ? parameters[0] : 0, expected > 1 ? parameters[1] : 0);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        runner.inferShapes(context);
        if (context.hasInput(Z) && context.inputType(Z) != context.inputType(0)) {
            throw new IllegalArgumentException(
                    "input Z is " + context.inputType(Z).onnxName() + ", expected "
                            + context.inputType(0).onnxName() + " as X");
        }
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
