package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Lets matrix products and channels-last convolutions with constant weights, quantized ones with an end in fp32 too, do what follows them while their results are in registers or cache: add a constant
 * bias, add a value of the same shape (a residual connection), apply an activation. Makes {@code org.lanewise.MatMul} and completes {@code org.lanewise.Conv}.
 */
public final class EpilogueFusion implements Pass {

    private static final int Y_SCALE = 6;

    @Override
    public String name() {
        return "epilogue";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            Node current = isConv(node) || isQuantized(node) ? node : product(editor, types, node);
            Node inGraph = node;
            while (current != null) {
                current = extend(editor, types, current, inGraph);
                inGraph = current;
            }
        });
    }

    private static boolean isConv(Node node) {
        return Rewrites.isLanewise(node, "Conv") || Rewrites.isLanewise(node, "ConvTranspose");
    }

    /** A quantized product that gives fp32. */
    private static boolean isQuantized(Node node) {
        return (Rewrites.isLanewise(node, "QConv") || Rewrites.isLanewise(node, "QMatMul"))
                && node.input(Y_SCALE).isEmpty();
    }

    /** The input that is the bias; the residual is the one behind it. */
    private static int bias(Node node) {
        return isQuantized(node) ? 8 : 2;
    }

    /** A {@code MatMul} with a constant matrix, renamed so that it can take an epilogue. */
    private static @Nullable Node product(GraphEditor editor, Inference types, Node node) {
        if (!node.is("MatMul")
                || types.elementType(node.input(0)) != DataType.FLOAT
                || !editor.isConstant(node.input(1))
                || types.shape(node.input(1)).rank() != 2
                || types.shape(node.input(0)).rank() < 2) {
            return null;
        }
        return new Node(node.name(), Rewrites.LANEWISE, "MatMul", 1, node.inputs(), node.outputs(), Map.of());
    }

    /** The node with what follows it taken in, or {@code null} when nothing more can be; {@code inGraph} is the node as the graph has it. */
    private static @Nullable Node extend(GraphEditor editor, Inference types, Node node, @Nullable Node inGraph) {
        Node next = inGraph == null ? null : editor.onlyConsumer(inGraph.output(0));
        Node extended = next == null ? null : follower(editor, types, node, next);
        if (extended != null && next != null) {
            editor.fuse(next, extended, "done by the " + node.opType() + " before it");
        }
        return extended;
    }

    /** {@code node} as it would be with its only consumer taken in, or {@code null}. */
    private static @Nullable Node follower(GraphEditor editor, Inference types, Node node, Node next) {
        if (has(node, "activation")) {
            return null;
        }
        String value = node.output(0);
        int biasAt = bias(node);
        int residualAt = biasAt + 1;
        if (next.is("Add") && !next.input(0).equals(next.input(1)) && next.opset() >= 7) {
            String other = Rewrites.other(next, value);
            Tensor constant = editor.constant(other);
            if (constant != null
                    && node.input(biasAt).isEmpty()
                    && node.input(residualAt).isEmpty()
                    && !isChannelsFirst(node)
                    && isBias(constant, types, value)) {
                String bias = editor.addConstant(other + "_bias", Constants.vector(constant.toFloatArray()));
                return withInput(node, biasAt, bias).withOutputs(next.outputs());
            }
            if (constant == null
                    && takesResidual(types, node)
                    && node.input(residualAt).isEmpty()
                    && sameShape(types, value, other)) {
                return withInput(node, residualAt, other).withOutputs(next.outputs());
            }
            return null;
        }
        Activation activation = Activations.of(editor, next);
        return activation == null ? null : withActivation(node, activation).withOutputs(next.outputs());
    }

    private static boolean isChannelsFirst(Node node) {
        return node.opType().equals("Conv") && node.intAttribute("channels_last", 0) == 0;
    }

    /** A quantized convolution does not repeat itself where the shapes turn out to broadcast in the run. */
    private static boolean takesResidual(Inference types, Node node) {
        return switch (node.opType()) {
            case "ConvTranspose" -> false;
            case "QConv" -> types.shape(node.output(0)).isKnown();
            default -> true;
        };
    }

    private static boolean has(Node node, String attribute) {
        return node.attributes().containsKey(attribute);
    }

    /** Whether a constant has one value per column or channel, the last dimension of the result. */
    private static boolean isBias(Tensor constant, Inference types, String value) {
        PartialShape shape = types.shape(value);
        return constant.type() == DataType.FLOAT
                && shape.isRanked()
                && constant.shape().rank() >= 1
                && constant.shape().rank() <= shape.rank()
                && constant.shape().dim(-1) == shape.dim(-1)
                && constant.size() == constant.shape().dim(-1);
    }

    /** Whether both have one shape as far as is known; the operators check again when they run. */
    private static boolean sameShape(Inference types, String a, String b) {
        return types.elementType(b) == DataType.FLOAT
                && types.shape(a).isRanked()
                && types.shape(a).equals(types.shape(b));
    }

    private static Node withInput(Node node, int i, String value) {
        List<String> inputs = new ArrayList<>(node.inputs());
        while (inputs.size() <= i) {
            inputs.add("");
        }
        inputs.set(i, value);
        return node.withInputs(inputs);
    }

    static Node withActivation(Node node, Activation activation) {
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put(
                "activation", new Attribute.StringValue(activation.kind().name().toLowerCase(Locale.ROOT)));
        attributes.put("activation_alpha", new Attribute.FloatValue(activation.alpha()));
        attributes.put("activation_beta", new Attribute.FloatValue(activation.beta()));
        return node.withAttributes(attributes);
    }
}
