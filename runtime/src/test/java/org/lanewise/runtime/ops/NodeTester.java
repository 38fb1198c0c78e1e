package org.lanewise.runtime.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * A model of one node. Running it runs the node several times, the shapes of its inputs known to different degrees, its inputs constant or not; all ways must
 * give the same, and every inferred type must fit what comes out.
 */
public final class NodeTester {
    private final String opType;
    private final int opset;
    private final Map<String, Attribute> attributes = new LinkedHashMap<>();
    private int outputs = 1;

    private NodeTester(String opType, int opset) {
        this.opType = opType;
        this.opset = opset;
    }

    /** A node of the ONNX domain. */
    public static NodeTester of(String opType, int opset) {
        return new NodeTester(opType, opset);
    }

    /** With an attribute. */
    public NodeTester with(String name, long value) {
        return with(name, new Attribute.IntValue(value));
    }

    /** With an attribute. */
    public NodeTester ints(String name, long... values) {
        return with(name, new Attribute.IntsValue(values));
    }

    /** With an attribute. */
    public NodeTester with(String name, float value) {
        return with(name, new Attribute.FloatValue(value));
    }

    /** With an attribute. */
    public NodeTester with(String name, String value) {
        return with(name, new Attribute.StringValue(value));
    }

    /** With an attribute. */
    public NodeTester with(String name, Attribute value) {
        attributes.put(name, value);
        return this;
    }

    /** With several outputs. */
    public NodeTester outputs(int count) {
        outputs = count;
        return this;
    }

    /** The first output. */
    public Tensor run(@Nullable OnnxValue... inputs) {
        return (Tensor) runAll(inputs).getFirst();
    }

    /** All outputs; {@code null} stands for an absent input. */
    public List<OnnxValue> runAll(@Nullable OnnxValue... inputs) {
        List<OnnxValue> first = null;
        for (Knowledge knowledge : Knowledge.values()) {
            Graph graph = graph(knowledge, inputs);
            List<OnnxValue> results = run(graph, inputs);
            Inference inference = Inference.of(graph);
            for (int i = 0; i < outputs; i++) {
                assertFits(inference.type("out" + i), results.get(i), knowledge);
            }
            if (first != null) {
                assertEquals(describe(first), describe(results), () -> "with " + knowledge);
            }
            first = results;
        }
        return first == null ? List.of() : first;
    }

    private enum Knowledge {
        NOTHING,
        RANKS,
        SHAPES,
        CONSTANTS
    }

    private static void assertFits(@Nullable ValueType inferred, OnnxValue value, Knowledge knowledge) {
        if (inferred instanceof ValueType.Of(var type, PartialShape shape) && value instanceof Tensor tensor) {
            assertEquals(type, tensor.type());
            assertTrue(
                    shape.accepts(tensor.shape()),
                    () -> "inferred " + shape + " with " + knowledge + ", got " + tensor);
        } else {
            assertEquals(
                    inferred == null ? null : inferred.getClass(),
                    value.valueType().getClass());
        }
    }

    private Graph graph(Knowledge knowledge, @Nullable OnnxValue[] inputs) {
        List<ValueInfo> infos = new ArrayList<>();
        Map<String, Initializer> constants = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < inputs.length; i++) {
            OnnxValue input = inputs[i];
            names.add(input == null ? "" : "in" + i);
            if (input instanceof Tensor tensor && knowledge == Knowledge.CONSTANTS) {
                constants.put("in" + i, Initializer.of(tensor));
            } else if (input != null) {
                infos.add(new ValueInfo("in" + i, type(input, knowledge)));
            }
        }
        List<ValueInfo> results = new ArrayList<>();
        List<String> outs = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            outs.add("out" + i);
            results.add(new ValueInfo("out" + i, null));
        }
        Node node = new Node("node", "", opType, opset, names, outs, attributes);
        return Graph.of("test", infos, results, List.of(node), constants, Map.of());
    }

    private static ValueType type(OnnxValue value, Knowledge knowledge) {
        if (!(value instanceof Tensor tensor)) {
            return value.valueType();
        }
        return ValueType.tensor(
                tensor.type(),
                switch (knowledge) {
                    case NOTHING -> PartialShape.unranked();
                    case RANKS -> PartialShape.ofRank(tensor.shape().rank());
                    case SHAPES, CONSTANTS -> PartialShape.of(tensor.shape());
                });
    }

    private List<OnnxValue> run(Graph graph, @Nullable OnnxValue[] inputs) {
        Model model = new Model(graph, 10, Map.of("", opset), "", "", Map.of());
        Map<String, OnnxValue> given = new LinkedHashMap<>();
        for (int i = 0; i < inputs.length; i++) {
            OnnxValue input = inputs[i];
            if (input != null && graph.isInput("in" + i)) {
                given.put("in" + i, input);
            }
        }
        try (Session session =
                Session.open(model, SessionOptions.DEFAULT.withThreads(2).raw())) {
            return List.copyOf(session.run(given, null).values());
        }
    }

    /** Types and elements as text. */
    public static String describe(List<OnnxValue> values) {
        StringBuilder text = new StringBuilder();
        for (OnnxValue value : values) {
            text.append(value instanceof Tensor tensor ? tensor + elements(tensor) : value.toString());
        }
        return text.toString();
    }

    private static String elements(Tensor tensor) {
        return tensor.storage() instanceof String[] strings
                ? List.of(strings)
                        .subList(tensor.offset(), tensor.offset() + tensor.size())
                        .toString()
                : java.util.Arrays.toString(java.util.stream.IntStream.range(0, tensor.size())
                        .mapToDouble(tensor::getDouble)
                        .toArray());
    }
}
