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
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** A model of operators whose steps once allocated in every run, for {@link AllocationTest}. */
final class SteadyOperators {
    private static final int OPSET = 20;
    private static final int CHANNELS = 3;
    private static final int SIDE = 48;
    private static final int HIDDEN = 16;

    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> constants = new LinkedHashMap<>();
    private final List<ValueInfo> outputs = new ArrayList<>();

    private SteadyOperators() {}

    static Model model() {
        return new SteadyOperators().build();
    }

    private Model build() {
        broadcasts();
        constant("grid", 1, SIDE, SIDE, 2);
        node("GridSample", "sampled", Map.of(), "sum", "grid");
        constant("shape", new long[] {1, CHANNELS * SIDE, SIDE});
        node("Reshape", "view", Map.of(), "sampled", "shape");
        output("view", DataType.FLOAT, 1, CHANNELS * SIDE, SIDE);
        node("Tanh", "rows", Map.of(), "view");
        recurrent("LSTM", 4);
        recurrent("GRU", 3);
        recurrent("RNN", 1);
        Graph graph = Graph.of(
                "steady",
                List.of(new ValueInfo("x", ValueType.tensor(DataType.FLOAT, PartialShape.of(1, CHANNELS, SIDE, SIDE)))),
                outputs,
                nodes,
                constants,
                Map.of());
        return new Model(graph, 9, Map.of("", OPSET), "", "", Map.of());
    }

    /** {@code x} has four axes; what it meets goes with every second one of them. */
    private void broadcasts() {
        constant("across", 1, CHANNELS, 1, SIDE);
        constant("down", 1, 1, SIDE, 1);
        node("Add", "a", Map.of(), "x", "across");
        node("Mul", "b", Map.of(), "a", "down");
        node("Greater", "more", Map.of(), "b", "across");
        node("Where", "chosen", Map.of(), "more", "down", "b");
        node("Pow", "power", Map.of(), "chosen", "down");
        node("Cast", "whole", Map.of("to", new Attribute.IntValue(DataType.INT32.code())), "x");
        Tensor steps = Tensor.wrap(DataType.INT32, Shape.of(1, CHANNELS, 1, SIDE), new int[CHANNELS * SIDE], 0);
        constants.put("steps", Initializer.of(steps));
        node("Sub", "less", Map.of(), "whole", "steps");
        node("Cast", "back", Map.of("to", new Attribute.IntValue(DataType.FLOAT.code())), "less");
        node("Add", "sum", Map.of(), "power", "back");
    }

    private void recurrent(String opType, int gates) {
        constant(opType + "_w", 1, gates * HIDDEN, SIDE);
        constant(opType + "_r", 1, gates * HIDDEN, HIDDEN);
        Map<String, Attribute> attributes = Map.of("hidden_size", new Attribute.IntValue(HIDDEN));
        nodes.add(new Node(
                opType,
                "",
                opType,
                OPSET,
                List.of("rows", opType + "_w", opType + "_r"),
                List.of(opType + "_y", opType + "_h"),
                attributes));
        output(opType + "_h", DataType.FLOAT, 1, CHANNELS * SIDE, HIDDEN);
    }

    private void node(String opType, String output, Map<String, Attribute> attributes, String... inputs) {
        nodes.add(new Node(output, "", opType, OPSET, List.of(inputs), List.of(output), attributes));
    }

    private void constant(String name, int... dims) {
        float[] values = new float[Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i % 7 - 3) / 8f;
        }
        constants.put(name, Initializer.of(Tensor.of(values, dims)));
    }

    private void constant(String name, long[] values) {
        constants.put(name, Initializer.of(Tensor.of(values)));
    }

    private void output(String name, DataType type, long... dims) {
        outputs.add(new ValueInfo(name, ValueType.tensor(type, PartialShape.of(dims))));
    }
}
