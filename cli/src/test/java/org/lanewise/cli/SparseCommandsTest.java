package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code inspect} and {@code profile} say of weights with zeros, and {@code --no-sparse}. */
final class SparseCommandsTest {
    @TempDir
    Path folder;

    private Path pruned;
    private Path dense;

    @BeforeEach
    void writeModels() throws IOException {
        pruned = Files.write(folder.resolve("pruned.onnx"), SmallModels.pruned());
        dense = Files.write(folder.resolve("dense.onnx"), SmallModels.product());
    }

    @Test
    void inspectShowsZerosAndWhatIsExpected() throws IOException {
        CommandRun run = CommandRun.of("inspect", pruned).assertDone();
        List<String> lines = run.lines().stream()
                .dropWhile(line -> !line.startsWith("sparse "))
                .toList();
        assertEquals("sparse      1 weight has zeros, 1 of them runs without", lines.get(0), run.out());
        assertTrue(
                lines.get(1)
                        .matches(" {12}w +93\\.8% sparse (lists|lane lists|row blocks) \\d+\\.\\d\\dx at \\d+ rows?"),
                run.out());
        JsonNode weight = new ObjectMapper()
                .readTree(
                        CommandRun.of("inspect", pruned, "--json").assertDone().out())
                .get("sparse")
                .get(0);
        assertEquals("w", weight.get("weight").asText());
        assertEquals(15 / 16.0, weight.get("zeros").asDouble(), 1e-9);
        assertTrue(
                weight.get("chosen").asBoolean() && weight.get("expected_gain").asDouble() > 1.1);
    }

    @Test
    void inspectSaysNothingOfDenseModelsUnlessAsked() {
        assertFalse(CommandRun.of("inspect", dense).assertDone().out().contains("sparse "));
        CommandRun asked = CommandRun.of("inspect", dense, "--sparse").assertDone();
        assertTrue(asked.lines().contains("sparse      no fp32 weight is zero in a fifth or more"), asked.out());
        CommandRun without =
                CommandRun.of("inspect", pruned, "--optimized", "--no-sparse").assertDone();
        assertFalse(without.out().contains("sparse"), without.out());
    }

    @Test
    void profileMeasuresWhatIsGained() throws IOException {
        CommandRun run = CommandRun.of("profile", pruned, "--dim", "n=128", "--seconds", "0.1")
                .assertDone();
        List<String> lines = run.lines().stream()
                .dropWhile(line -> !line.startsWith("sparse "))
                .toList();
        assertEquals("sparse                       zeros form         expected measured", lines.get(0), run.out());
        assertTrue(lines.get(1).matches("MatMul scores +93\\.8% lists +\\d+\\.\\d\\dx +\\d+\\.\\d\\dx"), run.out());
        assertTrue(run.lines().stream().allMatch(line -> line.length() <= 80), run.out());
        JsonNode layer = new ObjectMapper()
                .readTree(CommandRun.of("profile", pruned, "--dim", "n=128", "--seconds", "0.1", "--json")
                        .assertDone()
                        .out())
                .get("sparse")
                .get(0);
        assertTrue(layer.get("measured_gain").asDouble() > 0);
        assertTrue(layer.get("expected_gain").asDouble() > 1.1);
        assertTrue(layer.get("kernels").get(0).asText().startsWith("sparse-lists-"));
    }

    @Test
    void noSparseMultipliesByAllWeights() {
        CommandRun run = CommandRun.of("profile", pruned, "--dim", "n=128", "--seconds", "0.1", "--no-sparse")
                .assertDone();
        assertFalse(run.out().contains("sparse"), run.out());
    }
}
