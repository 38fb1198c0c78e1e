package org.lanewise.testmodels;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Writes a decoder as an ONNX model with a cache, as exporters do. Inputs ids and positions (1, L), past_key.i and past_value.i (1, kv_heads, P, size), with {@code com.microsoft} also seqlens_k and total; outputs logits (1, L, vocabulary), present_key.i and present_value.i.
 */
final class DecoderGraph {
    /** In which operators it is written. */
    enum Form {
        /** {@code GroupQueryAttention}, which rotates; sums within norms. */
        GROUP_QUERY,
        /** The same with {@code RotaryEmbedding} before it. */
        GROUP_QUERY_ROTATED,
        /** {@code Attention}, {@code RotaryEmbedding} and {@code RMSNormalization} of ONNX. */
        ONNX;

        boolean isContrib() {
            return this != ONNX;
        }
    }

    private static final String CONTRIB = "com.microsoft";
    private static final int OPSET = 24;
    private static final float EPSILON = 1e-5f;

    private final DecoderWeights weights;
    private final Form form;
    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> constants = new LinkedHashMap<>();

    private DecoderGraph(DecoderWeights weights, Form form) {
        this.weights = weights;
        this.form = form;
    }

    static Model of(DecoderWeights weights, Form form) {
        return new DecoderGraph(weights, form).write();
    }

    private Model write() {
        input("ids", DataType.INT64, 1, -1);
        input("positions", DataType.INT64, 1, -1);
        if (form.isContrib()) {
            input("seqlens_k", DataType.INT32, 1);
            input("total", DataType.INT32, 1);
        }
        constant("cos", weights.cos());
        constant("sin", weights.sin());
        constant("embedding", weights.embedding());
        outputs.add(new ValueInfo("logits", null));
        node("", "Gather", Map.of(), List.of("x0"), "embedding", "ids");
        String x = "x0";
        String added = "";
        for (int i = 0; i < weights.layers().size(); i++) {
            DecoderWeights.Layer layer = weights.layers().get(i);
            String at = "." + i;
            String sum = norm("attention_norm" + at, layer.attentionNorm(), x, added);
            String attended = attention(layer, at, "attention_norm" + at + ".y");
            String before = norm("forward_norm" + at, layer.forwardNorm(), sum, attended);
            String normed = "forward_norm" + at + ".y";
            String gate = product("gate" + at, normed, layer.gate());
            node("", "Sigmoid", Map.of(), List.of(gate + ".sigmoid"), gate);
            node("", "Mul", Map.of(), List.of(gate + ".silu"), gate, gate + ".sigmoid");
            node("", "Mul", Map.of(), List.of("hidden" + at), gate + ".silu", product("up" + at, normed, layer.up()));
            added = product("down" + at, "hidden" + at, layer.down());
            x = before;
        }
        norm("norm", weights.norm(), x, added);
        constant("classifier", DecoderWeights.transposed(weights.embedding()));
        node("", "MatMul", Map.of(), List.of("logits"), "norm.y", "classifier");
        Graph graph = Graph.of("decoder", inputs, outputs, nodes, constants, Map.of());
        return new Model(graph, 10, Map.of("", OPSET, CONTRIB, 1), "test", "", Map.of());
    }

    /** Makes {@code name.y} of the sum of {@code x} and what is added, and returns the sum. */
    private String norm(String name, Tensor scale, String x, String added) {
        constant(name + ".scale", scale);
        Map<String, Attribute> epsilon = Map.of("epsilon", new Attribute.FloatValue(EPSILON));
        if (added.isEmpty()) {
            node(
                    form.isContrib() ? CONTRIB : "",
                    form.isContrib() ? "SimplifiedLayerNormalization" : "RMSNormalization",
                    epsilon,
                    List.of(name + ".y"),
                    x,
                    name + ".scale");
            return x;
        }
        String sum = name + ".sum";
        if (form.isContrib()) {
            List<String> made = List.of(name + ".y", "", "", sum);
            node(CONTRIB, "SkipSimplifiedLayerNormalization", epsilon, made, x, added, name + ".scale");
        } else {
            node("", "Add", Map.of(), List.of(sum), x, added);
            node("", "RMSNormalization", epsilon, List.of(name + ".y"), sum, name + ".scale");
        }
        return sum;
    }

    private String attention(DecoderWeights.Layer layer, String at, String x) {
        String q = product("q" + at, x, layer.q());
        String k = product("k" + at, x, layer.k());
        String v = product("v" + at, x, layer.v());
        if (form != Form.GROUP_QUERY) {
            q = rotated(q, weights.heads());
            k = rotated(k, weights.keyHeads());
        }
        String past = "past_key" + at;
        String pastValue = "past_value" + at;
        input(past, DataType.FLOAT, 1, weights.keyHeads(), -1, weights.size());
        input(pastValue, DataType.FLOAT, 1, weights.keyHeads(), -1, weights.size());
        List<String> made = List.of("attended" + at, "present_key" + at, "present_value" + at);
        outputs.add(new ValueInfo(made.get(1), null));
        outputs.add(new ValueInfo(made.get(2), null));
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("kv_num_heads", new Attribute.IntValue(weights.keyHeads()));
        if (form.isContrib()) {
            attributes.put("num_heads", new Attribute.IntValue(weights.heads()));
            if (form == Form.GROUP_QUERY) {
                attributes.put("do_rotary", new Attribute.IntValue(1));
                attributes.put("rotary_interleaved", new Attribute.IntValue(1));
                node(
                        CONTRIB,
                        "GroupQueryAttention",
                        attributes,
                        made,
                        q,
                        k,
                        v,
                        past,
                        pastValue,
                        "seqlens_k",
                        "total",
                        "cos",
                        "sin");
            } else {
                node(CONTRIB, "GroupQueryAttention", attributes, made, q, k, v, past, pastValue, "seqlens_k", "total");
            }
        } else {
            attributes.put("q_num_heads", new Attribute.IntValue(weights.heads()));
            attributes.put("is_causal", new Attribute.IntValue(1));
            node("", "Attention", attributes, made, q, k, v, "", past, pastValue);
        }
        return product("o" + at, made.getFirst(), layer.o());
    }

    private String rotated(String x, int heads) {
        Map<String, Attribute> attributes =
                Map.of("num_heads", new Attribute.IntValue(heads), "interleaved", new Attribute.IntValue(1));
        String y = x + ".rotated";
        if (form.isContrib()) {
            node(CONTRIB, "RotaryEmbedding", attributes, List.of(y), x, "positions", "cos", "sin");
        } else {
            node("", "RotaryEmbedding", attributes, List.of(y), x, "cos", "sin", "positions");
        }
        return y;
    }

    private String product(String name, String x, Tensor matrix) {
        constant(name + ".w", matrix);
        node("", "MatMul", Map.of(), List.of(name), x, name + ".w");
        return name;
    }

    private void constant(String name, Tensor value) {
        constants.put(name, Initializer.of(value));
    }

    private void input(String name, DataType type, long... dims) {
        inputs.add(new ValueInfo(name, ValueType.tensor(type, PartialShape.of(dims))));
    }

    private void node(String domain, String op, Map<String, Attribute> attributes, List<String> made, String... given) {
        int opset = domain.isEmpty() ? OPSET : 1;
        nodes.add(new Node(made.getFirst(), domain, op, opset, List.of(given), made, attributes));
    }
}
