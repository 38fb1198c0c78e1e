package org.lanewise.testmodels.check;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The tolerance of a model's outputs where the user gives none.
 *
 * <ul>
 *   <li>ONNX backend tests ({@code test_...}, {@code light_...}) and models of fewer than two layers with weights: the
 *       official one, or what the test set prescribes.
 *   <li>Other models: rtol 1e-3, atol 1e-4.
 *   <li>Outputs behind a quantizer, in those other models: one step of the last quantizer, and in a matrix the same
 *       largest value a row. Where the quantizer works out its scale while running, or more than moves and activations
 *       come after it, a step is the range of the expected output / 255.
 * </ul>
 */
public final class ToleranceRule {
    private static final Set<String> LAYERS = Set.of(
            "Conv",
            "ConvTranspose",
            "MatMul",
            "Gemm",
            "RNN",
            "LSTM",
            "GRU",
            "ConvInteger",
            "MatMulInteger",
            "QLinearConv",
            "QLinearMatMul");

    private static final Set<String> QUANTIZERS = Set.of(
            "QuantizeLinear",
            "DequantizeLinear",
            "DynamicQuantizeLinear",
            "ConvInteger",
            "MatMulInteger",
            "QLinearConv",
            "QLinearMatMul");

    /** Operators that do not make a difference of their input larger. */
    private static final Set<String> HARMLESS = Set.of(
            "Identity",
            "Reshape",
            "Transpose",
            "Squeeze",
            "Unsqueeze",
            "Flatten",
            "Slice",
            "Concat",
            "Split",
            "Gather",
            "Cast",
            "Relu",
            "Clip",
            "Sigmoid",
            "Softmax",
            "Tanh",
            "MaxPool",
            "AveragePool",
            "GlobalAveragePool");

    private final Graph graph;
    private final Tolerance base;
    private final Map<String, Node> producers = new HashMap<>();

    /** The rule for one test's model. */
    public ToleranceRule(Graph graph, TestCase test) {
        this.graph = graph;
        boolean layered = !test.isOfficial() && countLayers(graph) > 1;
        Tolerance prescribed = test.tolerance();
        this.base = prescribed != null ? prescribed : layered ? Tolerance.LAYERS : Tolerance.OFFICIAL;
        if (layered && prescribed == null) {
            graph.nodes().forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
        }
    }

    /** The tolerance of one output. */
    public Tolerance of(String output, OnnxValue expected) {
        boolean direct = true;
        Deque<String> open = new ArrayDeque<>(List.of(output));
        Set<String> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            Node node = producers.get(open.remove());
            if (node == null) {
                continue;
            }
            if (QUANTIZERS.contains(node.opType())) {
                Double step = direct ? step(node) : null;
                return Tolerance.ofStep(step != null ? step : range(expected) / 255);
            }
            direct &= HARMLESS.contains(node.opType());
            for (String input : node.inputs()) {
                if (seen.add(input)) {
                    open.add(input);
                }
            }
        }
        return base;
    }

    /** The step between neighbouring values of a quantizer's output, or {@code null} if only a run can tell. */
    private @Nullable Double step(Node node) {
        return switch (node.opType()) {
            case "DequantizeLinear" -> largest(constant(node.input(1)));
            case "QuantizeLinear", "QLinearConv", "QLinearMatMul" -> 1.0;
            default -> null;
        };
    }

    private @Nullable Tensor constant(String name) {
        Initializer initializer = graph.initializers().get(name);
        if (initializer != null) {
            return initializer.tensor();
        }
        Node node = producers.get(name);
        return node != null && node.attributes().get("value") instanceof Attribute.TensorValue(Tensor value)
                ? value
                : null;
    }

    private static @Nullable Double largest(@Nullable Tensor scales) {
        if (scales == null || scales.size() == 0) {
            return null;
        }
        double largest = 0;
        for (int i = 0; i < scales.size(); i++) {
            largest = Math.max(largest, scales.getDouble(i));
        }
        return largest;
    }

    private static double range(OnnxValue expected) {
        if (!(expected instanceof Tensor tensor)
                || tensor.size() == 0
                || !tensor.type().isNumeric()) {
            return 0;
        }
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < tensor.size(); i++) {
            low = Math.min(low, tensor.getDouble(i));
            high = Math.max(high, tensor.getDouble(i));
        }
        double range = high - low;
        return Double.isFinite(range) ? range : 0;
    }

    private static int countLayers(Graph graph) {
        int count = 0;
        for (Node node : graph.nodes()) {
            count += LAYERS.contains(node.opType()) ? 1 : 0;
            for (Attribute attribute : node.attributes().values()) {
                if (attribute instanceof Attribute.GraphValue(Graph body)) {
                    count += countLayers(body);
                }
            }
        }
        return count;
    }
}
