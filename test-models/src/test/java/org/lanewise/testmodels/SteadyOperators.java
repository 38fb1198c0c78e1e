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
    private static final String MICROSOFT = "com.microsoft";
    private static final int OPSET = 20;
    private static final int CHANNELS = 3;
    private static final int SIDE = 48;
    private static final int HIDDEN = 16;

    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Initializer> constants = new LinkedHashMap<>();
    private final List<ValueInfo> outputs = new ArrayList<>();

    private SteadyOperators() {}

    static Model model() {
        SteadyOperators operators = new SteadyOperators();
        operators.floats();
        return operators.build();
    }

    static Model quantized() {
        SteadyOperators operators = new SteadyOperators();
        operators.bytes();
        return operators.build();
    }

    private void floats() {
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
    }

    private Model build() {
        Graph graph = Graph.of(
                "steady",
                List.of(new ValueInfo("x", ValueType.tensor(DataType.FLOAT, PartialShape.of(1, CHANNELS, SIDE, SIDE)))),
                outputs,
                nodes,
                constants,
                Map.of());
        return new Model(graph, 9, Map.of("", OPSET, MICROSOFT, 1), "", "", Map.of());
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

    /** Integers by a range that is found in the run. */
    private void bytes() {
        List<String> quantized = List.of("bytes", "bytes_scale", "bytes_zero");
        nodes.add(new Node("bytes", "", "DynamicQuantizeLinear", OPSET, List.of("x"), quantized, Map.of()));
        constant("filters", DataType.INT8, CHANNELS, CHANNELS, 3, 3);
        node(
                "ConvInteger",
                "sums",
                Map.of("pads", new Attribute.IntsValue(new long[] {1, 1, 1, 1})),
                "bytes",
                "filters",
                "bytes_zero");
        output("sums", DataType.INT32, 1, CHANNELS, SIDE, SIDE);
        constant("flat", new long[] {1, CHANNELS * SIDE, SIDE});
        node("Reshape", "rows", Map.of(), "x", "flat");
        List<String> inputs = new ArrayList<>(List.of("rows"));
        for (String name : List.of("q_w", "q_r")) {
            constant(name, DataType.INT8, 1, name.equals("q_w") ? SIDE : HIDDEN, 4 * HIDDEN);
            inputs.add(name);
        }
        inputs.addAll(List.of("", "", "", "", ""));
        for (String name : List.of("q_w", "q_r")) {
            constant(name + "_scale", 1);
            constant(name + "_zero", DataType.INT8, 1);
            inputs.addAll(List.of(name + "_scale", name + "_zero"));
        }
        Map<String, Attribute> attributes = Map.of("hidden_size", new Attribute.IntValue(HIDDEN));
        nodes.add(new Node(
                "q_lstm", MICROSOFT, "DynamicQuantizeLSTM", 1, inputs, List.of("q_y", "q_h", "q_c"), attributes));
        output("q_h", DataType.FLOAT, 1, CHANNELS * SIDE, HIDDEN);
        products();
    }

    /** Products as ONNX Runtime's quantizer and optimizer write them. */
    private void products() {
        constant("table", DataType.INT8, SIDE, HIDDEN);
        constant("table_scale", HIDDEN);
        constant("table_zero", DataType.INT8, 1);
        constant("one_scale", 1);
        contrib("DynamicQuantizeMatMul", "dynamic", "rows", "table", "table_scale", "", "table_scale");
        constant("byte_zero", DataType.UINT8, 1);
        node("QuantizeLinear", "lines", Map.of(), "rows", "one_scale", "byte_zero");
        constants.put("one", Initializer.of(Tensor.scalar(1f)));
        contrib("MatMulIntegerToFloat", "scaled", "lines", "table", "one", "table_scale", "byte_zero");
        node("MatMulInteger", "whole_sums", Map.of(), "lines", "table", "byte_zero");
        node(
                "QLinearMatMul",
                "q_product",
                Map.of(),
                "lines",
                "one_scale",
                "byte_zero",
                "table",
                "one_scale",
                "table_zero",
                "one_scale",
                "byte_zero");
        output("dynamic", DataType.FLOAT, 1, CHANNELS * SIDE, HIDDEN);
        output("scaled", DataType.FLOAT, 1, CHANNELS * SIDE, HIDDEN);
        output("whole_sums", DataType.INT32, 1, CHANNELS * SIDE, HIDDEN);
        output("q_product", DataType.UINT8, 1, CHANNELS * SIDE, HIDDEN);
    }

    private void contrib(String opType, String output, String... inputs) {
        nodes.add(new Node(output, MICROSOFT, opType, 1, List.of(inputs), List.of(output), Map.of()));
    }

    private void constant(String name, DataType type, int... dims) {
        byte[] values = new byte[Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (i % 7 - 3);
        }
        constants.put(name, Initializer.of(Tensor.wrap(type, Shape.of(dims), values, 0)));
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
