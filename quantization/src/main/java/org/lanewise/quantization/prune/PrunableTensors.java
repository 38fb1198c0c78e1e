package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanewise.quantization.LayerSelection;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.quantization.model.LeftLayer;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Inference;

/**
 * Finds the weights of a graph that can be pruned: of {@code MatMul}, {@code Gemm} and {@code Conv}. Unless told otherwise stay dense: tensors of fewer than {@value #TINY} weights, depthwise convolutions, convolutions that read an
 * input of the model with at most {@value #FEW_CHANNELS} channels, and the product that makes the scores of classes where it has at most a tenth of all weights.
 */
final class PrunableTensors {
    private static final int TINY = 1024;
    private static final int FEW_CHANNELS = 4;
    private static final int CLASSIFIER_SHARE = 10;

    /** What may be between the last product and an output that has scores. */
    private static final Set<String> BEHIND_SCORES = Set.of(
            "Softmax",
            "LogSoftmax",
            "Sigmoid",
            "Identity",
            "Reshape",
            "Squeeze",
            "Flatten",
            "Cast",
            "ArgMax",
            "Transpose");

    private final Graph graph;
    private final GraphEditor editor;
    private final LayerSelection include;
    private final LayerSelection exclude;
    private final Set<String> scores;
    private final Map<String, Integer> levels = new HashMap<>();
    private long allWeights;

    private PrunableTensors(Graph graph, LayerSelection include, LayerSelection exclude) {
        this.graph = graph;
        this.editor = new GraphEditor(graph);
        this.include = include;
        this.exclude = exclude;
        this.scores = scores(graph, editor);
    }

    /**
     * The tensors, in the order of their first use.
     *
     * @throws QuantizationException if there are none, or no layer is called as the user says
     */
    static List<PrunableTensor> of(Graph graph, LayerSelection include, LayerSelection exclude) {
        PrunableTensors search = new PrunableTensors(graph, include, exclude);
        Inference types = Inference.of(graph);
        Map<String, List<WeightLayer>> uses = new LinkedHashMap<>();
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            WeightLayer layer = WeightLayer.of(search.editor, types, node);
            if (layer != null && !node.is("ConvTranspose")) {
                uses.computeIfAbsent(layer.weights(), name -> new ArrayList<>()).add(layer);
                nodes.add(node);
            }
        }
        if (uses.isEmpty()) {
            throw new QuantizationException("the model has nothing to prune: no Conv, Gemm or MatMul with constant fp32"
                    + " weights of two or more dimensions" + LeftLayer.elsewhere(graph));
        }
        include.check(nodes, "prune");
        exclude.check(nodes, "prune");
        uses.values()
                .forEach(
                        layers -> search.allWeights += layers.getFirst().shape().size());
        search.findLevels(uses.keySet());
        List<PrunableTensor> tensors = uses.values().stream()
                .map(layers -> {
                    String fixed = search.fixed(layers);
                    String reason = fixed.isEmpty() ? search.reason(layers) : fixed;
                    return new PrunableTensor(List.copyOf(layers), reason, fixed.isEmpty());
                })
                .toList();
        if (tensors.stream().noneMatch(PrunableTensor::isPruned)) {
            throw new QuantizationException("no layer is left to prune: "
                    + tensors.getFirst().nodeName() + " stays dense, "
                    + tensors.getFirst().denseReason()
                    + "; include layers by name to prune them all the same");
        }
        return tensors;
    }

    /** Why weights must stay as they are; empty if they need not. */
    private String fixed(List<WeightLayer> layers) {
        WeightLayer first = layers.getFirst();
        for (WeightLayer layer : layers) {
            String excluded = exclude.exclusion(layer.node());
            if (!excluded.isEmpty()) {
                return excluded;
            }
            if (layer.axis() != first.axis() || layer.group() != first.group()) {
                return "its weights are used in another way by " + layer.node().path();
            }
        }
        for (Node user : editor.consumers(first.weights())) {
            boolean other = layers.stream().noneMatch(layer -> layer.node() == user);
            if (other || user.inputs().lastIndexOf(first.weights()) != 1) {
                return "its weights are used by " + user.path() + ", too";
            }
        }
        if (graph.isOutput(first.weights()) || graph.isInput(first.weights())) {
            return "its weights are an input or output of the model";
        }
        return "";
    }

    private String reason(List<WeightLayer> layers) {
        WeightLayer first = layers.getFirst();
        return layers.stream().anyMatch(layer -> include.contains(layer.node())) ? "" : usual(layers, first);
    }

    private String usual(List<WeightLayer> layers, WeightLayer first) {
        if (first.shape().size() < TINY) {
            return "has only " + first.shape().size() + " weights";
        }
        if (first.isConvolution() && first.group() > 1 && first.inputs() == first.group()) {
            return "depthwise";
        }
        if (first.isConvolution()
                && first.inputs() <= FEW_CHANNELS
                && levels.getOrDefault(first.node().input(0), 0) == 0) {
            return "first convolution, of " + first.inputs() + (first.inputs() == 1 ? " channel" : " channels");
        }
        boolean classifies = !first.isConvolution()
                && layers.stream()
                        .allMatch(layer -> scores.contains(layer.node().output(0)));
        return classifies && (long) first.shape().size() * CLASSIFIER_SHARE <= allWeights
                ? "classifier, with few of all weights"
                : "";
    }

    /** Outputs of the model and what they are computed from by operators that keep scores of classes apart. */
    private static Set<String> scores(Graph graph, GraphEditor editor) {
        Set<String> scores = new HashSet<>();
        graph.outputs().stream().map(ValueInfo::name).forEach(scores::add);
        for (Node node : graph.nodes().reversed()) {
            if (node.outputs().stream().noneMatch(scores::contains)) {
                continue;
            }
            if (BEHIND_SCORES.contains(node.opType())) {
                scores.add(node.input(0));
            } else if (node.is("Add") && node.inputs().stream().anyMatch(editor::isConstant)) {
                scores.addAll(node.inputs());
            }
        }
        return scores;
    }

    /** How many products there are on the longest way to each value. */
    private void findLevels(Set<String> tensors) {
        for (Node node : graph.nodes()) {
            int level = 0;
            for (String input : node.inputs()) {
                level = Math.max(level, levels.getOrDefault(input, 0));
            }
            for (String input : node.captures()) {
                level = Math.max(level, levels.getOrDefault(input, 0));
            }
            int own = level + (node.inputs().stream().anyMatch(tensors::contains) ? 1 : 0);
            node.outputs().forEach(output -> levels.put(output, own));
        }
    }

    /**
     * Groups tensors so that none of a group comes before another of it: each group can be pruned at once when those before it are.
     *
     * @param tensors some of those of {@link #of}
     */
    static List<List<PrunableTensor>> waves(Graph graph, List<PrunableTensor> tensors) {
        Map<Node, PrunableTensor> users = new HashMap<>();
        tensors.forEach(tensor -> tensor.uses().forEach(use -> users.put(use.node(), tensor)));
        Map<String, Integer> passed = new HashMap<>();
        Map<PrunableTensor, Integer> waves = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            int level = 0;
            for (String input : node.inputs()) {
                level = Math.max(level, passed.getOrDefault(input, 0));
            }
            for (String input : node.captures()) {
                level = Math.max(level, passed.getOrDefault(input, 0));
            }
            PrunableTensor tensor = users.get(node);
            if (tensor != null) {
                waves.putIfAbsent(tensor, level);
                level = Math.max(level, waves.get(tensor) + 1);
            }
            int own = level;
            node.outputs().forEach(output -> passed.put(output, own));
        }
        List<List<PrunableTensor>> result = new ArrayList<>();
        waves.forEach((tensor, wave) -> {
            while (result.size() <= wave) {
                result.add(new ArrayList<>());
            }
            result.get(wave).add(tensor);
        });
        result.removeIf(List::isEmpty);
        return result;
    }
}
