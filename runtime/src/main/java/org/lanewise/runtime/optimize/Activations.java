package org.lanewise.runtime.optimize;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.Tensor;

/** Translates activation nodes to what kernels can apply to their results. */
final class Activations {
    private Activations() {}

    /** The activation that {@code node} computes of its first input, or {@code null} if it is none that kernels know. */
    static @Nullable Activation of(GraphEditor editor, Node node) {
        if (!node.domain().isEmpty()) {
            return null;
        }
        return switch (node.opType()) {
            case "Relu" -> plain(Activation.Kind.RELU);
            case "Sigmoid" -> plain(Activation.Kind.SIGMOID);
            case "Tanh" -> plain(Activation.Kind.TANH);
            case "HardSwish" -> plain(Activation.Kind.HARD_SWISH);
            case "Mish" -> plain(Activation.Kind.MISH);
            case "Softplus" -> plain(Activation.Kind.SOFTPLUS);
            case "Swish" -> node.floatAttribute("alpha", 1) == 1 ? plain(Activation.Kind.SILU) : null;
            case "Gelu" ->
                plain(
                        node.stringAttribute("approximate", "none").equals("tanh")
                                ? Activation.Kind.GELU_TANH
                                : Activation.Kind.GELU);
            case "LeakyRelu" -> new Activation(Activation.Kind.LEAKY_RELU, node.floatAttribute("alpha", 0.01f), 0);
            case "Elu" -> new Activation(Activation.Kind.ELU, node.floatAttribute("alpha", 1), 0);
            case "HardSigmoid" ->
                new Activation(
                        Activation.Kind.HARD_SIGMOID,
                        node.floatAttribute("alpha", 0.2f),
                        node.floatAttribute("beta", 0.5f));
            case "Clip" -> clip(editor, node);
            default -> null;
        };
    }

    private static Activation plain(Activation.Kind kind) {
        return new Activation(kind, 0, 0);
    }

    private static @Nullable Activation clip(GraphEditor editor, Node node) {
        Float low = bound(editor, node, 1, "min", Float.NEGATIVE_INFINITY);
        Float high = bound(editor, node, 2, "max", Float.POSITIVE_INFINITY);
        return low == null || high == null || low > high ? null : new Activation(Activation.Kind.CLIP, low, high);
    }

    private static @Nullable Float bound(GraphEditor editor, Node node, int input, String attribute, float fallback) {
        if (node.opset() < 11) {
            return node.floatAttribute(attribute, fallback);
        }
        if (node.input(input).isEmpty()) {
            return fallback;
        }
        Tensor constant = editor.constant(node.input(input));
        return constant == null || constant.size() != 1 ? null : (Float) (float) constant.getDouble(0);
    }
}
