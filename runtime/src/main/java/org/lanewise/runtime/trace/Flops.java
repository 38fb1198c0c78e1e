package org.lanewise.runtime.trace;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Counts the floating-point (or integer) operations of the operators whose work is products: two for each multiplication
 * with addition, as if no element were zero. Biases and activations are left out.
 */
final class Flops {
    /** Shapes of constants, which a run may have in packed form only. */
    private final Map<String, Shape> constants = new HashMap<>();

    Flops(Graph graph) {
        addConstants(graph);
    }

    private void addConstants(Graph graph) {
        graph.initializers().forEach((name, constant) -> constants.put(name, constant.shape()));
        for (Node node : graph.nodes()) {
            node.attributes().values().forEach(attribute -> addConstants(node, attribute));
        }
    }

    private void addConstants(Node node, Attribute attribute) {
        switch (attribute) {
            case Attribute.GraphValue(Graph body) -> addConstants(body);
            case Attribute.GraphsValue(List<Graph> bodies) -> bodies.forEach(this::addConstants);
            case Attribute.TensorValue(Tensor value)
            when node.is("Constant") -> constants.put(node.output(0), value.shape());
            default -> {}
        }
    }

    /** The operations of one call, 0 where they are not counted. */
    long count(Node node, List<@Nullable OnnxValue> inputs, List<@Nullable OnnxValue> outputs) {
        Shape out = outputs.isEmpty() ? null : shape(outputs.getFirst());
        if (out == null) {
            return 0;
        }
        return switch (node.opType()) {
            case "Conv", "ConvInteger" -> convolution(input(node, inputs, 1), out);
            case "QLinearConv" -> convolution(input(node, inputs, 3), out);
            case "ConvTranspose" -> transposedConvolution(input(node, inputs, 0), input(node, inputs, 1));
            case "MatMul",
                    "MatMulInteger",
                    "QLinearMatMul",
                    "FusedMatMul",
                    "DynamicQuantizeMatMul",
                    "MatMulIntegerToFloat" -> product(input(node, inputs, 0), out, -1);
            case "Gemm", "FusedGemm" ->
                product(input(node, inputs, 0), out, node.intAttribute("transA", 0) == 0 ? -1 : -2);
            case "LSTM", "GRU", "RNN" ->
                recurrent(input(node, inputs, 0), input(node, inputs, 1), input(node, inputs, 2));
            default -> 0;
        };
    }

    private @Nullable Shape input(Node node, List<@Nullable OnnxValue> inputs, int i) {
        Shape shape = i < inputs.size() ? shape(inputs.get(i)) : null;
        return shape != null ? shape : constants.get(node.input(i));
    }

    private static @Nullable Shape shape(@Nullable OnnxValue value) {
        return value instanceof Tensor tensor ? tensor.shape() : null;
    }

    /** Each output element sums one filter; W is (M, C/group, kernel...). */
    private static long convolution(@Nullable Shape w, Shape out) {
        return w == null || w.size() == 0 ? 0 : 2L * out.size() * (w.size() / w.dim(0));
    }

    /** Each input element is spread by one filter; W is (C, M/group, kernel...). */
    private static long transposedConvolution(@Nullable Shape x, @Nullable Shape w) {
        return x == null || w == null || w.size() == 0 ? 0 : 2L * x.size() * (w.size() / w.dim(0));
    }

    private static long product(@Nullable Shape a, Shape out, int axisOfK) {
        return a == null || a.rank() < -axisOfK ? 0 : 2L * out.size() * a.dim(axisOfK);
    }

    /** Each element of the sequence, (T, N, I) in either order of the first two, meets all weights. */
    private static long recurrent(@Nullable Shape x, @Nullable Shape w, @Nullable Shape r) {
        return x == null || w == null || r == null || x.rank() != 3
                ? 0
                : 2L * x.dim(0) * x.dim(1) * (w.size() + (long) r.size());
    }
}
