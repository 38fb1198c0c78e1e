package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.Tensor;

/** An open session keeps the weights once, in the form the kernels read: neither their originals nor the file. */
class MappingTest {
    private static final Path MAPS = Path.of("/proc/self/maps");

    @TempDir
    Path folder;

    @Test
    void theFileIsNotMappedWhileTheSessionIsOpen() throws IOException {
        assumeTrue(Files.isReadable(MAPS), "skipped: this system does not list mappings in " + MAPS);
        Path file = folder.resolve("mapped-once.onnx");
        Files.copy(Zoo.find("breast-cancer").model(), file);
        try (Session session = Session.open(file)) {
            assertEquals(0, mappings(file));
            Tensor row = Tensor.of(new float[30], 1, 30);
            assertEquals(
                    2,
                    session.run(Map.of("measurements", row))
                            .get("probabilities")
                            .size());
        }
    }

    @Test
    void weightsThatArePackedAreLetGo() {
        try (Session session = Session.open(Zoo.find("breast-cancer").model())) {
            Initializer weights = session.graph().initializers().values().stream()
                    .filter(initializer -> initializer.shape().rank() == 2)
                    .findFirst()
                    .orElseThrow();
            String message =
                    assertThrows(IllegalStateException.class, weights::tensor).getMessage();
            assertEquals(
                    "the elements of float" + weights.shape() + " were let go: the session keeps them packed", message);
        }
    }

    private static long mappings(Path file) throws IOException {
        try (var lines = Files.lines(MAPS)) {
            return lines.filter(line -> line.endsWith(file.getFileName().toString()))
                    .count();
        }
    }
}
