package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckTest {
    private static final float[] INPUT = {1, 10};
    private static final float[] EXPECTED = {41, 52, 63};

    @TempDir
    Path folder;

    @BeforeEach
    void writeTests() throws IOException {
        writeTest("good", SmallModels.product(), EXPECTED, 1, 3);
        writeTest("group/inner", SmallModels.product(), EXPECTED, 1, 3);
        writeTest("value", SmallModels.product(), new float[] {41, 52, 64}, 1, 3);
        writeTest("shape", SmallModels.product(), EXPECTED, 3);
        writeTest("unsupported", SmallModels.unsupported(), EXPECTED, 3);
        writeTest("broken", new byte[] {8, 8, 58}, EXPECTED, 3);
        writeTest("noise", SmallModels.product(), new float[] {0, 0, 0}, 1, 3);
        Files.writeString(folder.resolve("MANIFEST.tsv"), "name\ttier\trandom\ngood\tT1\t\nnoise\tT1\trandom\n");
    }

    private void writeTest(String name, byte[] model, float[] expected, int... dims) throws IOException {
        Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
        Files.write(folder.resolve(name).resolve("model.onnx"), model);
        Files.write(data.resolve("input_0.pb"), OnnxBytes.tensor(INPUT, 1, 2));
        Files.write(data.resolve("output_0.pb"), OnnxBytes.tensor(expected, dims));
    }

    private static void assertMixed(CommandRun run, String prefix) {
        assertEquals(1, run.code());
        List<String> lines = run.lines();
        assertTrue(lines.get(0).startsWith("broken  ERROR  " + prefix), lines.get(0));
        assertEquals("shape  FAIL  output 'scores' has shape [1,3], expected [3]", lines.get(1));
        assertEquals(
                "unsupported  UNSUPPORTED  Frobnicate '-> y': operator Frobnicate of domain ai.onnx (opset 17) is not"
                        + " supported",
                lines.get(2));
        assertEquals(
                "value  FAIL  output 'scores'[0,2] = 63.0, expected 64.0; 1 of 3 differ, max abs error 1.00, max rel"
                        + " error 0.0156",
                lines.get(3));
        assertEquals("2 passed, 4 failed, 1 skipped", lines.get(4));
        assertEquals(5, lines.size());
    }

    @Test
    void checksAFolderOfTests() {
        assertMixed(CommandRun.of("check", folder), folder.toString());
    }

    @Test
    void checksAZipFile() throws IOException {
        Path zip = folder.resolveSibling(folder.getFileName() + ".zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file);
                Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new ZipEntry(folder.relativize(path).toString()));
                Files.copy(path, out);
            }
        }
        assertMixed(CommandRun.of("check", zip), "/broken");
        Files.delete(zip);
    }

    @Test
    void checksOneTest() {
        CommandRun run = CommandRun.of("check", folder.resolve("good"), "--raw", "--threads", 1);
        assertEquals("1 passed, 0 failed, 0 skipped", run.assertDone().out().strip());
    }

    @Test
    void toleranceIsTheUsersToChoose() {
        CommandRun.of("check", folder.resolve("value"), "--atol", "1.1").assertDone();
        CommandRun.of("check", folder.resolve("value"), "--rtol", "0.016").assertDone();
        assertEquals(
                1,
                CommandRun.of("check", folder.resolve("value"), "--rtol", "0.015")
                        .code());
        CommandRun.of("check", folder, "--rtol", "-1")
                .assertRefused("rtol and atol must not be negative, got -1.0 and 1.0E-7; see lanewise check --help");
    }

    @Test
    void anotherModelCanBeNamed() throws IOException {
        Path model = Files.write(folder.resolve("other.onnx"), SmallModels.product());
        Files.delete(folder.resolve("good/model.onnx"));
        CommandRun without = CommandRun.of("check", folder.resolve("good"));
        assertTrue(without.err().contains("has data sets but no model.onnx"), without.err());
        assertEquals(2, without.code());
        CommandRun.of("check", folder.resolve("good"), "--model", model).assertDone();
    }

    @Test
    void testsCanBeChosenAndListed() {
        CommandRun run =
                CommandRun.of("check", folder, "--only", "^g", "--list").assertDone();
        assertEquals(List.of("good  PASS", "group/inner  PASS", "2 passed, 0 failed, 0 skipped"), run.lines());
    }

    @Test
    void printsJson() throws IOException {
        CommandRun run = CommandRun.of("check", folder, "--json");
        assertEquals(1, run.code());
        JsonNode object = new ObjectMapper().readTree(run.out());
        assertEquals(2, object.get("passed").asInt());
        assertEquals(4, object.get("failed").asInt());
        assertEquals(1, object.get("skipped").asInt());
        assertEquals("ERROR", object.get("tests").get(0).get("status").asText());
    }

    @Test
    void whatIsNoTestSetIsRefused() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("empty"));
        CommandRun.of("check", empty)
                .assertRefused("no test found in " + empty + ": expected folders with model.onnx and test_data_set_0");
        Path missing = folder.resolve("missing");
        CommandRun.of("check", missing).assertRefused("no such folder or zip file: " + missing);
        Path manifest = folder.resolve("MANIFEST.tsv");
        CommandRun.of("check", manifest).assertRefused(manifest + " is neither a folder nor a zip file");
    }

    @Test
    void lightModelsRunOnARamp() throws IOException {
        Path light = Files.createDirectory(folder.resolve("light"));
        Files.write(light.resolve("light_copy.onnx"), SmallModels.picture());
        Files.write(
                light.resolve("light_copy_output_0.pb"),
                OnnxBytes.tensor(new float[] {0, 0.25f, 0.5f, 0.7515f}, 1, 1, 2, 2));
        CommandRun official = CommandRun.of("check", light);
        assertEquals(1, official.code());
        assertTrue(
                official.out().startsWith("light_copy  FAIL  output 'copy'[0,0,1,1] = 0.75, expected 0.7515"),
                official.out());
        Files.writeString(
                light.resolve("data.json"),
                "{\"atol\": 1e-07, \"model_name\": \"copy\", \"rtol\": 0.002, \"url\":"
                        + " \"data/light/light_copy.onnx\"}");
        CommandRun.of("check", light).assertDone();
    }
}
