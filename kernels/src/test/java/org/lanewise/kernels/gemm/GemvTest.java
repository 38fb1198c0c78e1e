package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

class GemvTest {
    private static final float UNTOUCHED = 12345;

    @Test
    void multipliesByHand() {
        float[] x = {2, -1};
        float[] b = {1, 2, 3, 4, 5, 6};
        float[] y = new float[3];
        Gemv.run(x, 0, b, 0, 3, false, 2, 3, y, 0, 0, 3, Epilogue.NONE);
        assertArrayEquals(new float[] {-2, -1, 0}, y);
        Epilogue e = Epilogue.biasPerColumn(new float[] {0.5f, -1, 1}, Matrices.activation(Activation.Kind.RELU));
        Gemv.run(x, 0, b, 0, 2, true, 2, 3, y, 0, 0, 3, e);
        assertArrayEquals(new float[] {0.5f, 1, 5}, y);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 15, 16, 17, 33, 70, 2050})
    void anySizeAgreesWithDoubles(int n) {
        Random random = new Random(n);
        for (int k : new int[] {0, 1, 7, 8, 9, 16, 31, 32, 33, 64, 100}) {
            for (boolean transB : new boolean[] {false, true}) {
                int ldb = (transB ? k : n) + 3;
                float[] x = Matrices.random(random, k + 2);
                float[] b = Matrices.random(random, 1 + (transB ? n : k) * ldb);
                float[] bias = Matrices.random(random, n);
                Activation activation = Matrices.anyActivation(random);
                float[] y = new float[n + 4];
                Arrays.fill(y, UNTOUCHED);
                int cut = random.nextInt(n + 1);
                Epilogue e = Epilogue.biasPerColumn(bias, activation);
                Gemv.run(x, 2, b, 1, ldb, transB, k, n, y, 3, cut, n, e);
                Gemv.run(x, 2, b, 1, ldb, transB, k, n, y, 3, 0, cut, e);
                for (int j = 0; j < n; j++) {
                    double sum = bias[j];
                    double magnitude = 3;
                    for (int i = 0; i < k; i++) {
                        double product = (double) x[2 + i] * b[1 + (transB ? j * ldb + i : i * ldb + j)];
                        sum += product;
                        magnitude += Math.abs(product);
                    }
                    assertEquals(Matrices.activate(activation, (float) sum), y[3 + j], (k + 2) * 6e-8 * magnitude);
                }
                assertEquals(UNTOUCHED, y[2]);
                assertEquals(UNTOUCHED, y[n + 3]);
            }
        }
    }

    /** Halves first: the two large values meet before ones are lost beside them, compiled or not. */
    @Test
    void lanesAreAddedInOneOrder() {
        assumeTrue(Simd.ENABLED);
        int k = 2 * Simd.LANES;
        for (int n : new int[] {1, 4}) {
            float[] x = new float[k];
            float[] b = new float[n * k];
            Arrays.fill(x, 1);
            Arrays.fill(b, 1);
            for (int j = 0; j < n; j++) {
                b[j * k] = 1e8f;
                b[j * k + Simd.LANES / 2] = -1e8f;
            }
            float[] y = new float[n];
            Gemv.run(x, 0, b, 0, k, true, k, n, y, 0, 0, n, Epilogue.NONE);
            for (float sum : y) {
                assertEquals(2 * (Simd.LANES - 2), sum);
            }
        }
    }

    @Test
    void aRowMajorMatrixGivesTheBitsOfGemm() {
        Random random = new Random(3);
        int k = 83;
        int n = 150;
        float[] x = Matrices.random(random, k);
        float[] b = Matrices.random(random, k * n);
        float[] expected = new float[n];
        float[] y = new float[n];
        PackedB packed = PackedB.pack(b, 0, n, false, k, n);
        Gemm.run(
                x,
                0,
                k,
                packed,
                expected,
                0,
                n,
                null,
                0,
                0,
                1,
                0,
                packed.panels(),
                Epilogue.NONE,
                new float[Gemm.scratchLength(1, n, k)],
                0);
        Gemv.run(x, 0, b, 0, n, false, k, n, y, 0, 0, n, Epilogue.NONE);
        assertArrayEquals(expected, y);
    }

    @Test
    void zeroTimesInfinityIsNaN() {
        float[] b = new float[3 * 20];
        b[25] = Float.POSITIVE_INFINITY;
        b[45] = Float.NaN;
        float[] y = new float[20];
        Gemv.run(new float[3], 0, b, 0, 20, false, 3, 20, y, 0, 0, 20, Epilogue.NONE);
        assertTrue(Float.isNaN(y[5]));
        assertEquals(0f, y[4]);
        float[] z = new float[3];
        Gemv.run(new float[20], 0, b, 0, 20, true, 20, 3, z, 0, 0, 3, Epilogue.NONE);
        assertEquals(0f, z[0]);
        assertTrue(Float.isNaN(z[1]));
        assertTrue(Float.isNaN(z[2]));
    }

    @Test
    void refusesColumnsThatAreNotThere() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> Gemv.run(new float[2], 0, new float[6], 0, 3, false, 2, 3, new float[3], 0, 1, 4, Epilogue.NONE));
        assertEquals("columns 1..4 of 3", e.getMessage());
    }
}
