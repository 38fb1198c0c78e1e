package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.loaders.numpy.NpyFile;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/** Ten kinds of bad input, and what the command and the API say about them. */
final class BadInputTest {
    private static final String WRONG_TYPE = "input 'a' has type double, expected float";
    private static final String WRONG_RANK = "input 'a' has shape [6] of rank 1, expected [2,3] of rank 2";
    private static final String WRONG_DIM = "input 'a' has shape [3,2], expected [2,3]";
    private static final String MISSING_INPUT =
            "input 'b' is missing: the model expects [a: float[2,3], b: float[n,3]], got [a]";
    private static final String UNSUPPORTED =
            "Frobnicate '-> y': operator Frobnicate of domain ai.onnx (opset 17) is not supported";
    private static final String TEXT = "Lorem ipsum dolor sit amet";
    private static final float[] SIX = {1, 2, 3, 4, 5, 6};

    @TempDir
    Path folder;

    private Path good;

    @BeforeEach
    void writeModel() throws IOException {
        good = write("good.onnx", SmallModels.sum());
    }

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes);
    }

    private Path npy(String name, Tensor tensor) throws IOException {
        Path file = folder.resolve(name + ".npy");
        NpyFile.write(tensor, file);
        return file;
    }

    private Path truncated() throws IOException {
        byte[] whole = SmallModels.sum();
        return write("truncated.onnx", Arrays.copyOf(whole, whole.length - 9));
    }

    @Nested
    final class OfTheCommand {
        private void assertRunRefused(String sentence, Tensor a) throws IOException {
            CommandRun.of("run", good, "--input", "a=" + npy("a", a), "--input", "b=" + npy("b", Tensor.of(SIX, 2, 3)))
                    .assertRefused(sentence);
        }

        @Test
        void missingFile() {
            Path missing = folder.resolve("missing.onnx");
            CommandRun.of("run", missing).assertRefused("no such model file: " + missing);
            CommandRun.of("inspect", missing).assertRefused("no such model file: " + missing);
        }

        @Test
        void notOnnx() throws IOException {
            Path text = write("text.onnx", TEXT.getBytes(StandardCharsets.UTF_8));
            CommandRun run = CommandRun.of("run", text, "--random");
            String library = messageOf(text);
            assertTrue(library.startsWith(text + ": at byte 0: field"), library);
            run.assertRefused(text + " is no ONNX model, or damaged: " + library.substring((text + ": ").length()));
        }

        @Test
        void truncatedFile() throws IOException {
            Path file = truncated();
            CommandRun.of("inspect", file).assertRefused(messageOf(file));
        }

        private static String messageOf(Path file) {
            return assertThrows(ModelFormatException.class, () -> Session.open(file))
                    .getMessage();
        }

        @Test
        void wrongType() throws IOException {
            assertRunRefused(WRONG_TYPE, Tensor.of(new double[6], 2, 3));
        }

        @Test
        void wrongRank() throws IOException {
            assertRunRefused(WRONG_RANK, Tensor.of(SIX));
        }

        @Test
        void wrongDimension() throws IOException {
            assertRunRefused(WRONG_DIM, Tensor.of(SIX, 3, 2));
        }

        @Test
        void missingInput() throws IOException {
            CommandRun.of("run", good, "--input", "a=" + npy("a", Tensor.of(SIX, 2, 3)))
                    .assertRefused(MISSING_INPUT);
        }

        @Test
        void noInputAtAll() {
            CommandRun.of("run", good)
                    .assertRefused("no input is given: use --image FILE, --input NAME=FILE, --inputs DIR or --random;"
                            + " the model takes [a: float[2,3], b: float[n,3]]");
        }

        @Test
        void unknownInput() throws IOException {
            CommandRun.of("run", good, "--input", "c=" + npy("c", Tensor.of(SIX, 2, 3)), "--random")
                    .assertRefused("unknown input 'c': the model expects [a: float[2,3], b: float[n,3]]");
        }

        @Test
        void unsupportedOperator() throws IOException {
            CommandRun.of("run", write("unsupported.onnx", SmallModels.unsupported()), "--random")
                    .assertRefused(UNSUPPORTED);
        }

        @Test
        void cyclicGraph() throws IOException {
            Path file = write("cyclic.onnx", SmallModels.cyclic());
            String message =
                    assertThrows(GraphException.class, () -> Session.open(file)).getMessage();
            assertTrue(message.contains("cycle"), message);
            CommandRun.of("run", file, "--random").assertRefused(message);
        }

        @Test
        void noOutputs() throws IOException {
            Path file = write("silent.onnx", SmallModels.silent());
            String sentence = "graph 'graph' has no outputs: there is nothing to compute";
            assertEquals(
                    sentence,
                    assertThrows(GraphException.class, () -> Session.open(file)).getMessage());
            CommandRun.of("run", file, "--random").assertRefused(sentence);
            CommandRun.of("bench", file).assertRefused(sentence);
        }

        @Test
        void badUsage() {
            CommandRun.of("run", good, "--frobnicate")
                    .assertRefused("Unknown option: '--frobnicate'; see lanewise run --help");
            CommandRun.of("frobnicate")
                    .assertRefused("Unmatched argument at index 0: 'frobnicate'; see lanewise --help");
            CommandRun.of("run", good, "--threads", "0")
                    .assertRefused("--threads must be at least 1, got 0; see lanewise run --help");
            CommandRun.of().assertRefused("Missing command; see lanewise --help");
            CommandRun.of("run", good, "--threads", "100000")
                    .assertRefused("--threads is at most 1024, got 100000; see lanewise run --help");
            CommandRun.of("check", folder, "--only", "[")
                    .assertRefused("Invalid value for option '--only': '[' is no regular expression: Unclosed character"
                            + " class near index 0; see lanewise check --help");
            CommandRun.of("hwbench", "100000,100000,1")
                    .assertRefused("'100000,100000,1': a matrix has more than 268435456 elements, 2^28; see lanewise"
                            + " hwbench --help");
        }

        @Test
        void reportsAreOnStandardOutputAndFilesAreNot() {
            CommandRun.of("compare", good, good, "--data", folder, "--html", "-")
                    .assertRefused(notStandardOutput("--html"));
            CommandRun.of("hwbench", "--sparse", "--html", "-").assertRefused(notStandardOutput("--html"));
            CommandRun.of("quantize", good, "--mode", "dynamic", "-o", "-").assertRefused(notStandardOutput("-o"));
            CommandRun.of("prune", good, "--sparsity", "0.5", "-o", "-").assertRefused(notStandardOutput("-o"));
        }

        private static String notStandardOutput(String option) {
            return option + " - does not write to standard output: give a file, ./- for one of that name";
        }

        @Test
        void inputsThatAreNone() {
            CommandRun.of("run", good, "--input", "a").assertRefused("--input a: expected NAME=FILE");
            CommandRun.of("run", good, "--input", "a=x.npy", "--input", "a=y.npy")
                    .assertRefused("--input gives 'a' twice");
            CommandRun.of("run", good, "--input", "a=" + folder).assertRefused("a folder, not a file: " + folder);
            CommandRun.of("run", good, "--random", "--dim", "n=-1")
                    .assertRefused("dimension 'n' is -1, expected 0 or more");
            CommandRun.of("run", good, "--random", "--dim", "n=2000000000")
                    .assertRefused("input 'b' of [2000000000, 3] has more than 2^31-1 elements");
            CommandRun.of("run", good, "--random", "--save", "-")
                    .assertRefused(notStandardOutput("--save").replace("a file, ./- for one", "a folder, ./- for one"));
            CommandRun.of("run", good, "--random", "--save", good)
                    .assertRefused("--save names a file: " + good + "; give a folder");
        }
    }

    @Nested
    final class OfTheApi {
        private void assertRunFails(String message, Map<String, Tensor> inputs) {
            try (Session session = Session.open(good)) {
                RunException e = assertThrows(RunException.class, () -> session.run(inputs));
                assertEquals(message, e.getMessage());
            }
        }

        private static <T extends InferenceException> String failure(Class<T> type, byte[] model) {
            return assertThrows(type, () -> Session.open(model, SessionOptions.DEFAULT))
                    .getMessage();
        }

        @Test
        void missingFile() {
            Path missing = folder.resolve("missing.onnx");
            ModelFormatException e = assertThrows(ModelFormatException.class, () -> Session.open(missing));
            assertEquals(missing + ": no such file", e.getMessage());
        }

        @Test
        void notOnnx() {
            String message = failure(ModelFormatException.class, TEXT.getBytes(StandardCharsets.UTF_8));
            assertTrue(message.startsWith("model in memory: at byte 0: "), message);
        }

        @Test
        void truncatedFile() throws IOException {
            String message = failure(ModelFormatException.class, Files.readAllBytes(truncated()));
            assertTrue(message.matches("model in memory: at byte \\d+: .*"), message);
        }

        @Test
        void wrongType() {
            assertRunFails(WRONG_TYPE, Map.of("a", Tensor.of(new double[6], 2, 3), "b", Tensor.of(SIX, 2, 3)));
        }

        @Test
        void wrongRank() {
            assertRunFails(WRONG_RANK, Map.of("a", Tensor.of(SIX), "b", Tensor.of(SIX, 2, 3)));
        }

        @Test
        void wrongDimension() {
            assertRunFails(WRONG_DIM, Map.of("a", Tensor.of(SIX, 3, 2), "b", Tensor.of(SIX, 2, 3)));
        }

        @Test
        void missingInput() {
            assertRunFails(MISSING_INPUT, Map.of("a", Tensor.of(SIX, 2, 3)));
        }

        @Test
        void nothingAsInput() {
            Map<String, Tensor> inputs = new HashMap<>();
            inputs.put("a", Tensor.of(SIX, 2, 3));
            inputs.put("b", null);
            assertRunFails("input 'b' is null", inputs);
            inputs.put("b", Tensor.of(SIX, 2, 3));
            inputs.put(null, Tensor.of(SIX, 2, 3));
            assertRunFails("unknown input 'null': the model expects [a: float[2,3], b: float[n,3]]", inputs);
        }

        @Test
        void otherNamesThanOnnx() throws IOException {
            ModelFormatException e = assertThrows(ModelFormatException.class, () -> Session.open(folder));
            assertEquals(folder + ": is a folder, expected a file", e.getMessage());
            Path named = write("model.bin", SmallModels.sum());
            UnsupportedModelException name = assertThrows(UnsupportedModelException.class, () -> Session.open(named));
            assertEquals(
                    named + ": no loader takes a file of this name; there are loaders for [ONNX]", name.getMessage());
        }

        @Test
        void interruptedThread() {
            Thread.currentThread().interrupt();
            ModelFormatException e = assertThrows(ModelFormatException.class, () -> Session.open(good));
            assertTrue(Thread.interrupted());
            assertEquals(good + ": cannot be read: the thread was interrupted", e.getMessage());
        }

        @Test
        void unknownInput() {
            Tensor six = Tensor.of(SIX, 2, 3);
            assertRunFails(
                    "unknown input 'c': the model expects [a: float[2,3], b: float[n,3]]",
                    Map.of("a", six, "b", six, "c", six));
        }

        @Test
        void unsupportedOperator() {
            assertEquals(UNSUPPORTED, failure(UnsupportedModelException.class, SmallModels.unsupported()));
        }

        @Test
        void cyclicGraph() {
            String message = failure(GraphException.class, SmallModels.cyclic());
            assertTrue(message.contains("first") && message.contains("cycle"), message);
        }
    }
}
