package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.quantization.model.LeftLayer;
import org.lanewise.quantization.model.Preparation;
import org.lanewise.quantization.model.Scope;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Dynamic quantization: every {@code MatMul} and {@code Gemm} of fp32 activations with a constant fp32 matrix B (K, N) becomes integer arithmetic on standard operators. B is quantized once,
 * symmetrically, one scale a column; the activations when they come, by one {@code DynamicQuantizeLinear} for all products that read them. No calibration is needed. Tables that {@code Gather} reads
 * rows of become int8 too, with a scale a row, and {@code LSTM} becomes {@code DynamicQuantizeLSTM} of {@code com.microsoft}. Convolutions stay as they are unless asked for ({@code ConvInteger}): {@link StaticQuantization} makes them faster. Bodies
 * of {@code If}, {@code Loop} and {@code Scan} are quantized like the main graph; weights that several graphs share are quantized once.
 *
 * <pre>{@code
 * s[n] = max over k of |B[k, n]| / 127          Bq[k, n] = round(B[k, n] / s[n])
 * (Aq, sA, zA) = DynamicQuantizeLinear(A)       Y = Cast(MatMulInteger(Aq, Bq, zA)) * (sA * s) [+ C]
 * }</pre>
 */
public final class DynamicQuantization {
    /** The first opset with {@code DynamicQuantizeLinear}. */
    private static final int MIN_OPSET = 11;

    /** The zero point of unsigned weights. */
    private static final int MIDDLE = 128;

    private final Options options;
    private final int opset;

    /** Integers, scale and zero point of activations that are quantized already. */
    private final Map<Scope, Map<String, List<String>>> activations = new HashMap<>();

    /**
     * What is quantized.
     *
     * @param perChannel whether each column of a matrix, each output channel of a convolution, has a scale of its own
     * @param embeddings whether tables that {@code Gather} reads become int8
     * @param convolutions whether {@code Conv} becomes {@code ConvInteger}
     * @param exclude layers that stay in fp32
     */
    public record Options(boolean perChannel, boolean embeddings, boolean convolutions, LayerSelection exclude) {
        /** Everything but convolutions, per channel. */
        public static final Options DEFAULT = new Options(true, true, false, LayerSelection.ALL);
    }

    private DynamicQuantization(Options options, int opset) {
        this.options = options;
        this.opset = opset;
    }

    /** Quantizes all that can be but convolutions. */
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
        List<Scope> scopes = Scope.of(prepared.graph());
        List<LayerReport> reports =
                new DynamicQuantization(options, prepared.opsets().getOrDefault("", MIN_OPSET)).rewrite(scopes);
        Model quantized = prepared.withGraph(scopes.getFirst().build());
        return new QuantizationResult(
                quantized,
                "dynamic, uint8 activations, int8 weights " + (options.perChannel ? "per channel" : "per tensor"),
                reports,
                List.of(),
                Graphs.constantBytes(model.graph()),
                Graphs.constantBytes(quantized.graph()));
    }

    private List<LayerReport> rewrite(List<Scope> scopes) {
        Map<Node, Supplier<LayerReport>> rewrites = new LinkedHashMap<>();
        for (Scope scope : scopes) {
            for (WeightLayer layer : WeightLayer.products(scope)) {
                rewrites.put(layer.node(), () -> product(scope, layer));
            }
            for (WeightLayer layer : options.convolutions ? convolutions(scope) : List.<WeightLayer>of()) {
                rewrites.put(layer.node(), () -> convolution(scope, layer));
            }
            for (Node lstm : RecurrentLayers.find(scope)) {
                rewrites.put(lstm, () -> recurrent(scope, lstm));
            }
            for (Node gather : options.embeddings ? EmbeddingTables.find(scope) : List.<Node>of()) {
                rewrites.put(gather, () -> table(scope, gather));
            }
        }
        if (rewrites.isEmpty()) {
            throw new QuantizationException("the model has no MatMul, Gemm or LSTM with constant fp32 weights and no"
                    + " Gather of a constant fp32 table, so there is nothing to quantize dynamically; for convolutions"
                    + " use static quantization" + (options.convolutions ? "" : ", or ask for convolutions, too"));
        }
        options.exclude.checkSome(rewrites.keySet());
        List<LayerReport> left = LeftLayer.of(scopes, rewrites.keySet()).stream()
                .map(layer -> LayerReport.of(layer, reason(layer)))
                .toList();
        List<LayerReport> reports = new ArrayList<>();
        rewrites.forEach((node, rewrite) -> reports.add(rewrite.get()));
        reports.addAll(left);
        return reports;
    }

    private List<WeightLayer> convolutions(Scope scope) {
        return scope.editor().nodes().stream()
                .filter(node ->
                        node.is("Conv") && (node.input(2).isEmpty() || scope.initializer(node.input(2)) != null))
                .map(node -> WeightLayer.of(scope, node))
                .filter(Objects::nonNull)
                .toList();
    }

    private String reason(LeftLayer layer) {
        String excluded = options.exclude.exclusion(layer.node());
        if (!excluded.isEmpty()) {
            return excluded;
        }
        return layer.node().is("Conv") && !options.convolutions
                ? "dynamic quantization leaves convolutions unless asked for them"
                : "dynamic quantization has no form for " + layer.what();
    }

    private LayerReport product(Scope scope, WeightLayer layer) {
        String excluded = options.exclude.exclusion(layer.node());
        if (excluded.isEmpty()) {
            rewrite(scope, layer);
        }
        return report(layer, excluded);
    }

    private LayerReport convolution(Scope scope, WeightLayer layer) {
        String excluded = options.exclude.exclusion(layer.node());
        if (excluded.isEmpty()) {
            rewriteConvolution(scope, layer);
        }
        return report(layer, excluded);
    }

    private LayerReport report(WeightLayer layer, String excluded) {
        long after = layer.shape().size() + 4L * (options.perChannel ? layer.channels() : 1);
        return report(layer.node(), excluded, 4L * layer.shape().size(), after);
    }

    private LayerReport recurrent(Scope scope, Node lstm) {
        String excluded = options.exclude.exclusion(lstm);
        long bytes = 0;
        for (int i = 1; i <= 2; i++) {
            bytes += Objects.requireNonNull(scope.initializer(lstm.input(i))).bytes();
        }
        long after = excluded.isEmpty() ? RecurrentLayers.rewrite(scope, lstm, options.perChannel) : bytes;
        return report(lstm, excluded, bytes, after);
    }

    private LayerReport table(Scope scope, Node gather) {
        String excluded = options.exclude.exclusion(gather);
        long bytes = Objects.requireNonNull(scope.initializer(gather.input(0))).bytes();
        return report(gather, excluded, bytes, excluded.isEmpty() ? EmbeddingTables.rewrite(scope, gather) : bytes);
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

    /** The layer's matrix as (K, N): its integers and scales. */
    private List<String> matrix(Scope scope, WeightLayer layer) {
        return scope.derive(layer.weights(), "matrix " + layer.axis(), () -> {
            float[] w = scope.constant(layer.weights()).toFloatArray();
            Weights weights = Weights.of(layer, w, null, options.perChannel, 1);
            int k = layer.inputs();
            int n = layer.outputs();
            byte[] q = new byte[w.length];
            for (int i = 0; i < q.length; i++) {
                q[layer.inputOf(i) * n + layer.outputOf(i)] = weights.values().get(i);
            }
            Map<String, Tensor> constants = new LinkedHashMap<>();
            constants.put("_quantized", new ByteTensor(DataType.INT8, Shape.of(k, n), q, 0));
            constants.put("_scale", weights.scaleTensor());
            return constants;
        });
    }

    /** A convolution's weights as they lie, its scales (M, 1, ..., 1) and the zero point: uint8, since ONNX Runtime has no other {@code ConvInteger}. */
    private List<String> filters(Scope scope, WeightLayer layer) {
        return scope.derive(layer.weights(), "filters", () -> {
            float[] w = scope.constant(layer.weights()).toFloatArray();
            Weights weights = Weights.of(layer, w, null, options.perChannel, 1);
            byte[] q = new byte[w.length];
            for (int i = 0; i < q.length; i++) {
                q[i] = (byte) (weights.values().get(i) + MIDDLE);
            }
            Map<String, Tensor> constants = new LinkedHashMap<>();
            constants.put("_quantized", new ByteTensor(DataType.UINT8, layer.shape(), q, 0));
            constants.put("_scale", Tensor.of(weights.scales(), perChannel(layer, weights.scales().length)));
            constants.put("_zero_point", new ByteTensor(DataType.UINT8, Shape.of(), new byte[] {(byte) MIDDLE}, 0));
            return constants;
        });
    }

    /** The shape (n, 1, ..., 1) of what is multiplied with or added to channels of a convolution's result. */
    private static int[] perChannel(WeightLayer layer, int n) {
        int[] dims = new int[layer.shape().rank() - 1];
        Arrays.fill(dims, 1);
        dims[0] = n;
        return dims;
    }

    private List<String> quantized(Scope scope, String x, List<Node> nodes) {
        Scope home = scope.home(x);
        for (Scope at = scope; at != null; at = at == home ? null : at.outer()) {
            List<String> known = activations.getOrDefault(at, Map.of()).get(x);
            if (known != null) {
                return known;
            }
        }
        GraphEditor editor = scope.editor();
        List<String> made = List.of(
                editor.newName(x + "_quantized"), editor.newName(x + "_scale"), editor.newName(x + "_zero_point"));
        activations.computeIfAbsent(scope, key -> new HashMap<>()).put(x, made);
        nodes.add(onnx(x + "_quantize", "DynamicQuantizeLinear", List.of(x), made, Map.of()));
        return made;
    }

    private void rewrite(Scope scope, WeightLayer layer) {
        Node node = layer.node();
        List<Node> nodes = new ArrayList<>();
        List<String> x = quantized(scope, node.input(0), nodes);
        List<String> w = matrix(scope, layer);
        String bias = node.is("Gemm") ? node.input(2) : "";
        integers(scope, node, nodes, "MatMulInteger", List.of(x.get(0), w.get(0), x.get(2)), x, w, bias);
    }

    private void rewriteConvolution(Scope scope, WeightLayer layer) {
        Node node = layer.node();
        List<Node> nodes = new ArrayList<>();
        List<String> x = quantized(scope, node.input(0), nodes);
        List<String> w = filters(scope, layer);
        String bias = node.input(2);
        if (!bias.isEmpty()) {
            bias = scope.derive(bias, "per channel", () -> {
                        float[] values = scope.constant(node.input(2)).toFloatArray();
                        return Map.of("_per_channel", Tensor.of(values, perChannel(layer, values.length)));
                    })
                    .getFirst();
        }
        List<String> inputs = List.of(x.get(0), w.get(0), x.get(2), w.get(2));
        integers(scope, node, nodes, "ConvInteger", inputs, x, w, bias);
    }

    /** Puts the integer operator in the place of a layer, and what makes floating point of its sums. */
    private void integers(
            Scope scope,
            Node node,
            List<Node> nodes,
            String opType,
            List<String> inputs,
            List<String> x,
            List<String> w,
            String bias) {
        GraphEditor editor = scope.editor();
        String y = node.output(0);
        String product = editor.newName(y + "_integer");
        String floats = editor.newName(y + "_unscaled");
        String scale = editor.newName(y + "_scale");
        String scaled = bias.isEmpty() ? y : editor.newName(y + "_product");
        Map<String, Attribute> toFloat = Map.of("to", new Attribute.IntValue(DataType.FLOAT.code()));
        Map<String, Attribute> attributes = node.is("Conv") ? node.attributes() : Map.of();
        String name = node.name();
        nodes.add(onnx(name + "_integer", opType, inputs, List.of(product), attributes));
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
