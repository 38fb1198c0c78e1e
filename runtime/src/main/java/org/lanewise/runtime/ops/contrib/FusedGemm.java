package org.lanewise.runtime.ops.contrib;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.elementwise.Activations;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.Gemm;
import org.lanewise.runtime.tensor.FloatTensor;

/**
 * {@code Y = activation(alpha A' B' + beta C)}: ONNX {@code Gemm} and an activation. {@code com.microsoft.FusedGemm}-1.
 *
 * @param gemm the product
 * @param activation what is applied to it
 */
public record FusedGemm(Gemm gemm, Activation activation) implements Operator, Prepacks, ComputesInFloat {
    /** From a node. */
    public static FusedGemm create(NodeSpec spec) {
        spec.inputs(2, 3);
        Gemm gemm = new Gemm(
                spec.floatAttribute("alpha", 1),
                spec.floatAttribute("beta", 1),
                spec.flag("transA", false),
                spec.flag("transB", false));
        String name = spec.stringAttribute("activation", "");
        Activation.Kind kind = switch (name) {
            case "" -> Activation.Kind.NONE;
            case "Relu" -> Activation.Kind.RELU;
            case "Tanh" -> Activation.Kind.TANH;
            case "Sigmoid" -> Activation.Kind.SIGMOID;
            case "LeakyRelu" -> Activation.Kind.LEAKY_RELU;
            case "Elu" -> Activation.Kind.ELU;
            case "HardSigmoid" -> Activation.Kind.HARD_SIGMOID;
            case "Softplus" -> Activation.Kind.SOFTPLUS;
            default -> throw spec.refuse("activation '" + name + "' is not supported");
        };
        float alpha = spec.floatAttribute("activation_alpha", defaultAlpha(kind));
        float beta = spec.floatAttribute("activation_beta", 0.5f);
        return new FusedGemm(gemm, new Activation(kind, alpha, beta));
    }

    private static float defaultAlpha(Activation.Kind kind) {
        return switch (kind) {
            case LEAKY_RELU -> 0.01f;
            case HARD_SIGMOID -> 0.2f;
            default -> 1;
        };
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Checks.floats(context);
        gemm.inferShapes(context);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return gemm.prepack(context);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor y = (FloatTensor) gemm.product(context);
        int n = y.size() / Math.max(1, y.shape().dim(0));
        context.parallel(
                y.shape().dim(0),
                1 + n,
                (from, to, scratch) ->
                        Activations.apply(activation, y.array(), y.offset() + from * n, (to - from) * n));
    }
}
