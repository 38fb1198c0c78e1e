package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;

class ExternalDataTest {
    @TempDir
    Path temp = Path.of("");

    private Path folder = Path.of("");

    @BeforeEach
    void makeFolders() throws IOException {
        folder = Files.createDirectories(temp.resolve("model"));
        byte[] data = {9, 9, 9, 9, 0, 0, (byte) 0x80, 0x3f, 0, 0, 0, 0x40};
        Files.write(Files.createDirectories(folder.resolve("sub")).resolve("w.bin"), data);
        Files.write(folder.resolve("w.bin"), data);
        Files.write(temp.resolve("secret.bin"), data);
    }

    private Model read(String... entries) throws IOException {
        ProtoWriter tensor = new ProtoWriter();
        tensor.int64(1, 2);
        tensor.int64(2, 1);
        tensor.string(8, "w");
        tensor.int64(14, 1);
        for (int i = 0; i < entries.length; i += 2) {
            tensor.message(13, GraphWriter.entry(entries[i], entries[i + 1]));
        }
        ProtoWriter graph =
                Protos.graph(List.of("x"), List.of("y"), Protos.node("Add", List.of("x", "w"), List.of("y")));
        graph.message(5, tensor);
        Path file = folder.resolve("model.onnx");
        Files.write(file, Protos.bytes(Protos.model(graph)));
        return new OnnxModelFormat().read(file);
    }

    private void assertFails(String reason, String... entries) {
        ModelFormatException e = assertThrows(ModelFormatException.class, () -> read(entries));
        assertTrue(e.getMessage().contains("tensor 'w': ") && e.getMessage().contains(reason), e.getMessage());
    }

    @Test
    void readsAPartOfAFile() throws IOException {
        for (String location : List.of("w.bin", "sub/w.bin", "./sub/../w.bin")) {
            Initializer w = read("location", location, "offset", "4", "length", "8")
                    .graph()
                    .initializers()
                    .get("w");
            assertNotNull(w);
            assertArrayEquals(new float[] {1, 2}, w.tensor().toFloatArray());
        }
    }

    @Test
    void namesTheFilesOfAModel() throws IOException {
        read("location", "sub/../w.bin", "offset", "4");
        assertEquals(
                Set.of(folder.resolve("w.bin").toRealPath()),
                OnnxModelFormat.externalFiles(folder.resolve("model.onnx")));
    }

    @Test
    void staysInsideTheFolder() throws IOException {
        assertFails("external data at '../secret.bin', outside the model's folder", "location", "../secret.bin");
        assertFails(
                "external data at 'sub/../../secret.bin', outside the model's folder",
                "location",
                "sub/../../secret.bin");
        assertFails(
                "external data at the absolute path",
                "location",
                temp.resolve("secret.bin").toAbsolutePath().toString());
        Files.createSymbolicLink(folder.resolve("link.bin"), temp.resolve("secret.bin"));
        assertFails("external data at 'link.bin', outside the model's folder", "location", "link.bin");
        Files.createSymbolicLink(folder.resolve("up"), temp);
        assertFails("external data at 'up/secret.bin', outside the model's folder", "location", "up/secret.bin");
    }

    @Test
    void refusesWhatTheFileDoesNotHave() {
        assertFails("external data at 8 to 16 of 'w.bin', which has 12 bytes", "location", "w.bin", "offset", "8");
        assertFails("of 'w.bin', which has 12 bytes", "location", "w.bin", "offset", Long.toString(Long.MAX_VALUE));
        assertFails("external data of 4 bytes, type and shape need 8", "location", "w.bin", "length", "4");
        assertFails("external data with offset '-4'", "location", "w.bin", "offset", "-4");
        assertFails("external data with offset 'x'", "location", "w.bin", "offset", "x");
        assertFails(
                "external data at 'missing.bin', a file that is not in the model's folder", "location", "missing.bin");
        assertFails("external data without a location", "offset", "0");
        assertFails("is a folder", "location", "sub");
    }

    @Test
    void writesAndReadsBack() throws IOException {
        Model model = read("location", "w.bin");
        Path other = Files.createDirectories(temp.resolve("other")).resolve("small.onnx");
        OnnxWriter.write(model, other, OnnxWriter.Weights.EXTERNAL);
        // Eight bytes are not worth a file
        assertEquals(List.of(other), Files.list(temp.resolve("other")).toList());
        GraphEquality.assertSame(model, new OnnxModelFormat().read(other));
    }
}
