package org.lanewise.cli.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.loaders.numpy.NpyFile;
import org.lanewise.loaders.onnx.OnnxWriter;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.testmodels.ImageInput;

class DataSamplesTest {
    private static final ImageInput RGB = new ImageInput(
            ImageInput.Layout.NCHW,
            32,
            32,
            1,
            ImageInput.Fit.STRETCH,
            ImageInput.Color.RGB,
            0,
            255,
            List.of(0f, 0f, 0f),
            List.of(1f, 1f, 1f));

    @TempDir
    Path folder;

    private static Session session(long... shape) {
        ValueType type = ValueType.tensor(DataType.FLOAT, PartialShape.of(shape));
        Graph graph = Graph.of(
                "copy",
                List.of(new ValueInfo("x", type)),
                List.of(new ValueInfo("y", type)),
                List.of(new Node("", "", "Identity", 13, List.of("x"), List.of("y"), Map.of())),
                Map.of(),
                Map.of());
        return Session.open(
                new Model(graph, 8, Map.of("", 13), "", "", Map.of()), SessionOptions.DEFAULT.withThreads(1));
    }

    private static DataSamples open(Path data, long... shape) throws IOException {
        try (Session session = session(shape)) {
            return DataSamples.of(data, session, input -> RGB);
        }
    }

    private static Tensor x(DataSamples samples, int i) throws IOException {
        return (Tensor) samples.read(i).get("x");
    }

    private Path npy(String name, Tensor tensor) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        NpyFile.write(tensor, file);
        return file;
    }

    @Test
    void anArrayHasItsSamplesAlongTheFirstAxis() throws IOException {
        Path file = npy("x.npy", Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2));
        DataSamples samples = open(file, -1, 2);
        assertEquals(3, samples.size());
        assertEquals("float[1,2]", x(samples, 2).toString());
        assertArrayEquals(new float[] {5, 6}, x(samples, 2).toFloatArray());
        assertEquals("float[1,1,2]", x(open(file, 1, 1, 2), 0).toString(), "an axis of one is added where it fits");
        assertEquals(1, open(file, -1, 3, 2).size(), "an array without the first axis is one sample");
        assertEquals(1, open(file, 2, 2).size(), "what does not fill a batch is left out");
    }

    @Test
    void aTableHasASampleARow() throws IOException {
        Path file = Files.writeString(folder.resolve("x.csv"), "a,b\n1,2\n3,4\n");
        DataSamples samples = open(file, -1, 2);
        assertEquals(2, samples.size());
        assertEquals("x.csv:2", samples.name(1));
        assertArrayEquals(new float[] {3, 4}, x(samples, 1).toFloatArray());
    }

    @Test
    void foldersAreClassesByOrderNumberOrName() throws IOException {
        npy("cat/b.npy", Tensor.of(new float[] {1, 2}, 2));
        npy("ant/a.npy", Tensor.of(new float[] {3, 4}, 2));
        DataSamples samples = open(folder, 1, 2);
        assertEquals("a.npy", samples.name(0));
        assertArrayEquals(new float[] {3, 4}, x(samples, 0).toFloatArray());
        assertEquals(List.of(0, 1), ClassNumbers.ofFolders(samples, List.of()).numbers());
        assertEquals(
                List.of(2, 0),
                ClassNumbers.ofFolders(samples, List.of("cat", "dog", "ant")).numbers());
        Files.move(folder.resolve("cat"), folder.resolve("7"));
        Files.move(folder.resolve("ant"), folder.resolve("12"));
        assertEquals(
                List.of(12, 7),
                ClassNumbers.ofFolders(open(folder, 1, 2), List.of()).numbers());
    }

    @Test
    void labelsComeFromFilesByOrderOrName() throws IOException {
        npy("data/a.npy", Tensor.of(new float[2], 2));
        npy("data/b.npy", Tensor.of(new float[2], 2));
        DataSamples samples = open(folder.resolve("data"), 1, 2);
        assertEquals(List.of(), ClassNumbers.of(samples).numbers());
        Path named = Files.writeString(folder.resolve("named.csv"), "name,class\nb.npy,5\na.npy,4\n");
        assertEquals(List.of(4, 5), ClassNumbers.read(named, samples).numbers());
        Path numbers = npy("labels.npy", Tensor.of(new long[] {3, 1}));
        assertEquals(List.of(3, 1), ClassNumbers.read(numbers, samples).numbers());
        Path other = Files.writeString(folder.resolve("other.csv"), "c.npy,5\n");
        Exception e = assertThrows(InputException.class, () -> ClassNumbers.read(other, samples));
        assertEquals(other + " has no label for 'a.npy'", e.getMessage());
    }

    @Test
    void recordedSetsGiveAllInputs() throws IOException {
        for (int i : new int[] {0, 10, 2}) {
            Path set = Files.createDirectories(folder.resolve("test_data_set_" + i));
            Files.write(set.resolve("input_0.pb"), OnnxWriter.toBytes("x", Tensor.of(new float[] {i, 0}, 1, 2)));
        }
        DataSamples samples = open(folder, -1, 2);
        assertEquals(3, samples.size());
        assertEquals(10, x(samples, 2).getDouble(0));
    }

    @Test
    void cifarComesInBothOrders() throws IOException {
        byte[] planar = new byte[2 * 3073];
        byte[] interleaved = new byte[2 * 3073];
        for (int image = 0; image < 2; image++) {
            int start = image * 3073;
            planar[start] = interleaved[start] = (byte) (7 + image);
            for (int pixel = 0; pixel < 1024; pixel++) {
                for (int channel = 0; channel < 3; channel++) {
                    // Smooth in each channel, far apart between them
                    byte value = (byte) (80 * channel + pixel / 32);
                    planar[start + 1 + channel * 1024 + pixel] = value;
                    interleaved[start + 1 + pixel * 3 + channel] = value;
                }
            }
        }
        DataSamples first = open(Files.write(folder.resolve("planar.bin"), planar), 1, 3, 32, 32);
        DataSamples second = open(Files.write(folder.resolve("interleaved.bin"), interleaved), 1, 3, 32, 32);
        assertEquals(List.of(7, 8), ClassNumbers.of(first).numbers());
        assertEquals(80 * 2 + 31, x(first, 1).getDouble(3 * 1024 - 1));
        assertArrayEquals(x(first, 0).toFloatArray(), x(second, 0).toFloatArray());
        Path odd = Files.write(folder.resolve("odd.bin"), new byte[100]);
        Exception e = assertThrows(InputException.class, () -> open(odd, 1, 3, 32, 32));
        assertTrue(e.getMessage()
                .endsWith(
                        "has 100 bytes, expected a multiple of 3073 (CIFAR-10: a label and 32x32x3" + " bytes each)"));
    }

    @Test
    void nothingToReadIsSaid() throws IOException {
        Files.writeString(folder.resolve("readme.txt"), "no data");
        Exception e = assertThrows(InputException.class, () -> open(folder, 1, 2));
        assertEquals(
                folder + " has no samples; expected a folder of images, .npy files or test_data_set_* folders, or a"
                        + " .npy, .csv or (CIFAR-10) .bin file",
                e.getMessage());
    }
}
