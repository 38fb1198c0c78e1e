package org.lanewise.quantization;

import java.util.ArrayList;
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
import org.lanewise.quantization.model.Preparation;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
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
    private final GraphEditor editor;

    private WeightOnlyQuantization(Model model, WeightOnlyOptions options) {
        this.model = model;
        this.options = options;
        this.editor = new GraphEditor(model.graph());
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
        WeightOnlyQuantization run = new WeightOnlyQuantization(prepared, options);
        List<WeightLayer> layers = WeightLayer.products(prepared.graph(), Inference.of(prepared.graph()));
        List<Node> tables = options.embeddings() ? EmbeddingTables.find(run.editor) : List.of();
        List<Node> candidates =
                new ArrayList<>(layers.stream().map(WeightLayer::node).toList());
        candidates.addAll(tables);
        if (candidates.isEmpty()) {
            throw new QuantizationException("the model has no MatMul or Gemm with a constant fp32 matrix and no Gather"
                    + " of a constant fp32 table, so no weights are stored in fewer bits; for convolutions use static"
                    + " quantization");
        }
        options.exclude().check(candidates);
        List<WeightLayer> chosen = layers.stream()
                .filter(layer -> options.exclude().exclusion(layer.node()).isEmpty())
                .toList();
        Map<WeightLayer, Long> bytes = new LinkedHashMap<>();
        if (options.rounding() == WeightOnlyOptions.Rounding.GPTQ) {
            if (data == null) {
                throw new QuantizationException("GPTQ needs calibration data: give real inputs");
            }
            run.withHessians(chosen, new Feed(data, progress), session, bytes);
        } else {
            chosen.forEach(layer -> bytes.put(layer, run.rewrite(layer, null)));
        }
        return run.result(model, layers, tables, bytes);
    }

    private QuantizationResult result(
            Model original, List<WeightLayer> layers, List<Node> tables, Map<WeightLayer, Long> bytes) {
        List<LayerReport> reports = new ArrayList<>();
        for (WeightLayer layer : layers) {
            long before = 4L * layer.shape().size();
            reports.add(report(layer.node(), before, bytes.getOrDefault(layer, before)));
        }
        for (Node gather : tables) {
            long before =
                    Objects.requireNonNull(editor.initializer(gather.input(0))).bytes();
            boolean excluded = !options.exclude().exclusion(gather).isEmpty();
            reports.add(report(gather, before, excluded ? before : EmbeddingTables.rewrite(editor, gather)));
        }
        Model quantized = model.withGraph(editor.build());
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
                List.of(),
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
                bytes.put(layer, rewrite(layer, factor));
            }
            from = to;
        }
    }

    /** Rewrites a layer; returns the bytes of its new constants. */
    private long rewrite(WeightLayer layer, double @Nullable [] inverse) {
        float[] stored =
                Objects.requireNonNull(editor.constant(layer.weights())).toFloatArray();
        int n = layer.outputs();
        float[] w = new float[stored.length];
        for (int i = 0; i < w.length; i++) {
            w[layer.inputOf(i) * n + layer.outputOf(i)] = stored[i];
        }
        BlockWeights blocks = BlockWeights.of(w, layer.inputs(), n, options, inverse);
        return options.format() == WeightOnlyOptions.Format.MATMUL_NBITS
                ? matMulNBits(layer, blocks)
                : dequantizeLinear(layer, blocks);
    }

    private long matMulNBits(WeightLayer layer, BlockWeights blocks) {
        Node node = layer.node();
        byte[] packed = blocks.packed();
        float[] scales = blocks.transposed(blocks.scales());
        byte[] zeros = blocks.packedZeros();
        String hint = layer.weights();
        List<String> inputs = new ArrayList<>(List.of(
                node.input(0),
                editor.addConstant(
                        hint + "_packed",
                        bytes(
                                DataType.UINT8,
                                packed,
                                blocks.n(),
                                blocks.blocks(),
                                packed.length / blocks.n() / blocks.blocks())),
                editor.addConstant(hint + "_scales", Tensor.of(scales))));
        if (!options.symmetric()) {
            inputs.add(editor.addConstant(hint + "_zero_points", bytes(DataType.UINT8, zeros, zeros.length)));
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("K", new Attribute.IntValue(blocks.k()));
        attributes.put("N", new Attribute.IntValue(blocks.n()));
        attributes.put("bits", new Attribute.IntValue(blocks.bits()));
        attributes.put("block_size", new Attribute.IntValue(blocks.blockSize()));
        String y = node.output(0);
        String bias = node.is("Gemm") ? node.input(2) : "";
        String product = bias.isEmpty() ? y : editor.newName(y + "_product");
        List<Node> nodes = new ArrayList<>();
        nodes.add(new Node(node.name(), "com.microsoft", "MatMulNBits", 1, inputs, List.of(product), attributes));
        if (!bias.isEmpty()) {
            nodes.add(new Node(
                    node.name() + "_bias", "", "Add", node.opset(), List.of(product, bias), List.of(y), Map.of()));
        }
        editor.replace(node, nodes, "weights in " + blocks.bits() + " bits");
        return packed.length + 4L * scales.length + (options.symmetric() ? 0 : zeros.length);
    }

    private long dequantizeLinear(WeightLayer layer, BlockWeights blocks) {
        Node node = layer.node();
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
        String hint = layer.weights();
        byte[] values = transposed ? blocks.transposed(q) : q;
        float[] scales = transposed ? blocks.transposed(blocks.scales()) : blocks.scales();
        byte[] zeros = transposed ? blocks.transposed(blocks.zeros()) : blocks.zeros();
        List<String> inputs = new ArrayList<>(List.of(
                editor.addConstant(hint + "_quantized", new ByteTensor(type, layer.shape(), values, 0)),
                editor.addConstant(hint + "_scales", Tensor.of(scales, scaleDims))));
        if (!options.symmetric()) {
            inputs.add(editor.addConstant(hint + "_zero_points", bytes(type, zeros, scaleDims)));
        }
        String w = editor.newName(hint + "_dequantized");
        List<String> changed = new ArrayList<>(node.inputs());
        changed.set(1, w);
        editor.replace(
                node,
                List.of(
                        new Node(
                                node.name() + "_weights",
                                "",
                                "DequantizeLinear",
                                BLOCKED_OPSET,
                                inputs,
                                List.of(w),
                                Map.of(
                                        "axis", new Attribute.IntValue(1 - layer.axis()),
                                        "block_size", new Attribute.IntValue(blocks.blockSize()))),
                        node.withInputs(changed)),
                "weights in " + blocks.bits() + " bits");
        return type.serializedBytes(values.length)
                + 4L * scales.length
                + (options.symmetric() ? 0 : type.serializedBytes(zeros.length));
    }

    private static Tensor bytes(DataType type, byte[] values, int... dims) {
        return new ByteTensor(type, Shape.of(dims), values, 0);
    }
}
