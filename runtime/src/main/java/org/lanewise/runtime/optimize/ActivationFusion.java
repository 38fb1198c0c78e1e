package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Recognises activations written out: {@code x * sigmoid(x)} is {@code Swish} (SiLU), {@code x * hardSigmoid(x)} and {@code x * clip(x + 3, 0, 6) / 6} are {@code HardSwish},
 * {@code clip(x + 3, 0, 6) / 6} is {@code HardSigmoid}.
 */
public final class ActivationFusion implements Pass {
    private static final double SIXTH = 1 / 6.0;

    @Override
    public String name() {
        return "activations";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (isFloat(node, types)) {
                hardSigmoid(editor, types, node);
            }
        });
        editor.forEach(node -> {
            if (node.is("Mul") && isFloat(node, types)) {
                gated(editor, node);
            }
        });
        editor.forEach(node -> {
            if (isFloat(node, types)) {
                dividedSwish(editor, types, node);
            }
        });
    }

    private static boolean isFloat(Node node, Inference types) {
        return !node.outputs().isEmpty() && types.elementType(node.output(0)) == DataType.FLOAT;
    }

    /** {@code clip(x + 3, 0, 6)} behind which a division by 6 follows. */
    private static void hardSigmoid(GraphEditor editor, Inference types, Node node) {
        Node clip = sixth(editor, node);
        String x = clip == null ? null : shifted(editor, clip);
        if (clip != null
                && x != null
                && editor.onlyConsumer(clip.output(0)) == node
                && Rewrites.keepsRank(types, x, node.output(0))) {
            editor.replace(node, hardSigmoid(node, x), "hard sigmoid written out");
        }
    }

    /** {@code (x * clip(x + 3, 0, 6)) / 6}. */
    private static void dividedSwish(GraphEditor editor, Inference types, Node node) {
        Node mul = sixth(editor, node);
        if (mul == null || !mul.is("Mul") || editor.onlyConsumer(mul.output(0)) != node) {
            return;
        }
        for (int i = 0; i < 2; i++) {
            Node clip = editor.producer(mul.input(i));
            String x = mul.input(1 - i);
            if (clip != null && x.equals(shifted(editor, clip)) && Rewrites.keepsRank(types, x, node.output(0))) {
                editor.replace(
                        node,
                        Rewrites.onnx(node.name(), "HardSwish", 14, List.of(x), node.outputs(), Map.of()),
                        "hard swish written out");
                return;
            }
        }
    }

    /** {@code x * f(x)} with a sigmoid {@code f}. */
    private static void gated(GraphEditor editor, Node mul) {
        for (int i = 0; i < 2; i++) {
            Node gate = editor.producer(mul.input(i));
            String x = mul.input(1 - i);
            if (gate == null || gate.inputs().isEmpty() || !gate.input(0).equals(x)) {
                continue;
            }
            if (gate.is("Sigmoid")) {
                editor.replace(
                        mul,
                        Rewrites.onnx(mul.name(), "Swish", 24, List.of(x), mul.outputs(), Map.of()),
                        "x * sigmoid(x)");
                return;
            }
            if (gate.is("HardSigmoid")
                    && Math.abs(gate.floatAttribute("alpha", 0.2f) - SIXTH) < 1e-6
                    && gate.floatAttribute("beta", 0.5f) == 0.5f) {
                editor.replace(
                        mul,
                        Rewrites.onnx(mul.name(), "HardSwish", 14, List.of(x), mul.outputs(), Map.of()),
                        "x * hard sigmoid of x");
                return;
            }
        }
    }

    /** The producer of {@code v} when the node is {@code v / 6} or {@code v * (1/6)}. */
    private static @Nullable Node sixth(GraphEditor editor, Node node) {
        if (node.is("Div") && Rewrites.isScalar(editor, node.input(1), 6)) {
            return editor.producer(node.input(0));
        }
        if (node.is("Mul")) {
            for (int i = 0; i < 2; i++) {
                if (Rewrites.isScalar(editor, node.input(i), SIXTH)) {
                    return editor.producer(node.input(1 - i));
                }
            }
        }
        return null;
    }

    /** {@code x} when the node is {@code clip(x + 3, 0, 6)}. */
    private static @Nullable String shifted(GraphEditor editor, Node clip) {
        Node add = clip.inputs().isEmpty() ? null : editor.producer(clip.input(0));
        if (!clip.is("Clip")
                || !isBound(editor, clip, 1, "min", 0)
                || !isBound(editor, clip, 2, "max", 6)
                || add == null
                || !add.is("Add")) {
            return null;
        }
        for (int i = 0; i < 2; i++) {
            if (Rewrites.isScalar(editor, add.input(i), 3)) {
                return add.input(1 - i);
            }
        }
        return null;
    }

    private static boolean isBound(GraphEditor editor, Node clip, int input, String attribute, float expected) {
        if (clip.opset() < 11) {
            return clip.floatAttribute(attribute, Float.NaN) == expected;
        }
        Tensor bound = editor.constant(clip.input(input));
        return bound != null && bound.size() == 1 && bound.getDouble(0) == expected;
    }

    private static Node hardSigmoid(Node node, String x) {
        return Rewrites.onnx(
                node.name(),
                "HardSigmoid",
                6,
                List.of(x),
                node.outputs(),
                Map.of("alpha", new Attribute.FloatValue((float) SIXTH), "beta", new Attribute.FloatValue(0.5f)));
    }
}
