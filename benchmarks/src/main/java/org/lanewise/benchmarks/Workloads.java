package org.lanewise.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.loaders.onnx.TestDataSet;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.testmodels.Zoo;

/** Turns the names of workloads into models and inputs that both runtimes read from the same files. */
final class Workloads {
    private Workloads() {}

    /** A workload by name: see {@link Compare}. */
    static Compare.Workload of(String text) throws IOException {
        if (text.startsWith("gemm:")) {
            String[] dims = text.substring("gemm:".length()).split(",", -1);
            if (dims.length != 3) {
                throw new IllegalArgumentException("'" + text + "': expected gemm:M,N,K");
            }
            return gemm(Integer.parseInt(dims[0]), Integer.parseInt(dims[1]), Integer.parseInt(dims[2]));
        }
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals);
        Path file = name.startsWith("zoo:")
                ? Zoo.find(name.substring("zoo:".length())).model()
                : Path.of(name);
        if (Files.isDirectory(file)) {
            file = file.resolve("model.onnx");
        }
        Model model = ModelFormat.forFile("model.onnx").read(file);
        Map<String, OnnxValue> inputs = equals < 0
                ? random(model, 1)
                : TestDataSet.read(Path.of(text.substring(equals + 1)), model).inputs();
        return new Compare.Workload(file, inputs, null);
    }

    /** Seeded random inputs; a dimension that is not known is 1. */
    private static Map<String, OnnxValue> random(Model model, long seed) {
        Map<String, OnnxValue> inputs = new HashMap<>();
        Random random = new Random(seed);
        for (ValueInfo input : model.graph().inputs()) {
            if (input.type() instanceof ValueType.Of(DataType type, PartialShape shape) && shape.isRanked()) {
                long[] dims = shape.toArray();
                for (int i = 0; i < dims.length; i++) {
                    dims[i] = Math.max(1, dims[i]);
                }
                inputs.put(input.name(), random(type, Shape.of(dims), random));
            }
        }
        return inputs;
    }

    private static Tensor random(DataType type, Shape shape, Random random) {
        Tensor tensor = Tensor.allocate(type, shape);
        for (int i = 0; i < tensor.size(); i++) {
            switch (tensor.storage()) {
                case float[] values -> values[i] = (float) random.nextGaussian();
                case long[] values -> values[i] = 1;
                default -> throw new IllegalArgumentException("no random " + type.onnxName() + " inputs");
            }
        }
        return tensor;
    }

    /** {@code MatMul} of an (M, K) input and constant (K, N) weights. */
    private static Compare.Workload gemm(int m, int n, int k) throws IOException {
        Random random = new Random(7);
        Tensor weights = random(DataType.FLOAT, Shape.of(k, n), random);
        Graph graph = Graph.of(
                "gemm",
                List.of(new ValueInfo("A", ValueType.tensor(DataType.FLOAT, PartialShape.of(m, k)))),
                List.of(new ValueInfo("C", ValueType.tensor(DataType.FLOAT, PartialShape.of(m, n)))),
                List.of(new Node("product", "", "MatMul", 13, List.of("A", "B"), List.of("C"), Map.of())),
                Map.of("B", Initializer.of(weights)),
                Map.of());
        Path file = Files.createTempFile("lanewise-gemm", ".onnx");
        OnnxWriter.write(new Model(graph, 8, Map.of("", 13), "lanewise benchmarks", "", Map.of()), file);
        Map<String, OnnxValue> inputs = new LinkedHashMap<>();
        inputs.put("A", random(DataType.FLOAT, Shape.of(m, k), random));
        return new Compare.Workload(file, inputs, file);
    }
}
