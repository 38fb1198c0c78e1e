package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/** Writes down the quantized operators of {@code org.lanewise}, whose inputs are those of the ONNX {@code QLinear*} operators. */
final class QuantizedNodes {
    private QuantizedNodes() {}

    /**
     * A node of the domain {@code org.lanewise}.
     *
     * @param end the bytes it gives, their scale and zero point the inputs behind {@code inputs}; {@code null} for fp32
     */
    static Node node(
            Node named,
            String opType,
            List<String> inputs,
            Qdq.@Nullable End end,
            String output,
            Map<String, Attribute> attributes) {
        List<String> all = new ArrayList<>(inputs);
        Map<String, Attribute> withRange = new LinkedHashMap<>(attributes);
        if (end != null) {
            all.add(end.bytes().scale());
            all.add(end.bytes().zero());
            if (end.low() != end.bytes().lowest()) {
                withRange.put("low", new Attribute.IntValue(end.low()));
            }
            if (end.high() != end.bytes().highest()) {
                withRange.put("high", new Attribute.IntValue(end.high()));
            }
        }
        Node node = new Node(named.name(), Rewrites.LANEWISE, opType, 1, all, List.of(output), withRange);
        return end == null || end.activation() == null ? node : EpilogueFusion.withActivation(node, end.activation());
    }

    /** {@code node} with one more input at place {@code i}, absent ones before it. */
    static Node withInput(Node node, int i, String value) {
        if (value.isEmpty()) {
            return node;
        }
        List<String> inputs = new ArrayList<>(node.inputs());
        while (inputs.size() <= i) {
            inputs.add("");
        }
        inputs.set(i, value);
        return node.withInputs(inputs);
    }

    /** The inputs that a value and its quantization are. */
    static List<String> of(Qdq.Bytes bytes) {
        return List.of(bytes.value(), bytes.scale(), bytes.zero());
    }

    /** The node between a transpose before and one behind, so that it works channels last where the graph does not. */
    static List<Node> channelsLast(GraphEditor editor, Node node, int rank) {
        Permutation order = Permutation.channelsLast(rank);
        String before = editor.newName(node.input(0) + "_nhwc");
        String after = editor.newName(node.output(0) + "_nhwc");
        List<String> inputs = new ArrayList<>(node.inputs());
        inputs.set(0, before);
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put("channels_last", new Attribute.IntValue(1));
        return List.of(
                order.node(node.name() + "_to_nhwc", node.input(0), before),
                node.withInputs(inputs).withOutputs(List.of(after)).withAttributes(attributes),
                order.inverse().node(node.name() + "_to_nchw", after, node.output(0)));
    }

    /** Whether a constant is a vector of {@code n} fp32 values. */
    static boolean isVector(@Nullable Tensor constant, int n) {
        return constant != null
                && constant.type() == DataType.FLOAT
                && constant.size() == n
                && constant.shape().rank() >= 1
                && constant.shape().dim(-1) == n;
    }
}
