package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Rewrites a graph in QDQ form with operators on integers, one by one; a node that has no such operator stays between {@code DequantizeLinear} and {@code QuantizeLinear}. A {@code Relu} or
 * {@code Clip} in front of a {@code QuantizeLinear} goes where saturation does the same. Sources: ONNX specification; contrib operators of ONNX Runtime.
 */
final class QOperatorRewrite {
    private static final String MICROSOFT = "com.microsoft";

    /** Operators that take integers as they are, if scale and zero point stay the same. */
    private static final Set<String> MOVES = Set.of(
            "MaxPool",
            "Reshape",
            "Transpose",
            "Flatten",
            "Squeeze",
            "Unsqueeze",
            "Slice",
            "Gather",
            "DepthToSpace",
            "SpaceToDepth",
            "Expand",
            "Resize");

    private final GraphEditor editor;

    private QOperatorRewrite(Graph graph) {
        this.editor = new GraphEditor(graph);
    }

    static Graph apply(Graph graph) {
        QOperatorRewrite rewrite = new QOperatorRewrite(graph);
        for (Node node : graph.nodes()) {
            if (node.is("QuantizeLinear") && rewrite.editor.contains(node)) {
                rewrite.rewriteBefore(node);
            }
        }
        for (Node node : rewrite.editor.nodes()) {
            rewrite.rewriteFloat(node);
        }
        return rewrite.editor.build();
    }

    /** A value with its integers: what {@code DequantizeLinear} reads. */
    private record Quantized(String values, String scale, String zeroPoint) {}

    private @Nullable Quantized quantized(String value) {
        Node node = editor.producer(value);
        return node != null && node.is("DequantizeLinear")
                ? new Quantized(node.input(0), node.input(1), node.input(2))
                : null;
    }

    private void rewriteBefore(Node quantize) {
        String value = quantize.input(0);
        Node node = editor.producer(value);
        if (node != null && (node.is("Relu") || node.is("Clip")) && saturates(node, quantize)) {
            value = node.input(0);
            node = editor.producer(value);
        }
        if (node == null || editor.consumers(value).size() != 1 || editor.isOutput(value)) {
            return;
        }
        Node integer = node.domain().isEmpty() ? integer(node, quantize) : null;
        if (integer != null) {
            editor.fuse(quantize, integer, "computes on integers");
        }
    }

    /** Whether the quantizer cuts off all that the activation would. */
    private boolean saturates(Node clamp, Node quantize) {
        Tensor scale = editor.constant(quantize.input(1));
        Tensor zero = editor.constant(quantize.input(2));
        if (scale == null || zero == null || editor.consumers(clamp.output(0)).size() != 1) {
            return false;
        }
        boolean unsigned = zero.type() == DataType.UINT8;
        Parameters p = new Parameters((float) scale.scalarDouble(), (int) zero.scalarLong(), zero.type());
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        if (clamp.is("Clip")) {
            Tensor min = editor.constant(clamp.input(1));
            Tensor max = editor.constant(clamp.input(2));
            low = clamp.opset() < 11
                    ? clamp.floatAttribute("min", Float.NEGATIVE_INFINITY)
                    : min == null ? Double.NEGATIVE_INFINITY : min.scalarDouble();
            high = clamp.opset() < 11
                    ? clamp.floatAttribute("max", Float.POSITIVE_INFINITY)
                    : max == null ? Double.POSITIVE_INFINITY : max.scalarDouble();
        }
        return p.quantize(low) == (unsigned ? 0 : -128) && p.quantize(high) == (unsigned ? 255 : 127);
    }

    private @Nullable Node integer(Node node, Node quantize) {
        List<Quantized> inputs = new ArrayList<>();
        for (int i : Scheme.activations(node)) {
            Quantized input = quantized(node.input(i));
            if (input == null) {
                return null;
            }
            inputs.add(input);
        }
        Quantized x = inputs.getFirst();
        Quantized y = new Quantized(quantize.output(0), quantize.input(1), quantize.input(2));
        return switch (node.opType()) {
            case "Conv" -> convolution(node, x, y);
            case "MatMul" -> {
                Quantized w = quantized(node.input(1));
                yield w == null
                        ? null
                        : make(node, "", "QLinearMatMul", flat(List.of(x, w), y.scale, y.zeroPoint), y, Map.of());
            }
            case "Gemm" -> gemm(node, x, y);
            case "Add", "Mul" -> contrib(node, inputs, y, Map.of());
            case "Sigmoid", "LeakyRelu" -> contrib(node, inputs, y, node.attributes());
            case "GlobalAveragePool" -> contrib(node, inputs, y, Map.of("channels_last", new Attribute.IntValue(0)));
            case "AveragePool" ->
                node.attributes().containsKey("dilations") ? null : contrib(node, inputs, y, node.attributes());
            case "Concat" -> {
                List<String> names = new ArrayList<>(List.of(y.scale, y.zeroPoint));
                names.addAll(flat(inputs));
                yield make(node, MICROSOFT, "QLinearConcat", names, y, node.attributes());
            }
            default -> {
                boolean same = x.scale.equals(y.scale) && x.zeroPoint.equals(y.zeroPoint);
                List<String> names = new ArrayList<>(node.inputs());
                names.set(0, x.values);
                yield MOVES.contains(node.opType()) && same && node.outputs().size() == 1
                        ? make(node, "", node.opType(), names, y, node.attributes())
                        : null;
            }
        };
    }

    private Node contrib(Node node, List<Quantized> inputs, Quantized y, Map<String, Attribute> attributes) {
        List<String> names = flat(inputs, y.scale, y.zeroPoint);
        return make(node, MICROSOFT, "QLinear" + node.opType(), names, y, attributes);
    }

    private @Nullable Node convolution(Node node, Quantized x, Quantized y) {
        Quantized w = quantized(node.input(1));
        Quantized bias = quantized(node.input(2));
        if (w == null || bias == null && !node.input(2).isEmpty()) {
            return null;
        }
        List<String> names = flat(List.of(x, w), y.scale, y.zeroPoint);
        if (bias != null) {
            names.add(bias.values);
        }
        return make(node, "", "QLinearConv", names, y, node.attributes());
    }

    /** {@code QGemm}, with an output in fp32 if {@code y} is {@code null}. */
    private @Nullable Node gemm(Node node, Quantized x, @Nullable Quantized y) {
        Quantized w = quantized(node.input(1));
        Quantized bias = quantized(node.input(2));
        if (w == null || bias == null && !node.input(2).isEmpty()) {
            return null;
        }
        List<String> names = flat(List.of(x, w), bias == null ? "" : bias.values);
        if (y != null) {
            names.add(y.scale);
            names.add(y.zeroPoint);
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.remove("beta");
        return new Node(
                node.name(), MICROSOFT, "QGemm", 1, names, List.of(y == null ? node.output(0) : y.values), attributes);
    }

    /** Products whose result stays fp32. */
    private void rewriteFloat(Node node) {
        Quantized x = node.is("Gemm") || node.is("MatMul") ? quantized(node.input(0)) : null;
        Quantized w = x == null ? null : quantized(node.input(1));
        if (x == null || w == null) {
            return;
        }
        Node integer;
        Node last = node;
        if (node.is("Gemm")) {
            integer = gemm(node, x, null);
        } else {
            List<String> names =
                    new ArrayList<>(List.of(x.values, w.values, x.scale, w.scale, x.zeroPoint, w.zeroPoint));
            Node add = editor.onlyConsumer(node.output(0));
            String bias = add != null && add.is("Add") ? add.input(add.input(0).equals(node.output(0)) ? 1 : 0) : "";
            Tensor constant = editor.constant(bias);
            Tensor scales = editor.constant(w.scale);
            if (add != null
                    && constant != null
                    && scales != null
                    && constant.shape().rank() == 1
                    && scales.size() == constant.size()) {
                names.add(bias);
                last = add;
            }
            integer = new Node(
                    node.name(), MICROSOFT, "MatMulIntegerToFloat", 1, names, List.of(last.output(0)), Map.of());
        }
        if (integer != null) {
            editor.fuse(last, integer, "computes on integers");
        }
    }

    private static List<String> flat(List<Quantized> values, String... more) {
        List<String> names = new ArrayList<>();
        for (Quantized value : values) {
            names.addAll(List.of(value.values, value.scale, value.zeroPoint));
        }
        names.addAll(List.of(more));
        return names;
    }

    private static Node make(
            Node node,
            String domain,
            String opType,
            List<String> inputs,
            Quantized y,
            Map<String, Attribute> attributes) {
        boolean newer = opType.startsWith("QLinear") || opType.equals("MaxPool");
        int opset = domain.isEmpty() ? newer ? Math.max(node.opset(), 13) : node.opset() : 1;
        return new Node(node.name(), domain, opType, opset, inputs, List.of(y.values), attributes);
    }
}
