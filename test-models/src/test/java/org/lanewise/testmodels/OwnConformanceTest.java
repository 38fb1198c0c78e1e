package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Attribute.FloatValue;
import org.lanewise.runtime.graph.Attribute.GraphValue;
import org.lanewise.runtime.graph.Attribute.IntValue;
import org.lanewise.runtime.graph.Attribute.IntsValue;
import org.lanewise.runtime.graph.Attribute.StringValue;
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
import org.lanewise.testmodels.check.TestCase;
import org.lanewise.testmodels.check.TestResult;
import org.lanewise.testmodels.check.TestRunner;
import org.lanewise.testmodels.check.TestSuite;

/** Tests in the layout of ONNX's, of one node each, with values worked out by hand: the whole chain from files to a verdict, with nothing else at hand. */
class OwnConformanceTest {
    /**
     * A node and what it must give.
     *
     * @param name the operator, perhaps with more
     * @param constants by how many of the inputs, from the last, are in the model rather than in files
     */
    private record Sample(
            String name,
            int opset,
            Map<String, Attribute> attributes,
            List<Tensor> inputs,
            int constants,
            List<Tensor> outputs) {
        String operator() {
            return name.split("_", 2)[0];
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static Tensor f(int[] dims, double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.wrap(DataType.FLOAT, Shape.of(dims), floats, 0);
    }

    private static Tensor i64(int[] dims, long... values) {
        return Tensor.wrap(DataType.INT64, Shape.of(dims), values, 0);
    }

    private static Tensor u8(int[] dims, int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Tensor.wrap(DataType.UINT8, Shape.of(dims), bytes, 0);
    }

    private static int[] dims(int... dims) {
        return dims;
    }

    private static Attribute ints(long... values) {
        return new IntsValue(values);
    }

    static List<Sample> samples() {
        Map<String, Attribute> none = Map.of();
        Tensor image = f(dims(1, 1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);
        Tensor pair = f(dims(1, 2), 1, 2);
        return List.of(
                new Sample(
                        "Add_broadcast",
                        14,
                        none,
                        List.of(f(dims(2, 1), 1, 2), f(dims(3), 10, 20, 30)),
                        0,
                        List.of(f(dims(2, 3), 11, 21, 31, 12, 22, 32))),
                new Sample(
                        "Conv_padded",
                        11,
                        Map.of("pads", ints(1, 1, 0, 0)),
                        List.of(image, f(dims(1, 1, 2, 2), 1, 0, 0, -1), f(dims(1), 0.5)),
                        2,
                        List.of(f(dims(1, 1, 3, 3), -0.5, -1.5, -2.5, -3.5, -3.5, -3.5, -6.5, -3.5, -3.5))),
                new Sample(
                        "MaxPool_indices",
                        12,
                        Map.of("kernel_shape", ints(2, 2)),
                        List.of(image),
                        0,
                        List.of(f(dims(1, 1, 2, 2), 5, 6, 8, 9), i64(dims(1, 1, 2, 2), 4, 5, 7, 8))),
                new Sample(
                        "AveragePool_padded",
                        11,
                        Map.of("kernel_shape", ints(2, 2), "pads", ints(1, 1, 0, 0)),
                        List.of(image),
                        0,
                        List.of(f(dims(1, 1, 3, 3), 1, 1.5, 2.5, 2.5, 3, 4, 5.5, 6, 7))),
                new Sample(
                        "MatMul",
                        13,
                        none,
                        List.of(pair, f(dims(2, 2), 3, 4, 5, 6)),
                        1,
                        List.of(f(dims(1, 2), 13, 16))),
                new Sample(
                        "Gemm_transposed",
                        13,
                        Map.of("transB", new IntValue(1), "alpha", new FloatValue(2), "beta", new FloatValue(0.5f)),
                        List.of(pair, f(dims(3, 2), 1, 0, 0, 1, 1, 1), f(dims(), 4)),
                        2,
                        List.of(f(dims(1, 3), 4, 6, 8))),
                new Sample(
                        "Softmax",
                        13,
                        none,
                        List.of(f(dims(1, 2), 0, Math.log(3))),
                        0,
                        List.of(f(dims(1, 2), 0.25, 0.75))),
                new Sample(
                        "LayerNormalization",
                        17,
                        Map.of("epsilon", new FloatValue(0)),
                        List.of(f(dims(1, 2), 1, 3), f(dims(2), 2, 10), f(dims(2), 1, 1)),
                        2,
                        List.of(f(dims(1, 2), -1, 11))),
                new Sample(
                        "Gather_negative",
                        13,
                        Map.of("axis", new IntValue(1)),
                        List.of(f(dims(1, 3), 1, 2, 3), i64(dims(2), -1, 0)),
                        0,
                        List.of(f(dims(1, 2), 3, 1))),
                new Sample(
                        "Slice_backwards",
                        13,
                        none,
                        List.of(
                                f(dims(4), 1, 2, 3, 4),
                                i64(dims(1), -1),
                                i64(dims(1), Long.MIN_VALUE),
                                i64(dims(1), 0),
                                i64(dims(1), -2)),
                        4,
                        List.of(f(dims(2), 4, 2))),
                new Sample(
                        "Reshape_keeping",
                        14,
                        none,
                        List.of(f(dims(2, 3), 1, 2, 3, 4, 5, 6), i64(dims(2), 0, -1)),
                        0,
                        List.of(f(dims(2, 3), 1, 2, 3, 4, 5, 6))),
                new Sample(
                        "ReduceSum_noKeep",
                        13,
                        Map.of("keepdims", new IntValue(0)),
                        List.of(f(dims(2, 2), 1, 2, 3, 4), i64(dims(1), 0)),
                        1,
                        List.of(f(dims(2), 4, 6))),
                new Sample(
                        "QuantizeLinear_saturated",
                        13,
                        none,
                        List.of(f(dims(4), -1, 0.25, 0.75, 200), f(dims(), 0.5), u8(dims(), 1)),
                        2,
                        List.of(u8(dims(4), 0, 1, 3, 255))),
                new Sample(
                        "Resize_nearest",
                        13,
                        Map.of("mode", new StringValue("nearest")),
                        List.of(f(dims(1, 1, 1, 2), 1, 2), f(dims(0)), f(dims(4), 1, 1, 2, 2)),
                        2,
                        List.of(f(dims(1, 1, 2, 4), 1, 1, 2, 2, 1, 1, 2, 2))),
                new Sample(
                        "TopK",
                        11,
                        none,
                        List.of(f(dims(4), 3, 9, 1, 9), i64(dims(1), 2)),
                        1,
                        List.of(f(dims(2), 9, 9), i64(dims(2), 1, 3))),
                new Sample(
                        "If_else",
                        16,
                        Map.of("then_branch", branch(1), "else_branch", branch(2)),
                        List.of(Tensor.of(new boolean[] {false}).reshape(Shape.scalar())),
                        0,
                        List.of(f(dims(1), 2))));
    }

    private static Attribute branch(float value) {
        return new GraphValue(Graph.of(
                "branch",
                List.of(),
                List.of(new ValueInfo("r", ValueType.tensor(DataType.FLOAT, PartialShape.of(1)))),
                List.of(new Node("c", "", "Identity", 16, List.of("k" + value), List.of("r"), Map.of())),
                Map.of("k" + value, Initializer.of(Tensor.of(new float[] {value}))),
                Map.of()));
    }

    static Stream<Arguments> samplesInAllSettings() {
        return samples().stream()
                .flatMap(sample -> Stream.of(Setting.values()).map(setting -> Arguments.of(sample, setting)));
    }

    private static void write(Sample sample, List<Tensor> outputs, Path folder) throws IOException {
        Path data = Files.createDirectories(folder.resolve("test_data_set_0"));
        List<ValueInfo> ins = new ArrayList<>();
        Map<String, Initializer> constants = new java.util.LinkedHashMap<>();
        List<String> inputNames = new ArrayList<>();
        List<Tensor> inputs = sample.inputs();
        for (int i = 0; i < inputs.size(); i++) {
            inputNames.add("in" + i);
            if (i >= inputs.size() - sample.constants()) {
                constants.put("in" + i, Initializer.of(inputs.get(i)));
            } else {
                Files.write(data.resolve("input_" + ins.size() + ".pb"), OnnxWriter.toBytes("in" + i, inputs.get(i)));
                ins.add(new ValueInfo("in" + i, inputs.get(i).valueType()));
            }
        }
        List<ValueInfo> outs = new ArrayList<>();
        for (int i = 0; i < outputs.size(); i++) {
            Files.write(data.resolve("output_" + i + ".pb"), OnnxWriter.toBytes("out" + i, outputs.get(i)));
            outs.add(new ValueInfo("out" + i, outputs.get(i).valueType()));
        }
        List<String> outputNames = outs.stream().map(ValueInfo::name).toList();
        Node node =
                new Node("node", "", sample.operator(), sample.opset(), inputNames, outputNames, sample.attributes());
        Graph graph = Graph.of("g", ins, outs, List.of(node), constants, Map.of());
        Model model = new Model(graph, 8, Map.of("", sample.opset()), "", "", Map.of());
        Files.write(folder.resolve("model.onnx"), OnnxWriter.toBytes(model));
    }

    private static TestResult run(Path top, Setting setting) throws IOException {
        try (TestSuite suite = TestSuite.open(top, null)) {
            assertEquals(1, suite.tests().size());
            TestCase test = suite.tests().getFirst();
            assertTrue(test.isOfficial());
            return new TestRunner(setting.options(), null).run(test);
        }
    }

    @ParameterizedTest
    @MethodSource("samplesInAllSettings")
    void passes(Sample sample, Setting setting, @TempDir Path top) throws IOException {
        write(sample, sample.outputs(), top.resolve("test_" + sample.name()));
        assertEquals("test_" + sample.name() + "  PASS", run(top, setting).toString());
    }

    @ParameterizedTest
    @MethodSource("samples")
    void failsWhereAnotherValueIsExpected(Sample sample, @TempDir Path top) throws IOException {
        List<Tensor> wrong = new ArrayList<>();
        for (Tensor output : sample.outputs()) {
            Tensor copy = output.copy();
            wrong.add(copy);
            switch (copy.storage()) {
                case float[] values ->
                    values[values.length - 1] += 0.01f * Math.max(1, Math.abs(values[values.length - 1]));
                case long[] values -> values[values.length - 1]++;
                case byte[] values -> values[values.length - 1]--;
                default -> throw new AssertionError(copy);
            }
        }
        write(sample, wrong, top.resolve("test_" + sample.name()));
        TestResult result = run(top, Setting.OPTIMIZED_ONE_THREAD);
        assertEquals(TestResult.Status.FAIL, result.status());
        assertTrue(result.reason().startsWith("output 'out0'["), result.reason());
    }

    @Test
    void anOperatorThatIsNotThereIsUnsupported(@TempDir Path top) throws IOException {
        Sample sample = new Sample("Frobnicate", 14, Map.of(), List.of(f(dims(1), 1)), 0, List.of(f(dims(1), 1)));
        write(sample, sample.outputs(), top.resolve("test_x"));
        assertEquals(
                "test_x  UNSUPPORTED  Frobnicate 'node': operator Frobnicate of domain ai.onnx (opset 14) is not"
                        + " supported",
                run(top, Setting.RAW_ONE_THREAD).toString());
    }
}
