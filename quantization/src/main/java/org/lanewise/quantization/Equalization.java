package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Cross-layer equalization: where channel c of a layer is only read by the next layer, through operators that commute with positive factors ({@code Relu}, {@code LeakyRelu}, pooling, moves), its weights
 * and bias are divided by {@code s[c]} and the next layer's weights for that channel multiplied by it. The model computes the same; with
 *
 * <pre>{@code s[c] = sqrt(r1[c] / r2[c])       r the largest magnitude of the weights of channel c in either layer }</pre>
 *
 * both layers' ranges become equal, so that no channel is lost beside a larger one, neither in weights nor in activations. Repeated over all pairs until nothing changes, for chains as in MobileNet
 * (convolution, depthwise, convolution). Source: M. Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction, ICCV 2019.
 */
public final class Equalization {
    private static final int MOST_ROUNDS = 30;

    /** Factors this near to 1 are not worth another round. */
    private static final double NEAR = 0.01;

    /** They commute with positive factors per channel and keep channels where they are. */
    private static final Set<String> TRANSPARENT = Set.of(
            "Relu",
            "LeakyRelu",
            "PRelu",
            "MaxPool",
            "AveragePool",
            "GlobalAveragePool",
            "GlobalMaxPool",
            "Dropout",
            "Identity");

    private final GraphEditor editor;
    private final Inference types;
    private final Map<String, float[]> changed = new LinkedHashMap<>();
    private final Map<String, Tensor> originals = new LinkedHashMap<>();

    private Equalization(Graph graph) {
        this.editor = new GraphEditor(graph);
        this.types = Inference.of(graph);
    }

    /**
     * What came of it.
     *
     * @param model the equalized model
     * @param pairs names of the layers that were evened out, such as {@code conv1 and conv2}
     */
    public record Result(Model model, List<String> pairs) {
        /** Copies the list. */
        public Result {
            pairs = List.copyOf(pairs);
        }
    }

    /** @param bias the constant that is added per channel, or the empty string */
    private record Pair(WeightLayer first, String bias, WeightLayer second) {}

    /** Equalizes what can be; batch normalization should be folded before. The model given stays as it is. */
    public static Result apply(Model model) {
        Graph graph = model.graph();
        Equalization equalization = new Equalization(graph);
        List<Pair> pairs = new ArrayList<>();
        for (Node node : graph.nodes()) {
            Pair pair = equalization.pair(node);
            if (pair != null) {
                pairs.add(pair);
            }
        }
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double most = 0;
            for (Pair pair : pairs) {
                most = Math.max(most, equalization.equalize(pair));
            }
            if (most < NEAR) {
                break;
            }
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        equalization.changed.forEach((name, values) -> tensors.put(
                name,
                Tensor.wrap(
                        DataType.FLOAT,
                        Objects.requireNonNull(equalization.originals.get(name)).shape(),
                        values,
                        0)));
        return new Result(
                model.withGraph(Graphs.withConstants(graph, tensors)),
                pairs.stream()
                        .map(pair -> pair.first.node().name() + " and "
                                + pair.second.node().name())
                        .toList());
    }

    private @Nullable Pair pair(Node node) {
        WeightLayer first = WeightLayer.of(editor, types, node);
        if (first == null || !isOwned(first.weights())) {
            return null;
        }
        String bias = node.is("MatMul") ? "" : node.input(2);
        String value = node.output(0);
        boolean flat = false;
        for (Node next = editor.onlyConsumer(value); next != null; next = editor.onlyConsumer(value)) {
            WeightLayer second = next.input(0).equals(value) ? WeightLayer.of(editor, types, next) : null;
            if (second != null) {
                boolean fits = isOwned(second.weights())
                        && (first.isConvolution() == second.isConvolution() || flat)
                        && (flat ? second.inputs() % first.outputs() == 0 : second.inputs() == first.outputs());
                boolean free = bias.isEmpty() || isVector(bias, first) && isOwned(bias);
                return fits && free ? new Pair(first, bias, second) : null;
            }
            if (next.is("Add") && node.is("MatMul") && bias.isEmpty() && value.equals(node.output(0))) {
                bias = next.input(next.input(0).equals(value) ? 1 : 0);
                if (!isVector(bias, first)) {
                    return null;
                }
            } else if (isFlatten(next)) {
                flat = true;
            } else if (!next.domain().isEmpty() || !TRANSPARENT.contains(next.opType())) {
                return null;
            }
            value = next.output(0);
        }
        return null;
    }

    private boolean isOwned(String constant) {
        return editor.isConstant(constant) && editor.onlyConsumer(constant) != null;
    }

    private boolean isVector(String constant, WeightLayer layer) {
        Tensor tensor = editor.constant(constant);
        return tensor != null && tensor.shape().rank() == 1 && tensor.size() == layer.outputs();
    }

    /** From (N, C, H, W) to (N, C * H * W). */
    private boolean isFlatten(Node node) {
        boolean matrix = node.is("Flatten") && node.intAttribute("axis", 1) == 1 || node.is("Reshape");
        return matrix
                && types.shape(node.input(0)).rank() > 2
                && types.shape(node.output(0)).rank() == 2
                && (node.is("Flatten")
                        || types.shape(node.input(0)).dim(0)
                                        == types.shape(node.output(0)).dim(0)
                                && types.shape(node.input(0)).dim(0) >= 0);
    }

    /** Evens out a pair; returns how far the largest factor was from 1, as its logarithm. */
    private double equalize(Pair pair) {
        WeightLayer first = pair.first;
        WeightLayer second = pair.second;
        int channels = first.outputs();
        int block = second.inputs() / channels;
        float[] w1 = values(first.weights());
        float[] w2 = values(second.weights());
        double[] r1 = new double[channels];
        double[] r2 = new double[channels];
        for (int i = 0; i < w1.length; i++) {
            int c = first.outputOf(i);
            r1[c] = Math.max(r1[c], Math.abs(w1[i]));
        }
        for (int i = 0; i < w2.length; i++) {
            int c = second.inputOf(i) / block;
            r2[c] = Math.max(r2[c], Math.abs(w2[i]));
        }
        double[] s = new double[channels];
        double most = 0;
        for (int c = 0; c < channels; c++) {
            s[c] = r1[c] > 0 && r2[c] > 0 ? Math.sqrt(r1[c] / r2[c]) : 1;
            most = Math.max(most, Math.abs(Math.log(s[c])));
        }
        for (int i = 0; i < w1.length; i++) {
            w1[i] = (float) (w1[i] / s[first.outputOf(i)]);
        }
        for (int i = 0; i < w2.length; i++) {
            w2[i] = (float) (w2[i] * s[second.inputOf(i) / block]);
        }
        if (!pair.bias.isEmpty()) {
            float[] b = values(pair.bias);
            for (int c = 0; c < channels; c++) {
                b[c] = (float) (b[c] / s[c]);
            }
        }
        return most;
    }

    private float[] values(String constant) {
        return changed.computeIfAbsent(constant, name -> {
            Tensor tensor = Objects.requireNonNull(editor.constant(name));
            originals.put(name, tensor);
            return tensor.toFloatArray();
        });
    }
}
