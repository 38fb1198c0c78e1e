package org.lanewise.quantization;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Builds models for tests, node by node; input {@code x}, output {@code y}. */
public final class Models {
    public static final SessionOptions ONE_THREAD = SessionOptions.DEFAULT.withThreads(1);

    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> constants = new LinkedHashMap<>();
    private final int opset;

    public Models(int opset) {
        this.opset = opset;
    }

    public Models constant(String name, Tensor tensor) {
        constants.put(name, Initializer.of(tensor));
        return this;
    }

    public Models node(String opType, String output, Map<String, Attribute> attributes, String... inputs) {
        return node(opType, List.of(output), attributes, inputs);
    }

    public Models node(String opType, List<String> outputs, Map<String, Attribute> attributes, String... inputs) {
        nodes.add(new Node(outputs.getFirst() + "_node", "", opType, opset, List.of(inputs), outputs, attributes));
        return this;
    }

    public Models node(String opType, String output, String... inputs) {
        return node(opType, output, Map.of(), inputs);
    }

    /** A 3x3 convolution with padding 1 and its bias. */
    public Models conv(String output, String input, float[] w, float[] b, int inputs, int group) {
        constant(output + "_w", Tensor.of(w, b.length, inputs / group, 3, 3));
        constant(output + "_b", Tensor.of(b));
        return node(
                "Conv",
                output,
                Map.of(
                        "pads", new Attribute.IntsValue(new long[] {1, 1, 1, 1}),
                        "group", new Attribute.IntValue(group)),
                input,
                output + "_w",
                output + "_b");
    }

    public Model build(long[] inputShape, int outputRank) {
        Graph graph = Graph.of(
                "test",
                List.of(new ValueInfo("x", ValueType.tensor(DataType.FLOAT, PartialShape.of(inputShape)))),
                List.of(new ValueInfo("y", ValueType.tensor(DataType.FLOAT, PartialShape.ofRank(outputRank)))),
                nodes,
                constants,
                Map.of());
        return new Model(graph, 8, Map.of("", opset), "", "", Map.of());
    }

    public static float[] gaussian(Random random, int count, double scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextGaussian() * scale);
        }
        return values;
    }

    public static float[] run(Model model, Tensor x) {
        try (Session session = Session.open(model, ONE_THREAD)) {
            return session.run(Map.of("x", x)).get("y").toFloatArray();
        }
    }

    /** Samples of normally distributed values. */
    public static List<Map<String, Tensor>> samples(long seed, int count, int... dims) {
        Random random = new Random(seed);
        List<Map<String, Tensor>> samples = new ArrayList<>();
        int size = 1;
        for (int dim : dims) {
            size *= dim;
        }
        for (int i = 0; i < count; i++) {
            samples.add(Map.of("x", Tensor.of(gaussian(random, size, 1), dims)));
        }
        return samples;
    }

    /** Signal to noise of {@code other}'s outputs in dB. */
    public static double sqnr(Model model, Model other, List<Map<String, Tensor>> samples) {
        double signal = 0;
        double noise = 0;
        for (Map<String, Tensor> sample : samples) {
            Tensor x = sample.get("x");
            float[] expected = run(model, x);
            float[] got = run(other, x);
            for (int i = 0; i < expected.length; i++) {
                signal += (double) expected[i] * expected[i];
                noise += ((double) expected[i] - got[i]) * ((double) expected[i] - got[i]);
            }
        }
        return 10 * Math.log10(signal / noise);
    }

    public static List<String> operators(Model model) {
        return model.graph().nodes().stream().map(Node::opType).toList();
    }
}
