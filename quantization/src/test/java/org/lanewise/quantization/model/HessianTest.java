package org.lanewise.quantization.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.quantization.Models;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

class HessianTest {
    /** Batches of 64 rows, panels of 8, blocks of 128 KB: one, part of one, several. */
    @ParameterizedTest
    @CsvSource({"1, 1", "3, 7", "3, 8", "5, 63", "5, 64", "5, 65", "130, 75", "200, 200"})
    void momentsAreSumsOfProducts(int k, int rows) {
        float[] values = Models.gaussian(new Random(rows), rows * k, 1);
        Hessian hessian = new Hessian(k);
        hessian.add((FloatTensor) Tensor.of(values, rows, k));
        double[] expected = new double[k * k];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < k * k; i++) {
                expected[i] += (double) values[row * k + i / k] * values[row * k + i % k];
            }
        }
        assertEquals(rows, hessian.rows());
        assertArrayEquals(expected, hessian.damped(0), 1e-9);
    }
}
