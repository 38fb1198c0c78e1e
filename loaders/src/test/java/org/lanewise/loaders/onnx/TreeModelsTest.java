package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/** Tree ensembles trained by scikit-learn against its own answers; skipped where the models are not there. */
class TreeModelsTest {
    private static final Path FOLDER =
            Path.of(System.getProperty("lanewise.shared", "../../shared"), "models", "trees");

    @ParameterizedTest
    @CsvSource({
        "gbr_diabetes, 133, 10, 1",
        "rf_breast_cancer, 171, 30, 2",
        "rf_digits, 540, 64, 10",
        "rf_wine, 54, 13, 3"
    })
    void answersAsTrained(String name, int rows, int features, int outputs) throws IOException {
        Path model = FOLDER.resolve(name + ".onnx");
        assumeTrue(Files.exists(model), "no model at " + model);
        float[] x = floats(name + "_X.bin");
        float[] expected = floats(name + "_ref.bin");
        for (int threads = 1; threads <= 2; threads++) {
            try (Session session = Session.open(model, SessionOptions.DEFAULT.withThreads(threads))) {
                String input = session.inputs().getFirst().name();
                assertAll(session.run(Map.of(input, Tensor.of(x, rows, features))), expected, rows, outputs);
            }
        }
    }

    private static void assertAll(Map<String, Tensor> results, float[] expected, int rows, int outputs) {
        for (Tensor result : results.values()) {
            if (result.type() == DataType.FLOAT) {
                assertEquals(rows * outputs, result.size());
                float[] actual = result.toFloatArray();
                for (int i = 0; i < actual.length; i++) {
                    assertEquals(expected[i], actual[i], 1e-5 + 1e-5 * Math.abs(expected[i]), "element " + i);
                }
            } else {
                long[] best = new long[rows];
                for (int row = 0; row < rows; row++) {
                    for (int i = 1; i < outputs; i++) {
                        best[row] =
                                expected[row * outputs + i] > expected[row * outputs + (int) best[row]] ? i : best[row];
                    }
                }
                assertArrayEquals(best, result.toLongArray());
            }
        }
    }

    private static float[] floats(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(FOLDER.resolve(name));
        float[] values = new float[bytes.length / 4];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return values;
    }
}
