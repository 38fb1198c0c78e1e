package org.lanewise.benchmarks.built;

import java.util.Map;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.Tensor;

/**
 * BERT encoders (Devlin et al. 2018) in the form that PyTorch's exporter gives them at opset 13: no fused operator, layer
 * normalization and GELU as arithmetic, constant shapes.
 *
 * @param layers encoder layers
 * @param hidden size of a token's vector
 * @param heads attention heads
 * @param vocabulary tokens there are
 * @param sequence tokens of a text
 */
record Bert(int layers, int hidden, int heads, int vocabulary, int sequence) {
    private static final int POSITIONS = 512;
    private static final double INITIAL_DEVIATION = 0.02;

    /** BERT-base. */
    static Bert base(int sequence) {
        return new Bert(12, 768, 12, 30522, sequence);
    }

    /** The model: {@code input_ids}, {@code attention_mask} and {@code token_type_ids} to the last hidden state and the pooled one. */
    Model model(Weights weights) {
        Network net = new Network("bert", weights);
        net.scalar("one", 1);
        net.scalar("two", 2);
        net.scalar("half", 0.5f);
        net.scalar("sqrt_two", (float) Math.sqrt(2));
        net.scalar("epsilon", 1e-12f);
        net.scalar("head_scale", (float) Math.sqrt((double) hidden / heads));
        net.longs("split_heads", 1, sequence, heads, hidden / heads);
        net.longs("join_heads", 1, sequence, hidden);
        String ids = net.indices("input_ids", 0, vocabulary, 1, sequence);
        String mask = mask(net, net.indices("attention_mask", 1, 2, 1, sequence));
        String types = net.indices("token_type_ids", 0, 2, 1, sequence);
        String x = embeddings(net, ids, types);
        for (int layer = 0; layer < layers; layer++) {
            x = layer(net, "encoder.layer." + layer, x, mask);
        }
        net.output("last_hidden_state", x, 1, sequence, hidden);
        String first = net.add(
                "Gather",
                "pooler/first",
                Map.of("axis", Network.integer(1)),
                x,
                net.constant("pooler/zero", Tensor.scalar(0L)));
        String pooled = net.add("Tanh", "pooler/tanh", net.linear("pooler.dense", first, hidden, hidden, 1));
        net.output("pooler_output", pooled, 1, hidden);
        return net.model();
    }

    /** 0 where attention goes, a large negative number elsewhere; (1, 1, 1, S). */
    private static String mask(Network net, String mask) {
        String wide = net.add("Unsqueeze", "mask/1", mask, net.longs("mask/axis1", 1));
        wide = net.add("Unsqueeze", "mask/2", wide, net.longs("mask/axis2", 2));
        String floats = net.add("Cast", "mask/cast", Map.of("to", Network.integer(1)), wide);
        return net.add("Mul", "mask/mul", net.add("Sub", "mask/sub", "one", floats), net.scalar("mask/far", -10000));
    }

    private String embeddings(Network net, String ids, String types) {
        long[] positions = new long[sequence];
        for (int i = 0; i < sequence; i++) {
            positions[i] = i;
        }
        String words = net.add("Gather", "embeddings/words", table(net, "word", vocabulary), ids);
        String kinds = net.add("Gather", "embeddings/kinds", table(net, "token_type", 2), types);
        String places = net.add(
                "Gather",
                "embeddings/places",
                table(net, "position", POSITIONS),
                net.constant("position_ids", Tensor.of(positions, 1, sequence)));
        String sum = net.add("Add", "embeddings/add", words, kinds);
        return layerNorm(net, "embeddings.LayerNorm", net.add("Add", "embeddings/add1", sum, places));
    }

    private String table(Network net, String name, int rows) {
        double bound = INITIAL_DEVIATION * Math.sqrt(3);
        return net.parameter("embeddings." + name + "_embeddings.weight", -bound, bound, rows, hidden);
    }

    private String layer(Network net, String name, String x, String mask) {
        String self = name + ".attention.self";
        String query = heads(net, self + ".query", x, 0, 2, 1, 3);
        String key = heads(net, self + ".key", x, 0, 2, 3, 1);
        String value = heads(net, self + ".value", x, 0, 2, 1, 3);
        String scores = net.add("Div", self + "/div", net.add("MatMul", self + "/scores", query, key), "head_scale");
        String masked = net.add("Add", self + "/mask", scores, mask);
        String shares = net.add("Softmax", self + "/softmax", Map.of("axis", Network.integer(3)), masked);
        String context = net.add(
                "Transpose",
                self + "/transpose",
                Map.of("perm", Network.ints(0, 2, 1, 3)),
                net.add("MatMul", self + "/context", shares, value));
        context = net.add("Reshape", self + "/reshape", context, "join_heads");
        String attended = dense(net, name + ".attention.output.dense", context, hidden, hidden);
        String y = layerNorm(
                net, name + ".attention.output.LayerNorm", net.add("Add", name + ".attention/add", attended, x));
        String up = gelu(net, name + "/gelu", dense(net, name + ".intermediate.dense", y, hidden, 4 * hidden));
        String down = dense(net, name + ".output.dense", up, 4 * hidden, hidden);
        return layerNorm(net, name + ".output.LayerNorm", net.add("Add", name + ".output/add", down, y));
    }

    private String heads(Network net, String name, String x, long... order) {
        String split = net.add("Reshape", name + "/reshape", dense(net, name, x, hidden, hidden), "split_heads");
        return net.add("Transpose", name + "/transpose", Map.of("perm", Network.ints(order)), split);
    }

    private static String dense(Network net, String name, String x, int in, int out) {
        String product =
                net.add("MatMul", name + "/matmul", x, net.matrix(name + ".weight", Math.sqrt(1.0 / in), in, out));
        return net.add("Add", name + "/add", net.parameter(name + ".bias", -0.1, 0.1, out), product);
    }

    private static String gelu(Network net, String name, String x) {
        String erf = net.add("Erf", name + "/erf", net.add("Div", name + "/div", x, "sqrt_two"));
        String product = net.add("Mul", name + "/mul", x, net.add("Add", name + "/add", erf, "one"));
        return net.add("Mul", name + "/half", product, "half");
    }

    private String layerNorm(Network net, String name, String x) {
        Map<String, Attribute> last = Map.of("axes", Network.ints(-1));
        String centred = net.add("Sub", name + "/sub", x, net.add("ReduceMean", name + "/mean", last, x));
        String square = net.add("Pow", name + "/pow", centred, "two");
        String variance = net.add("ReduceMean", name + "/variance", last, square);
        String deviation = net.add("Sqrt", name + "/sqrt", net.add("Add", name + "/epsilon", variance, "epsilon"));
        String normal = net.add("Div", name + "/div", centred, deviation);
        String scaled = net.add("Mul", name + "/mul", normal, net.parameter(name + ".weight", 0.9, 1.1, hidden));
        return net.add("Add", name + "/add", scaled, net.parameter(name + ".bias", -0.1, 0.1, hidden));
    }
}
