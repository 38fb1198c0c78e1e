package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Activation;

class RowProductTest {
    private static float[] random(int seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1", "3, 2", "64, 10", "67, 10", "5, 17", "72, 31", "30, 33", "96, 384", "7, 300", "0, 5", "515, 3",
        "512, 13"
    })
    void isTheProduct(int k, int n) {
        float[] x = random(1, k + 3);
        float[] w = random(2, n * k);
        PackedB b = PackedB.pack(w, 0, k, true, k, n);
        double[] expected = new double[n];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < k; i++) {
                expected[j] += (double) x[3 + i] * w[j * k + i];
            }
        }
        float[] forwards = new float[2 + RowProduct.length(n)];
        RowProduct.run(x, 3, b, forwards, 2, 0, b.panels(), false);
        float[] backwards = new float[2 + RowProduct.length(n)];
        RowProduct.run(x, 3, b, backwards, 2, 0, b.panels(), true);
        assertArrayEquals(forwards, backwards);
        float[] split = new float[2 + RowProduct.length(n)];
        for (int p = 0; p < b.panels(); p += RowProduct.BLOCK) {
            RowProduct.run(x, 3, b, split, 2, p, Math.min(b.panels(), p + RowProduct.BLOCK), false);
        }
        assertArrayEquals(forwards, split);
        float[] bias = random(3, n);
        Epilogue e = Epilogue.biasPerColumn(bias, new Activation(Activation.Kind.RELU, 0, 0));
        float[] c = new float[n + 2];
        RowProduct.run(x, 3, b, c, 1, e, new float[RowProduct.length(n)], 0);
        for (int j = 0; j < n; j++) {
            assertEquals(expected[j], forwards[2 + j], 1e-5, "column " + j);
            assertEquals(Math.max(0, expected[j] + bias[j]), c[1 + j], 1e-5, "column " + j);
        }
        assertEquals(0, c[0]);
        assertEquals(0, c[n + 1]);
    }

    @Test
    void refusesWhatDoesNotFit() {
        PackedB b = PackedB.pack(new float[8 * 40], 0, 40, false, 8, 40);
        float[] room = new float[RowProduct.length(40)];
        assertThrows(
                IllegalArgumentException.class,
                () -> RowProduct.run(new float[7], 0, b, room, 0, 0, b.panels(), false));
        assertThrows(
                IllegalArgumentException.class,
                () -> RowProduct.run(new float[8], 0, b, room, 1, 0, b.panels(), false));
        assertThrows(
                IllegalArgumentException.class,
                () -> RowProduct.run(new float[8], 0, b, room, 0, 0, b.panels() + 1, false));
    }
}
