package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bench}, {@code profile}, {@code inspect} and {@code zoo}. */
final class MeasuringCommandsTest {
    @TempDir
    Path folder;

    private Path product;

    @BeforeEach
    void writeModel() throws IOException {
        product = Files.write(folder.resolve("product.onnx"), SmallModels.product());
    }

    @Test
    void benchEndsWithOneObject() throws IOException {
        CommandRun run = CommandRun.of("bench", product, "--dim", "n=8", "--seconds", "0.1", "--threads", 1, "--json");
        JsonNode object = new ObjectMapper().readTree(run.assertDone().lines().getLast());
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        keys.remove("peak_bytes"); // only where the system says
        assertEquals(
                List.of(
                        "min_us",
                        "median_us",
                        "p95_us",
                        "p99_us",
                        "runs_per_s",
                        "bytes_per_run",
                        "threads",
                        "slab_bytes",
                        "heap_bytes"),
                keys);
        assertTrue(object.get("heap_bytes").asLong() > object.get("slab_bytes").asLong());
        assertTrue(object.get("min_us").asDouble() > 0);
        assertTrue(object.get("min_us").asDouble() <= object.get("median_us").asDouble());
        assertTrue(object.get("median_us").asDouble() <= object.get("p95_us").asDouble());
        assertTrue(object.get("p95_us").asDouble() <= object.get("p99_us").asDouble());
        assertTrue(object.get("runs_per_s").asDouble() > 0);
        assertTrue(object.get("bytes_per_run").asLong() >= 8 * 3 * Float.BYTES, run.out());
        assertEquals(1, object.get("threads").asInt());
    }

    @Test
    void benchTakesTheLengthOfItsWarmUp() {
        CommandRun.of("bench", product, "--warm-up", "0.01", "--seconds", "0.01")
                .assertDone();
        CommandRun.of("bench", product, "--warm-up", "-1")
                .assertRefused("--warm-up must not be negative, got -1.0; see lanewise bench --help");
    }

    @Test
    void benchRefusesWhatCannotBe() {
        CommandRun.of("bench", product, "--seconds", "0")
                .assertRefused("--seconds must be above 0, got 0.0; see lanewise bench --help");
    }

    @Test
    void hwbenchComparesTheKernelsOfAShape() throws IOException {
        CommandRun run = CommandRun.of("hwbench", "7,40,30", "--seconds", "0.05", "--json")
                .assertDone();
        JsonNode object = new ObjectMapper().readTree(run.out());
        assertTrue(object.get("peak_gflops").asDouble() > 0);
        assertTrue(object.get("loss").asDouble() >= 0);
        assertTrue(object.get("gflops").get("picked").asDouble() > 0);
        assertTrue(object.get("gflops").size() > 1, run.out());
        CommandRun.of("hwbench", "7,40")
                .assertRefused("'7,40': expected M,N,K from 1 to 999999 each, such as 128,768,768; see lanewise hwbench"
                        + " --help");
        CommandRun.of("hwbench", "--assert")
                .assertRefused("--assert needs a shape M,N,K or --sparse; see lanewise hwbench --help");
    }

    @Test
    void hwbenchShowsWhatZerosGain() throws IOException {
        Path page = folder.resolve("zeros.html");
        CommandRun run = CommandRun.of("hwbench", "--sparse", "70,40,96", "--seconds", "0.02", "--html", page)
                .assertDone();
        assertEquals("product, 70x96x40", run.lines().get(0));
        assertTrue(run.lines().get(1).matches("dense: [\\d.]+ us, predicted [\\d.]+, gemm-.*"), run.out());
        assertTrue(run.out().contains("\n      95 % ") && run.out().contains("\n       2:4 "), run.out());
        assertTrue(run.lines().stream().anyMatch(line -> line.matches("product +(<= )?\\S+.* %")), run.out());
        assertTrue(Files.readString(page).contains("<polyline class=\"c0 predicted\""));
        CommandRun.of("hwbench", "--html", page).assertRefused("--html needs --sparse; see lanewise hwbench --help");
    }

    @Test
    void hwbenchPrintsWhatZerosGainInARowAsJson() throws IOException {
        CommandRun run = CommandRun.of("hwbench", "--sparse", "1,80,96", "--seconds", "0.02", "--json")
                .assertDone();
        JsonNode layer = new ObjectMapper().readTree(run.out()).get("layers").get(0);
        assertEquals("one row", layer.get("kind").asText());
        assertTrue(layer.get("dense_us").asDouble() > 0);
        assertTrue(layer.has("break_even") && layer.get("loss").asDouble() >= 0, run.out());
        JsonNode last = layer.get("sparse").get(layer.get("sparse").size() - 1);
        assertEquals("x16", last.get("pattern").asText());
        assertEquals(
                layer.get("dense_us").asDouble() / last.get("us").asDouble(),
                last.get("gain").asDouble(),
                0.2 * last.get("gain").asDouble());
    }

    @Test
    void hwbenchShowsTheMachine() {
        CommandRun run = CommandRun.of("hwbench").assertDone();
        assertTrue(run.lines().get(0).matches("vector_bits +\\d+"), run.out());
        assertTrue(run.lines().get(4).matches("peak_gflops +[\\d.]+"), run.out());
    }

    @Test
    void profileHasARowPerStepAndPerOperator() {
        CommandRun run = CommandRun.of("profile", product, "--seconds", "0.1").assertDone();
        List<String> lines = run.lines();
        assertTrue(lines.stream().allMatch(line -> line.length() <= 80), run.out());
        assertEquals("step                         calls        ms  share GFLOP/s kernel", lines.get(0));
        assertTrue(lines.get(1).matches("MatMul scores +1 +[\\d.]+ +[\\d.]+% +[\\d.]+ ?.*"), run.out());
        assertTrue(lines.get(4).startsWith("MatMul "), run.out());
        assertTrue(lines.get(5).matches("allocation .* \\d+ bytes"), run.out());
        assertTrue(lines.get(6).startsWith("rest "), run.out());
        assertTrue(lines.get(7).matches("run +1 +[\\d.]+ 100.0% .*"), run.out());
    }

    @Test
    void profilePrintsJson() throws IOException {
        CommandRun run =
                CommandRun.of("profile", product, "--seconds", "0.1", "--json").assertDone();
        JsonNode object = new ObjectMapper().readTree(run.out());
        assertEquals("MatMul", object.get("steps").get(0).get("operator").asText());
        assertTrue(object.get("ms").asDouble()
                >= object.get("steps").get(0).get("ms").asDouble());
    }

    @Test
    void inspectShowsWhatAModelIsMadeOf() {
        CommandRun run = CommandRun.of("inspect", product, "--optimized").assertDone();
        assertTrue(run.lines().contains("opsets      ai.onnx 17"), run.out());
        assertTrue(run.lines().contains("input       x: float[n,2]"), run.out());
        assertTrue(run.lines().contains("output      scores: float[n,3]"), run.out());
        assertTrue(run.lines().contains("parameters  6 in 1 constants, 24 bytes"), run.out());
        assertTrue(run.lines().contains("            MatMul                                1"), run.out());
        assertTrue(run.lines().contains("unsupported nothing"), run.out());
    }

    @Test
    void inspectShowsWhatThePassesDid() throws IOException {
        CommandRun run = CommandRun.of("inspect", "zoo:digits-transformer", "--optimized")
                .assertDone();
        List<String> passes = run.lines().stream()
                .dropWhile(line -> !line.startsWith("passes "))
                .toList();
        assertTrue(passes.getFirst().matches("passes +\\d+ edits.*"), run.out());
        assertTrue(passes.stream().anyMatch(line -> line.matches(" +attention +[1-9]\\d*")), run.out());
        assertTrue(passes.stream().allMatch(line -> line.length() <= 80), run.out());
        JsonNode object = new ObjectMapper()
                .readTree(CommandRun.of("inspect", "zoo:digits-transformer", "--optimized", "--json")
                        .assertDone()
                        .out());
        JsonNode first = object.get("passes").get(0);
        assertEquals("no-ops", first.get("pass").asText());
        assertTrue(first.get("edits").isArray() && first.get("refused").isArray());
    }

    @Test
    void inspectNamesWhatIsUnsupported() throws IOException {
        Path model = Files.write(folder.resolve("unsupported.onnx"), SmallModels.unsupported());
        CommandRun run = CommandRun.of("inspect", model).assertDone();
        assertTrue(
                run.out()
                        .contains("unsupported 1 nodes" + System.lineSeparator()
                                + "            Frobnicate '-> y': operator Frobnicate of domain ai.onnx (opset 17) is"
                                + " not supported"),
                run.out());
        JsonNode object = new ObjectMapper()
                .readTree(CommandRun.of("inspect", model, "--json").assertDone().out());
        assertEquals(1, object.get("unsupported").size());
    }

    @Test
    void zooListsItsModels() throws IOException {
        CommandRun run = CommandRun.of("zoo").assertDone();
        assertTrue(run.lines().contains("zoo:digits"), run.out());
        assertTrue(run.lines().stream().allMatch(line -> line.length() <= 80), run.out());
        JsonNode object = new ObjectMapper()
                .readTree(CommandRun.of("zoo", "--json").assertDone().out());
        assertTrue(object.get("models").get(0).get("available").asBoolean());
    }
}
