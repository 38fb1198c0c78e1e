package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.quantization.DynamicQuantization;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.ModelFormat;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.testmodels.Zoo;

final class CompareTest {
    private static final Path DIGITS = Path.of("..", "test-models", "images");

    /** Ends of the ranges that the layers of the digits model take on these images, with some room. */
    private static final double[] RANGES = {1, 6, 8, 12};

    @TempDir
    Path folder;

    private Path labels() throws IOException {
        StringBuilder text = new StringBuilder("file,class\n");
        for (int i = 0; i < 10; i++) {
            text.append("digit-").append(i).append(".png,").append(i).append('\n');
        }
        return Files.writeString(folder.resolve("labels.csv"), text);
    }

    private JsonNode json(Object... args) throws IOException {
        List<Object> all = new ArrayList<>(List.of("compare"));
        all.addAll(List.of(args));
        all.addAll(List.of("--json", "-"));
        return new ObjectMapper()
                .readTree(CommandRun.of(all.toArray()).assertDone().out());
    }

    private static List<String> keys(JsonNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void theTableFitsATerminal() throws IOException {
        Path quantized = QdqDigits.write(folder.resolve("q.onnx"), RANGES);
        CommandRun run = CommandRun.of(
                        "compare",
                        "zoo:digits",
                        quantized,
                        "--data",
                        DIGITS,
                        "--labels",
                        labels(),
                        "--isolated",
                        "--threads",
                        "1",
                        "--seconds",
                        "0.05")
                .assertDone();
        List<String> lines = run.lines();
        assertTrue(lines.stream().allMatch(line -> line.length() <= 80), run.out());
        assertTrue(lines.getFirst().matches("layer +SQNR dB +own dB +cosine +max err +mean err +range +clipped"));
        assertTrue(lines.get(1).matches("conv1.Conv +[\\d.]+ +[\\d.]+ +0.99\\d+ +[\\d.]+ +[\\d.]+ +- +-"), run.out());
        assertTrue(lines.contains("7 layers compared on 10 samples"), run.out());
        assertTrue(run.out().contains("saturated sums: 0, proved: the sums of 4 layers need at most "), run.out());
        assertTrue(lines.contains("  same best class 100.00%, in best five 100.00%, of 10 rows"), run.out());
        assertTrue(lines.contains("  top-1 accuracy  100.00% -> 100.00% (+0.00 points)"), run.out());
        assertTrue(lines.stream().anyMatch(line -> line.matches("bytes +\\d+ +\\d+ +0.2\\dx")), run.out());
        assertTrue(
                lines.stream()
                        .anyMatch(line -> line.matches(
                                "us, 1 thread +[\\d.]+ \\([\\d.]+-[\\d.]+\\) +[\\d.]+ \\([\\d.]+-[\\d.]+\\)"
                                        + " +[\\d.]+x")),
                run.out());
    }

    @Test
    void jsonSaysTheSame() throws IOException {
        Path quantized = QdqDigits.write(folder.resolve("q.onnx"), RANGES);
        JsonNode object = json("zoo:digits", quantized, "--data", DIGITS, "--seconds", 0, "--isolated");
        assertEquals(
                List.of(
                        "schema",
                        "reference",
                        "candidate",
                        "samples",
                        "layer_samples",
                        "layers",
                        "jump",
                        "unmatched_reference",
                        "unmatched_candidate",
                        "layers_in_bodies",
                        "outputs",
                        "latency"),
                keys(object));
        JsonNode layers = object.get("layers");
        assertEquals(
                List.of(
                        "name",
                        "candidate_name",
                        "operator",
                        "inputs",
                        "quantized",
                        "error",
                        "isolated_error",
                        "range_used",
                        "clipped_share",
                        "reference_weights",
                        "candidate_weights",
                        "integer_sums"),
                keys(layers.get(0)));
        assertEquals(7, layers.size());
        for (JsonNode layer : layers) {
            assertTrue(layer.get("error").get("sqnr_db").asDouble() > 20, layer.toString());
        }
        JsonNode first = layers.get(0);
        assertEquals(
                first.get("error").get("sqnr_db"), first.get("isolated_error").get("sqnr_db"), "nothing came before");
        assertEquals("int8", first.get("candidate_weights").get("type").asText());
        assertEquals(0, first.get("integer_sums").get("saturated").asInt());
        assertTrue(layers.get(1).get("quantized").asBoolean(), "the pool is in front of the second quantizer");
        assertEquals(1, object.get("outputs").get(0).get("top1_agreement").asDouble());
        assertTrue(object.get("outputs").get(0).get("top1_accuracy").isNull());
        assertTrue(object.get("jump").isNull());
    }

    @Test
    void aRangeThatIsTooShortIsFound() throws IOException {
        Path quantized = QdqDigits.write(folder.resolve("q.onnx"), RANGES[0], RANGES[1], 0.2, RANGES[3]);
        JsonNode object =
                json("zoo:digits", quantized, "--data", DIGITS, "--seconds", 0, "--samples", 3, "--layer-samples", 2);
        JsonNode pool = object.get("layers").get(3);
        assertEquals(pool.get("name"), object.get("jump").get("name"));
        assertTrue(pool.get("clipped_share").asDouble() > 0.2, pool.toString());
        assertEquals(1, pool.get("range_used").asDouble());
        assertEquals(3, object.get("samples").asInt());
        assertEquals(2, object.get("layer_samples").asInt());
    }

    @Test
    void dynamicQuantizationIsCompared() throws IOException {
        Path quantized = folder.resolve("dynamic.onnx");
        OnnxWriter.write(
                DynamicQuantization.apply(ModelFormat.forFile("model.onnx")
                                .read(Zoo.find("digits-transformer").model()))
                        .model(),
                quantized);
        JsonNode object = json("zoo:digits-transformer", quantized, "--data", DIGITS, "--seconds", 0);
        assertEquals(0, object.get("unmatched_reference").size());
        assertEquals(0, object.get("unmatched_candidate").size());
        assertTrue(object.get("outputs").get(0).get("mean_cosine").asDouble() > 0.99);
    }

    @Test
    void thePageNeedsNothingElse() throws IOException {
        Path quantized = QdqDigits.write(folder.resolve("<q>&.onnx"), RANGES);
        Path page = folder.resolve("page.html");
        CommandRun.of("compare", "zoo:digits", quantized, "--data", DIGITS, "--seconds", 0, "--html", page)
                .assertDone();
        String html = Files.readString(page);
        assertTrue(html.startsWith("<!doctype html>"));
        assertTrue(html.contains("&lt;q&gt;&amp;.onnx"));
        assertTrue(html.contains("prefers-color-scheme: dark"));
        assertEquals(7, html.split("<rect ", -1).length - 1, "a bar for each layer");
        assertTrue(html.contains("<th>output probabilities</th><th>candidate</th></tr>"), "no column without a value");
        assertFalse(html.contains("own dB"), "no column without a value");
        for (String outside : List.of("http", "src=", "<script", "@import", "url(")) {
            assertFalse(html.contains(outside), outside);
        }
    }

    @Test
    void zerosOfAPrunedModelAreCounted() throws IOException {
        Model dense = ModelFormat.forFile("model.onnx").read(Zoo.find("digits").model());
        Graph graph = dense.graph();
        Node layerOfWeights = graph.nodes().stream()
                .filter(node -> node.is("Gemm"))
                .findFirst()
                .orElseThrow();
        String name = layerOfWeights.input(1);
        Tensor weights = Objects.requireNonNull(graph.initializers().get(name)).tensor();
        float[] values = weights.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] = i % 4 == 0 ? values[i] : i % 4 == 1 ? -0f : 0;
        }
        Map<String, Initializer> constants = new LinkedHashMap<>(graph.initializers());
        constants.put(name, Initializer.of(Tensor.of(values).reshape(weights.shape())));
        Path pruned = folder.resolve("pruned.onnx");
        OnnxWriter.write(
                dense.withGraph(Graph.of(
                        graph.name(), graph.inputs(), graph.outputs(), graph.nodes(), constants, graph.valueTypes())),
                pruned);
        JsonNode object = json("zoo:digits", pruned, "--data", DIGITS, "--seconds", 0);
        for (JsonNode layer : object.get("layers")) {
            JsonNode weight = layer.get("candidate_weights");
            if (!weight.isNull()) {
                boolean changed = layer.get("name").asText().equals(layerOfWeights.name());
                assertEquals(
                        changed ? 3 * values.length / 4 : 0, weight.get("zeros").asInt(), layer.toString());
                assertEquals(0, layer.get("reference_weights").get("zeros").asInt());
                assertEquals("float", weight.get("type").asText());
            }
        }
        String table = CommandRun.of("compare", "zoo:digits", pruned, "--data", DIGITS, "--seconds", 0)
                .assertDone()
                .out();
        assertTrue(table.matches("(?s).*classify.Gemm +float +\\d+ +0.0% +float +\\d+ +75.0%.*"), table);
    }

    @Test
    void whatCannotBeComparedIsRefused() throws IOException {
        Path product = Files.write(folder.resolve("product.onnx"), SmallModels.product());
        Path sum = Files.write(folder.resolve("sum.onnx"), SmallModels.sum());
        Path csv = Files.writeString(folder.resolve("x.csv"), "1,2\n3,4\n");
        CommandRun.of("compare", product, sum, "--data", csv)
                .assertRefused("the models take different inputs: the reference [x: float[n,2]], the candidate"
                        + " [a: float[2,3], b: float[n,3]]; both must have the same names");
        CommandRun.of("compare", product, product, "--data", folder.resolve("none"))
                .assertRefused(
                        "no such data: " + folder.resolve("none") + "; expected a folder of images, .npy files or"
                                + " test_data_set_* folders, or a .npy, .csv or (CIFAR-10) .bin file");
        CommandRun.of("compare", sum, sum, "--data", csv)
                .assertRefused("the model takes 2 inputs, [a: float[2,3], b: float[n,3]]: give a folder with"
                        + " test_data_set_* folders that have input_0.pb, input_1.pb, ...");
        Path three = Files.writeString(folder.resolve("three.csv"), "0\n3\n");
        CommandRun.of("compare", product, product, "--data", csv, "--labels", three)
                .assertRefused("label 3: output 'scores' has 3 classes, expected 0 to 2");
        Path few = Files.writeString(folder.resolve("few.csv"), "0\n");
        CommandRun.of("compare", product, product, "--data", csv, "--labels", few)
                .assertRefused(few + " has 1 labels, the data has 2 samples");
        CommandRun.of("compare", product, product, "--data", csv, "--labels", "folders")
                .assertRefused("folders are to be classes, but 'x.csv:1' or another sample lies in none");
        CommandRun.of("compare", product, product, "--data", csv, "--seconds", -1)
                .assertRefused("--seconds must not be negative, got -1.0; see lanewise compare --help");
        CommandRun.of("compare", product, product, "--data", csv, "--layer-samples", -1)
                .assertRefused("--layer-samples must not be negative, got -1; see lanewise compare --help");
    }

    @Test
    void labelsCountTheAccuracyOfBoth() throws IOException {
        Path product = Files.write(folder.resolve("product.onnx"), SmallModels.product());
        Path csv = Files.writeString(folder.resolve("x.csv"), "1,2\n-3,-4\n");
        Path right = Files.writeString(folder.resolve("right.csv"), "2\n1\n");
        JsonNode output = json(product, product, "--data", csv, "--labels", right, "--seconds", 0)
                .get("outputs")
                .get(0);
        // Scores grow with the class for positive inputs: 2 is right; the second row's best is 0
        assertEquals(0.5, output.get("top1_accuracy").get("reference").asDouble());
        assertEquals(0.5, output.get("top1_accuracy").get("candidate").asDouble());
        assertTrue(output.get("error").get("sqnr_db").isNull(), "no error, no ratio");
    }

    @Test
    void whatIsComparedIsNotOverwritten() throws IOException {
        Path copy = Files.copy(Zoo.find("digits").model(), folder.resolve("copy.onnx"));
        CommandRun.of("compare", "zoo:digits", copy, "--data", DIGITS, "--html", copy)
                .assertRefused("--html names the candidate itself: give another file, that one is worth keeping");
        CommandRun.of("compare", copy, "zoo:digits", "--data", DIGITS, "--json", copy)
                .assertRefused("--json names the reference itself: give another file, that one is worth keeping");
        Path page = folder.resolve("page");
        CommandRun.of("compare", copy, copy, "--data", DIGITS, "--json", page, "--html", page)
                .assertRefused("--json and --html name one file, " + page + ": give two");
    }

    @Test
    void wrongNumbersAreNamed() {
        CommandRun.of("compare", "zoo:digits", "zoo:digits", "--data", DIGITS, "--threads", "1,0")
                .assertRefused("--threads must be from 1 to 1024, got [1, 0]; see lanewise compare --help");
        CommandRun.of("compare", "zoo:digits", "zoo:digits", "--data", DIGITS, "--seconds", -1)
                .assertRefused("--seconds must not be negative, got -1.0; see lanewise compare --help");
    }
}
