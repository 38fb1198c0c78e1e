package org.lanewise.benchmarks;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** One process of {@link Memory}: runs a model on ones and prints the peak resident memory in KiB. Arguments: runtime, model, threads, runs, dimensions. */
final class MemoryRun {
    static final String MARK = "VmHWM KiB ";

    private MemoryRun() {}

    public static void main(String[] args) throws IOException, OrtException {
        Path model = Path.of(args[1]);
        int threads = Integer.parseInt(args[2]);
        int runs = Integer.parseInt(args[3]);
        Queue<Long> dims = new ArrayDeque<>();
        if (!args[4].isEmpty()) {
            Arrays.stream(args[4].split(",")).map(Long::valueOf).forEach(dims::add);
        }
        switch (args[0]) {
            case "lanewise" -> lanewise(model, threads, runs, dims);
            case "onnxruntime" -> onnxRuntime(model, threads, runs, dims);
            case "none" -> {}
            default -> throw new IllegalArgumentException("no runtime " + args[0]);
        }
        System.out.println(MARK + peak());
    }

    private static long peak() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static long[] known(long[] dims, Queue<Long> given) {
        long[] result = dims.clone();
        for (int i = 0; i < result.length; i++) {
            if (result[i] < 0) {
                Long next = given.poll();
                result[i] = next == null ? 1 : next;
            }
        }
        return result;
    }

    private static void lanewise(Path model, int threads, int runs, Queue<Long> dims) {
        try (Session session = Session.open(model, SessionOptions.DEFAULT.withThreads(threads))) {
            Map<String, Tensor> inputs = new HashMap<>();
            for (ValueInfo input : session.inputs()) {
                if (!(input.type() instanceof ValueType.Of(DataType type, PartialShape shape))) {
                    throw new IllegalArgumentException("input " + input + " is no tensor");
                }
                Tensor tensor = Tensor.allocate(type, Shape.of(known(shape.toArray(), dims)));
                switch (tensor.storage()) {
                    case float[] values -> Arrays.fill(values, 1);
                    case long[] values -> Arrays.fill(values, 1);
                    default -> throw new IllegalArgumentException("input " + input + " is neither float nor int64");
                }
                inputs.put(input.name(), tensor);
            }
            for (int i = 0; i < runs; i++) {
                session.run(inputs);
            }
        }
    }

    private static void onnxRuntime(Path model, int threads, int runs, Queue<Long> dims) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            try (OrtSession session = environment.createSession(model.toString(), options)) {
                Map<String, OnnxTensor> inputs = new HashMap<>();
                for (Map.Entry<String, NodeInfo> input : session.getInputInfo().entrySet()) {
                    inputs.put(
                            input.getKey(),
                            ones(environment, (TensorInfo) input.getValue().getInfo(), dims));
                }
                for (int i = 0; i < runs; i++) {
                    session.run(inputs).close();
                }
            }
        }
    }

    private static OnnxTensor ones(OrtEnvironment environment, TensorInfo info, Queue<Long> dims) throws OrtException {
        long[] shape = known(info.getShape(), dims);
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
        if (info.type == OnnxJavaType.INT64) {
            long[] values = new long[size];
            Arrays.fill(values, 1);
            return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
        }
        float[] values = new float[size];
        Arrays.fill(values, 1);
        return OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
    }
}
