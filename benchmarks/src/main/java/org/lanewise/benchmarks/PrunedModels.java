package org.lanewise.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lanewise.benchmarks.built.BuiltModels;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Models whose smallest weights are set to zero, kept as files so that every runtime reads the same one: the places of the zeros are those of a trained model, its answers are
 * worthless.
 *
 * <p>Names: {@code pruned90:MODEL} for 90 % of the weights of each convolution and product; MODEL is what {@link Workload#of} takes.
 */
final class PrunedModels {
    private static final Pattern NAME = Pattern.compile("pruned(\\d{1,2}):(.+)");

    private PrunedModels() {}

    /** Whether {@code name} is for this class to find. */
    static boolean knows(String name) {
        return NAME.matcher(name).matches();
    }

    /** The model that a name's one is made of. */
    static String base(String name) {
        return match(name).group(2);
    }

    /** The file of a model, made when there is none yet. */
    static Path file(String name) throws IOException {
        Path file = BuiltModels.folder().resolve(name.replaceAll("[^A-Za-z0-9.-]", "_") + ".onnx");
        if (!Files.isRegularFile(file)) {
            Model model = Workload.read(Workload.of(base(name)).model());
            Files.createDirectories(file.toAbsolutePath().getParent());
            OnnxWriter.write(pruned(model, Integer.parseInt(match(name).group(1)) / 100.0), file);
        }
        return file;
    }

    private static Matcher match(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + name + "': expected pruned90:MODEL");
        }
        return matcher;
    }

    /** Sets the part {@code zeros} of the constant fp32 weights of each convolution and product to zero, the smallest ones. */
    static Model pruned(Model model, double zeros) {
        Graph graph = model.graph();
        Map<String, Initializer> initializers = new LinkedHashMap<>(graph.initializers());
        Products.weights(graph).forEach((name, weight) -> {
            if (weight.tensor() instanceof FloatTensor values) {
                initializers.put(name, Initializer.of(pruned(values, zeros)));
            }
        });
        return model.withGraph(
                Graph.of(graph.name(), graph.inputs(), graph.outputs(), graph.nodes(), initializers, new HashMap<>()));
    }

    private static Tensor pruned(FloatTensor weights, double zeros) {
        float[] values = weights.toFloatArray().clone();
        float[] sizes = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            sizes[i] = Math.abs(values[i]);
        }
        Arrays.sort(sizes);
        int count = (int) (zeros * sizes.length);
        float least = count == 0 ? 0 : sizes[count - 1];
        for (int i = 0; i < values.length; i++) {
            if (Math.abs(values[i]) <= least) {
                values[i] = 0;
            }
        }
        return Tensor.of(values, weights.shape().toArray());
    }
}
