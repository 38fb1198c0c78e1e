package org.lanewise.loaders.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;

/**
 * Finds the operator sets a graph can be written with. A file has one version for each domain, a graph may have nodes of several: passes and inlined functions
 * bring newer ones. The newest is used, where the older nodes mean the same under it.
 */
final class OpsetUnion {
    /**
     * The versions of the ONNX operator set from which a node of an older one cannot be carried over unchanged: an attribute became an input or went away, or a
     * default changed. All other versions of an operator only take more types or have more attributes. Source: the change log of the ONNX operators.
     */
    private static final Map<String, List<Integer>> BREAKS = breaks();

    private final Map<String, Integer> newest = new LinkedHashMap<>();

    private OpsetUnion() {}

    /**
     * The operator sets to import.
     *
     * @param imports those of the model; one that no node uses is kept
     * @throws GraphException if two nodes cannot be in one file
     */
    static Map<String, Integer> of(Graph graph, Map<String, Integer> imports) {
        OpsetUnion union = new OpsetUnion();
        union.collect(graph);
        union.check(graph);
        Map<String, Integer> result = new LinkedHashMap<>(imports);
        result.putAll(union.newest);
        return result;
    }

    private void collect(Graph graph) {
        for (Node node : graph.nodes()) {
            newest.merge(node.domain(), node.opset(), Math::max);
            subgraphs(node).forEach(this::collect);
        }
    }

    private void check(Graph graph) {
        for (Node node : graph.nodes()) {
            int target = newest.getOrDefault(node.domain(), node.opset());
            if (node.opset() != target && !isSame(node, target)) {
                throw new GraphException(
                        node.path() + ": is of opset " + node.opset() + " and means something else in opset " + target
                                + ", which other nodes need: the graph cannot be written as one file");
            }
            subgraphs(node).forEach(this::check);
        }
    }

    private static boolean isSame(Node node, int target) {
        return node.domain().isEmpty()
                && BREAKS.getOrDefault(node.opType(), List.of()).stream()
                        .noneMatch(version -> node.opset() < version && version <= target);
    }

    private static List<Graph> subgraphs(Node node) {
        return node.attributes().values().stream()
                .flatMap(attribute -> switch (attribute) {
                    case Attribute.GraphValue(Graph graph) -> List.of(graph).stream();
                    case Attribute.GraphsValue(List<Graph> graphs) -> graphs.stream();
                    default -> List.<Graph>of().stream();
                })
                .toList();
    }

    private static Map<String, List<Integer>> breaks() {
        Map<String, List<Integer>> map = new LinkedHashMap<>();
        add(
                map,
                "Abs Ceil Elu Exp Floor HardSigmoid InstanceNormalization LeakyRelu Log Max Mean Min Neg Reciprocal"
                        + " Relu Selu Sigmoid Sqrt Sum Tanh",
                6);
        add(map, "Cast Tile", 6);
        add(map, "Add Div Gemm Mul PRelu Sub", 6, 7);
        add(map, "And Equal Greater Less Or Pow Xor", 7);
        add(map, "Attention", 24, 25);
        add(map, "BatchNormalization", 6, 7, 9, 14);
        add(map, "Clip", 6, 11);
        add(map, "Concat", 4);
        add(map, "DFT GridSample", 20);
        add(map, "Dropout", 6, 7, 10, 12);
        add(map, "GRU", 3, 7);
        add(map, "GlobalLpPool LpPool", 2);
        add(map, "GroupNormalization", 21);
        add(map, "Hardmax LogSoftmax Softmax", 13);
        add(map, "LSTM RNN", 7);
        add(map, "Pad", 2, 11);
        add(
                map,
                "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd"
                        + " ReduceSumSquare",
                18);
        add(map, "ReduceSum Squeeze Unsqueeze", 13);
        add(map, "Reshape", 5);
        add(map, "Resize", 11, 13);
        add(map, "RoiAlign", 16);
        add(map, "Scan", 9);
        add(map, "Scatter", 11);
        add(map, "Slice TopK", 10);
        add(map, "Split", 2, 13, 18);
        add(map, "Upsample", 7, 9, 10);
        return map;
    }

    private static void add(Map<String, List<Integer>> map, String operators, Integer... versions) {
        for (String operator : operators.split(" ", -1)) {
            map.put(operator, List.of(versions));
        }
    }
}
