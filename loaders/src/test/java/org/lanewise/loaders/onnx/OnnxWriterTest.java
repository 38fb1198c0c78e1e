package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;

/** Files that cannot be written are called as the caller called them, not as the temporary file beside them. */
class OnnxWriterTest {
    @TempDir
    Path folder;

    private static final Model EMPTY = new Model(
            Graph.of("empty", List.of(), List.of(), List.of(), Map.of(), Map.of()),
            8,
            Map.of("", 17),
            "",
            "",
            Map.of());

    private String failure(Path file, OnnxWriter.Weights weights) {
        return assertThrows(IOException.class, () -> OnnxWriter.write(EMPTY, file, weights))
                .getMessage();
    }

    @Test
    void theFileAskedForIsNamed() throws IOException {
        Path missing = folder.resolve("none").resolve("m.onnx");
        for (OnnxWriter.Weights weights : OnnxWriter.Weights.values()) {
            assertEquals(missing + ": the folder takes no such file", failure(missing, weights));
        }
        Path taken = Files.createDirectories(folder.resolve("taken"));
        Files.createFile(taken.resolve("file"));
        assertEquals(taken + ": is a folder or device, not a file", failure(taken, OnnxWriter.Weights.AUTOMATIC));
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(List.of(taken), files.toList(), "nothing half written is left");
        }
    }

    @Test
    void aDeviceIsNotReplaced() throws IOException {
        assumeTrue(Files.exists(Path.of("/dev/full")));
        Path device = Files.createSymbolicLink(folder.resolve("device"), Path.of("/dev/full"));
        assertEquals(device + ": is a folder or device, not a file", failure(device, OnnxWriter.Weights.AUTOMATIC));
    }
}
