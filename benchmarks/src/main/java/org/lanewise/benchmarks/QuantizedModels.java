package org.lanewise.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.lanewise.benchmarks.built.BuiltModels;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.DynamicQuantization;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.StaticOptions;
import org.lanewise.quantization.StaticQuantization;
import org.lanewise.quantization.WeightOnlyOptions;
import org.lanewise.quantization.WeightOnlyQuantization;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Models that our own quantization makes of others, kept as files so that every runtime reads the same one.
 *
 * <p>Names: {@code qdq:MODEL}, {@code bytes:MODEL} (the same, but bytes go in and come out, as in the middle of a network), {@code dynamic:MODEL}, {@code weights4:MODEL},
 * {@code weights8:MODEL}; MODEL is what {@link Workload#of} takes.
 */
final class QuantizedModels {
    private static final List<String> KINDS = List.of("qdq", "bytes", "dynamic", "weights4", "weights8");
    private static final StaticOptions STATIC = StaticOptions.DEFAULT;

    private QuantizedModels() {}

    /** Whether {@code name} is for this class to find. */
    static boolean knows(String name) {
        return name.indexOf(':') > 0 && KINDS.contains(kind(name));
    }

    /** The file of a model, quantized when there is none yet. */
    static Path file(String name) throws IOException {
        Path file = path(name);
        return Files.isRegularFile(file) ? file : write(name);
    }

    /** Quantizes a model, whether or not there is a file. */
    static Path write(String name) throws IOException {
        Workload base = Workload.of(base(name));
        Path file = path(name);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Model model = ModelFormat.forFile("model.onnx").read(base.model());
        OnnxWriter.write(quantize(kind(name), model, Workload.samples(base(name), base)), file);
        return file;
    }

    /** Quantizes {@code model} in the way that a name begins with. */
    static Model quantize(String kind, Model model, List<Map<String, OnnxValue>> samples) {
        SessionOptions one = SessionOptions.DEFAULT.withThreads(1);
        CalibrationData data = CalibrationData.of(samples);
        return switch (kind) {
            case "qdq" ->
                StaticQuantization.apply(model, data, STATIC, one, ProgressListener.NONE)
                        .model();
            case "bytes" ->
                bytesAtTheEnds(StaticQuantization.apply(model, data, STATIC, one, ProgressListener.NONE)
                        .model());
            case "dynamic" -> DynamicQuantization.apply(model).model();
            case "weights4", "weights8" -> {
                int bits = kind.charAt(kind.length() - 1) - '0';
                WeightOnlyOptions options = WeightOnlyOptions.DEFAULT.withBits(bits);
                yield WeightOnlyQuantization.apply(model, null, options, one, ProgressListener.NONE)
                        .model();
            }
            default -> throw new IllegalArgumentException("'" + kind + "': expected one of " + KINDS);
        };
    }

    /** Takes quantizers of inputs and dequantizers of outputs away; an output that is not quantized stays as it is. */
    private static Model bytesAtTheEnds(Model model) {
        Graph graph = model.graph();
        List<Node> nodes = new ArrayList<>(graph.nodes());
        List<ValueInfo> inputs = new ArrayList<>();
        for (ValueInfo input : graph.inputs()) {
            Node quantizer = nodes.stream()
                    .filter(node -> node.is("QuantizeLinear") && node.input(0).equals(input.name()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("input " + input + " is not quantized"));
            nodes.remove(quantizer);
            inputs.add(bytes(quantizer.output(0), input, graph, quantizer));
        }
        Map<String, Node> producers = new HashMap<>();
        nodes.forEach(node -> node.outputs().forEach(output -> producers.put(output, node)));
        List<ValueInfo> outputs = new ArrayList<>();
        for (ValueInfo output : graph.outputs()) {
            Node last = producers.get(output.name());
            Node moved = null;
            while (last != null && last.is("Identity")) {
                moved = last;
                last = producers.get(last.input(0));
            }
            if (last == null || !last.is("DequantizeLinear")) {
                outputs.add(output);
                continue;
            }
            nodes.remove(last);
            if (moved != null) {
                nodes.remove(moved);
            }
            outputs.add(bytes(last.input(0), output, graph, last));
        }
        Graph cut = Graph.of(graph.name(), inputs, outputs, nodes, graph.initializers(), new LinkedHashMap<>());
        return model.withGraph(cut);
    }

    /** {@code value} in place of {@code old}, of the type of the zero point of a quantizer. */
    private static ValueInfo bytes(String value, ValueInfo old, Graph graph, Node quantizer) {
        if (!(old.type() instanceof ValueType.Of(DataType floats, PartialShape shape))) {
            throw new IllegalArgumentException(old + " is not a tensor");
        }
        return Objects.requireNonNull(graph.initializers().get(quantizer.input(2)))
                                .tensor()
                        instanceof ByteTensor zero
                ? new ValueInfo(value, ValueType.tensor(zero.type(), shape))
                : new ValueInfo(value, ValueType.tensor(floats, shape));
    }

    private static Path path(String name) {
        return BuiltModels.folder().resolve(name.replaceAll("[^A-Za-z0-9.-]", "_") + ".onnx");
    }

    private static String kind(String name) {
        return name.substring(0, name.indexOf(':'));
    }

    private static String base(String name) {
        return name.substring(name.indexOf(':') + 1);
    }
}
