package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.quantization.model.Hessian;
import org.lanewise.quantization.model.LeftLayer;
import org.lanewise.quantization.model.Preparation;
import org.lanewise.quantization.model.Scope;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Weight-only quantization: the matrices of {@code MatMul} and {@code Gemm} are stored in 4 or 8 bits, in blocks that have a scale each; activations stay fp32. Makes models that wait for memory smaller
 * and faster; {@link DynamicQuantization} is better where arithmetic is what takes time.
 */
public final class WeightOnlyQuantization {
    private static final int MIN_OPSET = 7;

    /** The first opset with blocked {@code DequantizeLinear}. */
    private static final int BLOCKED_OPSET = 21;

    /** Hessians of so many layers are made at once as fit in here; for the others the data is walked through again. */
    private static final long HESSIAN_BYTES = 256L << 20;

    private final Model model;
    private final WeightOnlyOptions options;
    private final List<Scope> scopes;

    private WeightOnlyQuantization(Model model, WeightOnlyOptions options) {
        this.model = model;
        this.options = options;
        this.scopes = Scope.of(model.graph());
    }

    /**
     * Quantizes {@code model}; the one given stays as it is.
     *
     * @param data real inputs; {@link WeightOnlyOptions.Rounding#GPTQ} needs them, others do not
     * @param session how the model is run on them
     * @throws QuantizationException if it cannot be quantized as asked, saying what to do
     */
    public static QuantizationResult apply(
            Model model,
            @Nullable CalibrationData data,
            WeightOnlyOptions options,
            SessionOptions session,
            ProgressListener progress) {
        Model prepared = Preparation.apply(model, MIN_OPSET);
        if (options.format() == WeightOnlyOptions.Format.DEQUANTIZE_LINEAR) {
            prepared = OpsetUpgrade.apply(prepared, BLOCKED_OPSET);
        }
        return new WeightOnlyQuantization(prepared, options).run(model, data, session, progress);
    }

    private QuantizationResult run(
            Model original, @Nullable CalibrationData data, SessionOptions session, ProgressListener progress) {
        Map<WeightLayer, Scope> layers = new LinkedHashMap<>();
        Map<Node, Scope> tables = new LinkedHashMap<>();
        for (Scope scope : scopes) {
            WeightLayer.products(scope).forEach(layer -> layers.put(layer, scope));
            if (options.embeddings()) {
                EmbeddingTables.find(scope).forEach(gather -> tables.put(gather, scope));
            }
        }
        List<Node> candidates =
                new ArrayList<>(layers.keySet().stream().map(WeightLayer::node).toList());
        candidates.addAll(tables.keySet());
        if (candidates.isEmpty()) {
            throw new QuantizationException("the model has no MatMul or Gemm with a constant fp32 matrix and no Gather"
                    + " of a constant fp32 table, so no weights are stored in fewer bits; for convolutions use static"
                    + " quantization");
        }
        options.exclude().checkSome(candidates);
        List<LayerReport> left = LeftLayer.of(scopes, candidates).stream()
                .map(layer -> LayerReport.of(layer, reason(layer)))
                .toList();
        Map<WeightLayer, Scope> chosen = new LinkedHashMap<>(layers);
        chosen.keySet().removeIf(layer -> options.exclude().contains(layer.node()));
        Map<WeightLayer, Long> bytes = new LinkedHashMap<>();
        List<String> notes = new ArrayList<>();
        if (options.rounding() == WeightOnlyOptions.Rounding.GPTQ) {
            if (data == null) {
                throw new QuantizationException("GPTQ needs calibration data: give real inputs");
            }
            List<WeightLayer> watched = chosen.keySet().stream()
                    .filter(layer -> chosen.get(layer) == scopes.getFirst())
                    .toList();
            withHessians(watched, new Feed(data, progress), session, bytes);
            note(chosen, notes);
        }
        chosen.forEach((layer, scope) -> bytes.computeIfAbsent(layer, key -> rewrite(scope, layer, null)));
        return result(original, layers.keySet(), tables, bytes, left, notes);
    }

    private static void note(Map<WeightLayer, Scope> chosen, List<String> notes) {
        List<String> nearest = chosen.entrySet().stream()
                .filter(entry -> entry.getValue().outer() != null)
                .map(entry -> entry.getKey().node().name())
                .toList();
        if (!nearest.isEmpty()) {
            notes.add("rounded to nearest, because inputs of layers in bodies of If, Loop and Scan are not seen: "
                    + String.join(", ", nearest));
        }
    }

    private String reason(LeftLayer layer) {
        String excluded = options.exclude().exclusion(layer.node());
        if (!excluded.isEmpty()) {
            return excluded;
        }
        return layer.isOtherThanProduct()
                ? "weight-only quantization is for MatMul and Gemm"
                : "weight-only quantization has no form for " + layer.what();
    }

    private QuantizationResult result(
            Model original,
            Collection<WeightLayer> layers,
            Map<Node, Scope> tables,
            Map<WeightLayer, Long> bytes,
            List<LayerReport> left,
            List<String> notes) {
        List<LayerReport> reports = new ArrayList<>();
        for (WeightLayer layer : layers) {
            long before = 4L * layer.shape().size();
            reports.add(report(layer.node(), before, bytes.getOrDefault(layer, before)));
        }
        tables.forEach((gather, scope) -> {
            long before =
                    Objects.requireNonNull(scope.initializer(gather.input(0))).bytes();
            boolean excluded = options.exclude().contains(gather);
            reports.add(report(gather, before, excluded ? before : EmbeddingTables.rewrite(scope, gather)));
        });
        reports.addAll(left);
        Model quantized = model.withGraph(scopes.getFirst().build());
        return new QuantizationResult(
                quantized,
                "weight-only, int" + options.bits() + (options.symmetric() ? " symmetric" : " with zero points")
                        + " in blocks of " + options.blockSize() + ", "
                        + (options.rounding() == WeightOnlyOptions.Rounding.GPTQ ? "GPTQ" : "rounded to nearest")
                        + ", as "
                        + (options.format() == WeightOnlyOptions.Format.MATMUL_NBITS
                                ? "com.microsoft.MatMulNBits"
                                : "blocked DequantizeLinear"),
                reports,
                notes,
                Graphs.constantBytes(original.graph()),
                Graphs.constantBytes(quantized.graph()));
    }

    private LayerReport report(Node node, long before, long after) {
        return new LayerReport(
                node.name(), node.opType(), options.exclude().exclusion(node), before, after, null, null, Double.NaN);
    }

    /** Goes through the data once for as many layers as there is room for. */
    private void withHessians(
            List<WeightLayer> layers, Feed feed, SessionOptions session, Map<WeightLayer, Long> bytes) {
        int from = 0;
        while (from < layers.size()) {
            Map<String, Hessian> hessians = new LinkedHashMap<>();
            long used = 0;
            int to = from;
            while (to < layers.size()
                    && (to == from || used + Hessian.bytes(layers.get(to).inputs()) <= HESSIAN_BYTES)) {
                WeightLayer layer = layers.get(to++);
                if (hessians.putIfAbsent(layer.node().input(0), new Hessian(layer.inputs())) == null) {
                    used += Hessian.bytes(layer.inputs());
                }
            }
            Set<String> watched = new LinkedHashSet<>(hessians.keySet());
            feed.run(
                    model,
                    watched,
                    session,
                    "calibrating layers " + (from + 1) + " to " + to + " of " + layers.size(),
                    feed.data().size(),
                    values -> hessians.forEach((name, hessian) -> {
                        if (values.get(name) instanceof FloatTensor x) {
                            hessian.add(x);
                        }
                    }));
            Map<String, double[]> factors = new LinkedHashMap<>();
            for (WeightLayer layer : layers.subList(from, to)) {
                double[] factor = factors.computeIfAbsent(
                        layer.node().input(0),
                        name -> Objects.requireNonNull(hessians.get(name)).inverseFactor(Hessian.DAMPING));
                bytes.put(layer, rewrite(scopes.getFirst(), layer, factor));
            }
            from = to;
        }
    }

    /** Rewrites a layer; returns the bytes of its new constants. */
    private long rewrite(Scope scope, WeightLayer layer, double @Nullable [] inverse) {
        boolean packed = options.format() == WeightOnlyOptions.Format.MATMUL_NBITS;
        long[] bytes = {0};
        List<String> constants = scope.derive(layer.weights(), "blocks " + layer.axis(), () -> {
            BlockWeights blocks = blocks(scope, layer, inverse);
            return packed ? packed(blocks) : stored(layer, blocks);
        });
        for (String name : constants) {
            Initializer constant = Objects.requireNonNull(scope.initializer(name));
            bytes[0] += constant.bytes();
        }
        if (packed) {
            matMulNBits(scope, layer, constants);
        } else {
            dequantizeLinear(scope, layer, constants);
        }
        return bytes[0];
    }

    private BlockWeights blocks(Scope scope, WeightLayer layer, double @Nullable [] inverse) {
        float[] stored = scope.constant(layer.weights()).toFloatArray();
        int n = layer.outputs();
        float[] w = new float[stored.length];
        for (int i = 0; i < w.length; i++) {
            w[layer.inputOf(i) * n + layer.outputOf(i)] = stored[i];
        }
        return BlockWeights.of(w, layer.inputs(), n, options, inverse);
    }

    /** The constants of {@code MatMulNBits}. */
    private Map<String, Tensor> packed(BlockWeights blocks) {
        byte[] packed = blocks.packed();
        int blockBytes = packed.length / blocks.n() / blocks.blocks();
        Map<String, Tensor> constants = new LinkedHashMap<>();
        constants.put("_packed", bytes(DataType.UINT8, packed, blocks.n(), blocks.blocks(), blockBytes));
        constants.put("_scales", Tensor.of(blocks.transposed(blocks.scales())));
        if (!options.symmetric()) {
            byte[] zeros = blocks.packedZeros();
            constants.put("_zero_points", bytes(DataType.UINT8, zeros, zeros.length));
        }
        return constants;
    }

    private void matMulNBits(Scope scope, WeightLayer layer, List<String> constants) {
        Node node = layer.node();
        GraphEditor editor = scope.editor();
        List<String> inputs = new ArrayList<>(List.of(node.input(0)));
        inputs.addAll(constants);
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("K", new Attribute.IntValue(layer.inputs()));
        attributes.put("N", new Attribute.IntValue(layer.outputs()));
        attributes.put("bits", new Attribute.IntValue(options.bits()));
        attributes.put("block_size", new Attribute.IntValue(options.blockSize()));
        String y = node.output(0);
        String bias = node.is("Gemm") ? node.input(2) : "";
        String product = bias.isEmpty() ? y : editor.newName(y + "_product");
        List<Node> nodes = new ArrayList<>();
        nodes.add(new Node(node.name(), "com.microsoft", "MatMulNBits", 1, inputs, List.of(product), attributes));
        if (!bias.isEmpty()) {
            nodes.add(new Node(
                    node.name() + "_bias", "", "Add", node.opset(), List.of(product, bias), List.of(y), Map.of()));
        }
        editor.replace(node, nodes, "weights in " + options.bits() + " bits");
    }

    /** The constants of a blocked {@code DequantizeLinear}. */
    private Map<String, Tensor> stored(WeightLayer layer, BlockWeights blocks) {
        boolean transposed = layer.axis() == 0;
        DataType type = options.symmetric()
                ? blocks.bits() == 4 ? DataType.INT4 : DataType.INT8
                : blocks.bits() == 4 ? DataType.UINT4 : DataType.UINT8;
        byte[] q = blocks.q().clone();
        for (int i = 0; i < q.length && options.symmetric(); i++) {
            q[i] -= (byte) (1 << (blocks.bits() - 1));
        }
        int[] scaleDims =
                transposed ? new int[] {blocks.n(), blocks.blocks()} : new int[] {blocks.blocks(), blocks.n()};
        byte[] values = transposed ? blocks.transposed(q) : q;
        float[] scales = transposed ? blocks.transposed(blocks.scales()) : blocks.scales();
        byte[] zeros = transposed ? blocks.transposed(blocks.zeros()) : blocks.zeros();
        Map<String, Tensor> constants = new LinkedHashMap<>();
        constants.put("_quantized", new ByteTensor(type, layer.shape(), values, 0));
        constants.put("_scales", Tensor.of(scales, scaleDims));
        if (!options.symmetric()) {
            constants.put("_zero_points", bytes(type, zeros, scaleDims));
        }
        return constants;
    }

    private void dequantizeLinear(Scope scope, WeightLayer layer, List<String> constants) {
        Node node = layer.node();
        String w = scope.editor().newName(layer.weights() + "_dequantized");
        List<String> changed = new ArrayList<>(node.inputs());
        changed.set(1, w);
        scope.editor()
                .replace(
                        node,
                        List.of(
                                new Node(
                                        node.name() + "_weights",
                                        "",
                                        "DequantizeLinear",
                                        BLOCKED_OPSET,
                                        constants,
                                        List.of(w),
                                        Map.of(
                                                "axis", new Attribute.IntValue(1 - layer.axis()),
                                                "block_size", new Attribute.IntValue(options.blockSize()))),
                                node.withInputs(changed)),
                        "weights in " + options.bits() + " bits");
    }

    private static Tensor bytes(DataType type, byte[] values, int... dims) {
        return new ByteTensor(type, Shape.of(dims), values, 0);
    }
}
