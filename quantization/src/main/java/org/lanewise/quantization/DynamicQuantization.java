package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.quantization.model.Preparation;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

/**
 * Dynamic quantization: every {@code MatMul} and {@code Gemm} of fp32 activations with a constant fp32 matrix B (K, N) becomes integer arithmetic on standard operators. B is quantized once,
 * symmetrically, one scale a column; the activations when they come, by one {@code DynamicQuantizeLinear} for all products that read them. No calibration is needed. Tables that {@code Gather} reads
 * rows of become int8 too, with a scale a row, and {@code LSTM} becomes {@code DynamicQuantizeLSTM} of {@code com.microsoft}. Convolutions stay as they are: see {@link StaticQuantization}.
 *
 * <pre>{@code
 * s[n] = max over k of |B[k, n]| / 127          Bq[k, n] = round(B[k, n] / s[n])
 * (Aq, sA, zA) = DynamicQuantizeLinear(A)       Y = Cast(MatMulInteger(Aq, Bq, zA)) * (sA * s) [+ C]
 * }</pre>
 */
public final class DynamicQuantization {
    /** The first opset with {@code DynamicQuantizeLinear}. */
    private static final int MIN_OPSET = 11;

    private final GraphEditor editor;
    private final Options options;
    private final int opset;

    /** Integers, scale and zero point of activations that are quantized already. */
    private final Map<String, List<String>> activations = new LinkedHashMap<>();

    private final Map<String, List<String>> matrices = new LinkedHashMap<>();

    /**
     * What is quantized.
     *
     * @param perChannel whether each column of a matrix has a scale of its own
     * @param embeddings whether tables that {@code Gather} reads become int8
     * @param exclude layers that stay in fp32
     */
    public record Options(boolean perChannel, boolean embeddings, LayerSelection exclude) {
        /** Everything, per channel. */
        public static final Options DEFAULT = new Options(true, true, LayerSelection.ALL);
    }

    private DynamicQuantization(GraphEditor editor, Options options, int opset) {
        this.editor = editor;
        this.options = options;
        this.opset = opset;
    }

    /** Quantizes all that can be. */
    public static QuantizationResult apply(Model model) {
        return apply(model, Options.DEFAULT);
    }

    /**
     * Quantizes what can be and is not excluded; the model given stays as it is.
     *
     * @throws QuantizationException if the model's opset is older than {@value #MIN_OPSET}, it is quantized already or has nothing to quantize
     */
    public static QuantizationResult apply(Model model, Options options) {
        Model prepared = Preparation.apply(model, MIN_OPSET);
        GraphEditor editor = new GraphEditor(prepared.graph());
        Inference types = Inference.of(prepared.graph());
        List<WeightLayer> layers = WeightLayer.products(prepared.graph(), types);
        List<Node> tables = options.embeddings ? EmbeddingTables.find(editor) : List.of();
        List<Node> candidates =
                new ArrayList<>(layers.stream().map(WeightLayer::node).toList());
        List<Node> recurrent = RecurrentLayers.find(editor);
        candidates.addAll(recurrent);
        candidates.addAll(tables);
        if (candidates.isEmpty()) {
            throw new QuantizationException("the model has no MatMul, Gemm or LSTM with constant fp32 weights and no"
                    + " Gather of a constant fp32 table, so there is nothing to quantize dynamically");
        }
        options.exclude.check(candidates);
        DynamicQuantization run =
                new DynamicQuantization(editor, options, prepared.opsets().getOrDefault("", MIN_OPSET));
        List<LayerReport> reports = new ArrayList<>();
        for (WeightLayer layer : layers) {
            String excluded = options.exclude.exclusion(layer.node());
            long bytes = 4L * layer.shape().size();
            if (excluded.isEmpty()) {
                run.rewrite(layer);
            }
            long after = layer.shape().size() + 4L * (options.perChannel ? layer.channels() : 1);
            reports.add(report(layer.node(), excluded, bytes, after));
        }
        for (Node lstm : recurrent) {
            String excluded = options.exclude.exclusion(lstm);
            long bytes = 0;
            for (int i = 1; i <= 2; i++) {
                bytes += Objects.requireNonNull(editor.initializer(lstm.input(i)))
                        .bytes();
            }
            reports.add(report(
                    lstm,
                    excluded,
                    bytes,
                    excluded.isEmpty() ? RecurrentLayers.rewrite(editor, lstm, options.perChannel) : bytes));
        }
        for (Node gather : tables) {
            String excluded = options.exclude.exclusion(gather);
            long bytes =
                    Objects.requireNonNull(editor.initializer(gather.input(0))).bytes();
            reports.add(report(
                    gather, excluded, bytes, excluded.isEmpty() ? EmbeddingTables.rewrite(editor, gather) : bytes));
        }
        Model quantized = prepared.withGraph(editor.build());
        return new QuantizationResult(
                quantized,
                "dynamic, uint8 activations, int8 weights " + (options.perChannel ? "per channel" : "per tensor"),
                reports,
                List.of(),
                Graphs.constantBytes(model.graph()),
                Graphs.constantBytes(quantized.graph()));
    }

    private static LayerReport report(Node node, String excluded, long before, long after) {
        return new LayerReport(
                node.name(),
                node.opType(),
                excluded,
                before,
                excluded.isEmpty() ? after : before,
                null,
                null,
                Double.NaN);
    }

    /** The layer's matrix as (K, N), its integers and scales. */
    private List<String> matrix(WeightLayer layer) {
        return matrices.computeIfAbsent(layer.weights() + " " + layer.axis(), key -> {
            float[] w = Objects.requireNonNull(editor.constant(layer.weights())).toFloatArray();
            Weights weights = Weights.of(layer, w, null, options.perChannel, 1);
            int k = layer.inputs();
            int n = layer.outputs();
            byte[] q = new byte[w.length];
            for (int i = 0; i < q.length; i++) {
                q[layer.inputOf(i) * n + layer.outputOf(i)] = weights.values().get(i);
            }
            return List.of(
                    editor.addConstant(
                            layer.weights() + "_quantized", new ByteTensor(DataType.INT8, Shape.of(k, n), q, 0)),
                    editor.addConstant(layer.weights() + "_scale", weights.scaleTensor()));
        });
    }

    private List<String> quantized(String x, List<Node> nodes) {
        List<String> known = activations.get(x);
        if (known == null) {
            known = List.of(
                    editor.newName(x + "_quantized"), editor.newName(x + "_scale"), editor.newName(x + "_zero_point"));
            activations.put(x, known);
            nodes.add(onnx(x + "_quantize", "DynamicQuantizeLinear", List.of(x), known, Map.of()));
        }
        return known;
    }

    private void rewrite(WeightLayer layer) {
        Node node = layer.node();
        String y = node.output(0);
        List<Node> nodes = new ArrayList<>();
        List<String> x = quantized(node.input(0), nodes);
        List<String> w = matrix(layer);
        String bias = node.is("Gemm") ? node.input(2) : "";
        String product = editor.newName(y + "_integer");
        String floats = editor.newName(y + "_unscaled");
        String scale = editor.newName(y + "_scale");
        String scaled = bias.isEmpty() ? y : editor.newName(y + "_product");
        Map<String, Attribute> toFloat = Map.of("to", new Attribute.IntValue(DataType.FLOAT.code()));
        String name = node.name();
        nodes.add(onnx(
                name + "_integer", "MatMulInteger", List.of(x.get(0), w.get(0), x.get(2)), List.of(product), Map.of()));
        nodes.add(onnx(name + "_cast", "Cast", List.of(product), List.of(floats), toFloat));
        nodes.add(onnx(name + "_scales", "Mul", List.of(x.get(1), w.get(1)), List.of(scale), Map.of()));
        nodes.add(onnx(name + "_scale", "Mul", List.of(floats, scale), List.of(scaled), Map.of()));
        if (!bias.isEmpty()) {
            nodes.add(onnx(name + "_bias", "Add", List.of(scaled, bias), List.of(y), Map.of()));
        }
        editor.replace(node, nodes, "quantized dynamically");
    }

    private Node onnx(
            String name, String opType, List<String> inputs, List<String> outputs, Map<String, Attribute> attributes) {
        return new Node(name, "", opType, opset, inputs, outputs, attributes);
    }
}
