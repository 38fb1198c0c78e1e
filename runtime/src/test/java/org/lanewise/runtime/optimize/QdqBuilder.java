package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Writes down quantized graphs, and compares what they give fused and as written. */
final class QdqBuilder {
    /** A session with and one without the passes. */
    static final SessionOptions FUSED = SessionOptions.DEFAULT.withThreads(1);

    final GraphBuilder g = new GraphBuilder();
    private final Random random = new Random(5);

    /** A graph input with values from -1 to 1. */
    String input(String name, long... dims) {
        return g.input(name, dims);
    }

    private String byteScalar(DataType type, int value) {
        return g.constant(Tensor.wrap(type, Shape.scalar(), new byte[] {(byte) value}, 0));
    }

    /** Bytes of {@code x}. */
    String quantize(String x, double scale, int zero, DataType type) {
        return g.node("QuantizeLinear", x, g.scalar(scale), byteScalar(type, zero));
    }

    String dequantize(String x, double scale, int zero, DataType type) {
        return g.node("DequantizeLinear", x, g.scalar(scale), byteScalar(type, zero));
    }

    /** {@code x} quantized to {@code UINT8} and dequantized. */
    String qdq(String x, double scale, int zero) {
        return qdq(x, scale, zero, DataType.UINT8);
    }

    String qdq(String x, double scale, int zero, DataType type) {
        return dequantize(quantize(x, scale, zero, type), scale, zero, type);
    }

    /** Constant bytes of any value. */
    Tensor bytes(DataType type, int... dims) {
        Shape shape = Shape.of(dims);
        byte[] values = new byte[shape.size()];
        random.nextBytes(values);
        return Tensor.wrap(type, shape, values, 0);
    }

    /** Dequantized constant weights with one scale. */
    String weights(DataType type, double scale, int zero, int... dims) {
        return dequantize(g.constant(bytes(type, dims)), scale, zero, type);
    }

    /** Dequantized constant {@code INT8} weights with a scale for each index of {@code axis}. */
    String channelWeights(int axis, int... dims) {
        float[] scales = new float[dims[axis]];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = random.nextFloat(0.001f, 0.01f);
        }
        return g.node(
                "DequantizeLinear",
                GraphBuilder.integer("axis", axis),
                g.constant(bytes(DataType.INT8, dims)),
                g.constant(Tensor.of(scales)),
                g.constant(Tensor.allocate(DataType.INT8, Shape.of(scales.length))));
    }

    String node(String opType, String... inputs) {
        return g.node(opType, inputs);
    }

    String node(String opType, Map<String, Attribute> attributes, String... inputs) {
        return g.node(opType, attributes, inputs);
    }

    Graph build(String... outputs) {
        return g.output(outputs).build();
    }

    /** What the passes make of the graph. */
    static Pipeline.Result passes(Graph graph) {
        return Pipeline.standard().run(graph, Integer.MAX_VALUE);
    }

    /** The reasons that pass {@code name} gave for what it did not do. */
    static List<String> refusals(Graph graph, String name) {
        return passes(graph).reports().stream()
                .filter(report -> report.pass().equals(name))
                .flatMap(report -> report.refusals().stream())
                .map(GraphEditor.Entry::reason)
                .toList();
    }

    /**
     * Runs the graph fused and as written; each value may differ by {@code step}, one value in twenty at most.
     *
     * @param step one step of the last quantization, a little more than 0 where the end is in fp32
     */
    static Rewritten check(Graph graph, double step, Map<String, Tensor> inputs) {
        try (Session fused = Session.open(Rewritten.model(graph), FUSED);
                Session written = Session.open(Rewritten.model(graph), FUSED.withQuantizedFusion(false));
                Session raw = Session.open(Rewritten.model(graph), FUSED.raw())) {
            for (int run = 0; run < 2; run++) {
                Map<String, Tensor> got = fused.run(inputs);
                written.run(inputs).forEach((name, tensor) -> compare(name, tensor, got.get(name), step));
                raw.run(inputs).forEach((name, tensor) -> compare(name, tensor, got.get(name), step));
            }
            return new Rewritten(fused.graph());
        }
    }

    private static void compare(String name, Tensor expected, Tensor got, double step) {
        assertEquals(expected.type(), got.type(), name);
        assertEquals(expected.shape(), got.shape(), name);
        int different = 0;
        for (int i = 0; i < expected.size(); i++) {
            double error = Math.abs(expected.getDouble(i) - got.getDouble(i));
            int at = i;
            assertTrue(
                    error <= step * 1.001,
                    () -> name + "[" + at + "] = " + got.getDouble(at) + ", expected " + expected.getDouble(at)
                            + ", a step is " + step);
            different += error > 1e-3 * step ? 1 : 0;
        }
        assertTrue(step < 1e-3 || different * 20 <= expected.size(), different + " of " + expected.size() + " differ");
    }

    Tensor noise(int... dims) {
        return GraphBuilder.noise(random, dims);
    }
}
