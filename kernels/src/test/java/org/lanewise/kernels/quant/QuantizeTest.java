package org.lanewise.kernels.quant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuantizeTest {
    private static final float[] CORNERS = {
        0f,
        -0f,
        0.5f,
        1.5f,
        2.5f,
        -0.5f,
        -1.5f,
        127.5f,
        126.5f,
        -128.5f,
        254.5f,
        255.5f,
        1e30f,
        -1e30f,
        Float.MIN_VALUE,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.NaN
    };

    @Test
    void roundsHalvesToEvenAndSaturates() {
        byte[] y = new byte[CORNERS.length];
        Quantize.run(CORNERS, 0, y, 0, y.length, 1, 0, false);
        assertArrayEquals(new byte[] {0, 0, 0, 2, 2, 0, -2, 127, 126, -128, 127, 127, 127, -128, 0, 127, -128, 0}, y);
        Quantize.run(CORNERS, 0, y, 0, y.length, 1, 3, true);
        assertArrayEquals(new byte[] {3, 3, 3, 5, 5, 3, 1, (byte) 131, (byte) 129, 0, -1, -1, -1, 0, 3, -1, 0, 3}, y);
    }

    @Test
    void dequantizesEveryByte() {
        byte[] x = new byte[256];
        for (int i = 0; i < 256; i++) {
            x[i] = (byte) i;
        }
        float[] y = new float[256];
        Dequantize.run(x, 0, y, 0, 256, 0.5f, 10, true);
        for (int i = 0; i < 256; i++) {
            assertEquals((i - 10) * 0.5f, y[i]);
        }
        Dequantize.run(x, 0, y, 0, 256, 0.25f, -3, false);
        for (int i = 0; i < 256; i++) {
            assertEquals(((byte) i + 3) * 0.25f, y[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 15, 16, 17, 63, 64, 257})
    void vectorsAgreeWithScalars(int n) {
        Random random = new Random(n);
        float[] x = new float[n + 3];
        int[] sums = new int[n + 3];
        for (int i = 0; i < x.length; i++) {
            x[i] = i < CORNERS.length || i % 5 == 0 ? CORNERS[i % CORNERS.length] : (float) random.nextGaussian() * 40;
            sums[i] = i == 0 ? Integer.MIN_VALUE : i == 1 ? Integer.MAX_VALUE : random.nextInt(200_000) - 100_000;
        }
        for (boolean unsigned : new boolean[] {true, false}) {
            byte[] expected = new byte[n + 5];
            byte[] got = new byte[n + 5];
            QuantizeScalar.quantize(x, 3, expected, 2, n, 0.3f, 17, unsigned);
            Quantize.run(x, 3, got, 2, n, 0.3f, 17, unsigned);
            assertArrayEquals(expected, got);
            QuantizeScalar.rescale(sums, 3, expected, 2, n, 0.0013f, 17, unsigned);
            Quantize.rescale(sums, 3, got, 2, n, 0.0013f, 17, unsigned);
            assertArrayEquals(expected, got);
            float[] wide = new float[n + 5];
            float[] gotWide = new float[n + 5];
            QuantizeScalar.dequantize(expected, 2, wide, 1, n, 0.3f, 17, unsigned);
            Dequantize.run(expected, 2, gotWide, 1, n, 0.3f, 17, unsigned);
            assertArrayEquals(wide, gotWide);
        }
    }

    @Test
    void usesAParameterForEachElement() {
        byte[] y = new byte[3];
        float[] scales = {9, 1, 2, 4};
        int[] zeros = {9, 0, 1, -1};
        Quantize.run(new float[] {3, 3, 3}, 0, y, 0, 3, scales, zeros, 1, false);
        assertArrayEquals(new byte[] {3, 3, 0}, y);
        float[] back = new float[3];
        Dequantize.run(y, 0, back, 0, 3, scales, zeros, 1, false);
        assertArrayEquals(new float[] {3, 4, 4}, back);
    }
}
