package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ZooTest {
    static List<String> names() {
        return Zoo.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyModelIsOnTheClassPathAndLooksLikeOnnx(String name, @TempDir Path folder) throws IOException {
        ZooEntry entry = Zoo.find(name);
        assertEquals(name, entry.name());
        assertTrue(entry.available());
        Path model = entry.model(new ZooCache(folder));
        byte[] fromStream;
        try (InputStream in = entry.open()) {
            fromStream = in.readNBytes(64);
        }
        try (InputStream in = Files.newInputStream(model)) {
            assertArrayEquals(fromStream, in.readNBytes(64));
        }
        // Field 1, ir_version, as a varint of one byte: how all these files begin.
        assertEquals(8, fromStream[0]);
        assertTrue(fromStream[1] >= 3 && fromStream[1] <= 12, "ir_version " + fromStream[1]);
    }

    @ParameterizedTest
    @MethodSource("names")
    void theNamedDependencyIsTheOneThatHoldsTheModel(String name) {
        ZooEntry entry = Zoo.find(name);
        if (entry.dependency() != null) {
            String[] coordinates = entry.dependency().split(":", -1);
            URL url = ZooTest.class.getClassLoader().getResource(entry.resource());
            assertNotNull(url);
            assertTrue(url.toString().contains(coordinates[1] + "-" + coordinates[2] + ".jar!"), url.toString());
        }
    }

    @Test
    void aShippedModelIsFoundWithAllThatIsKnownOfIt() throws IOException {
        ZooEntry digits = Zoo.find("digits");
        assertNull(digits.dependency());
        assertEquals(List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"), digits.labels());
        ImageInput image = digits.image();
        assertNotNull(image);
        assertEquals(ImageInput.Layout.NCHW, image.layout());
        assertEquals(28, image.height());
        assertTrue(digits.description().contains("(N, 1, 28, 28)"), digits.description());
        assertTrue(Files.size(digits.model()) < 1 << 20);
    }

    @Test
    void aModelThatTakesNoImageHasNoImageInput() {
        assertNull(Zoo.find("minilm-fp32").image());
        assertNull(Zoo.find("minilm-fp32").labels());
        assertEquals(List.of("malignant", "benign"), Zoo.find("breast-cancer").labels());
    }

    @Test
    void anUnknownNameListsTheKnownOnesAndTheNearest() {
        String near = refusal("digit");
        String sorted = "known models: breast-cancer, digits, digits-lstm, digits-transformer, minilm-fp32, ";
        assertTrue(near.startsWith("no model 'digit' in the zoo, did you mean digits?; " + sorted), near);
        String far = refusal("resnet-50");
        assertTrue(far.startsWith("no model 'resnet-50' in the zoo; " + sorted), far);
        for (String name : Zoo.names()) {
            assertTrue(near.contains(name), near);
        }
        String path = refusal("../digits");
        assertTrue(path.startsWith("no model '../digits' in the zoo"), path);
    }

    private static String refusal(String name) {
        return String.valueOf(
                assertThrows(ZooException.class, () -> Zoo.find(name)).getMessage());
    }

    @Test
    void aModelMissingFromTheClassPathNamesTheDependencyToAdd() {
        Properties properties = new Properties();
        properties.setProperty("description", "none");
        properties.setProperty("resource", "absent.onnx");
        properties.setProperty("dependency", "com.example:models:1.0");
        properties.setProperty("lanewise.licence", "none");
        properties.setProperty("lanewise.source", "none");
        ZooEntry entry = ZooEntry.of("absent", properties);
        assertEquals(
                "model 'absent' is not on the class path: add the dependency com.example:models:1.0,"
                        + " which holds absent.onnx",
                assertThrows(ZooException.class, entry::model).getMessage());
        assertThrows(ZooException.class, entry::open);
    }

    @ParameterizedTest
    @CsvSource({"'', '', 0", "abc, '', 3", "'', abc, 3", "kitten, sitting, 3", "digit, digits, 1", "flaw, lawn, 2"})
    void editDistance(String a, String b, int expected) {
        assertEquals(expected, Zoo.editDistance(a, b));
    }
}
