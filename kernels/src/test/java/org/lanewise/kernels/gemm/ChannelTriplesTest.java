package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;

/** {@link ChannelTriples} against the formula; such tiles exist at 512 bits only. */
class ChannelTriplesTest {
    @BeforeEach
    void needsVectorsOf512Bits() {
        Assumptions.assumeTrue(Simd.BITS == 512 && Simd.FMA);
    }

    private static Requantization end(Random random, int m, boolean table) {
        float[] scales = new float[m];
        for (int i = 0; i < m; i++) {
            scales[i] = (float) Math.exp(random.nextGaussian() - 8);
        }
        Requantization end = Requantization.of(m, scales, null, random.nextInt(256), true);
        byte[] bytes = new byte[256];
        random.nextBytes(bytes);
        return table ? end.withTable(bytes) : end.within(3, 200);
    }

    private static void check(float[] w, int m, int k, byte[] x, int columns, int from, int to, Random random) {
        boolean signed = random.nextBoolean();
        int zero = (signed ? -128 : 0) + random.nextInt(256);
        float[] bias = new float[m];
        for (int i = 0; i < m; i++) {
            bias[i] = random.nextInt(20001) - 10000;
        }
        Requantization end = end(random, m, random.nextBoolean());
        ChannelTriples tiles = made(w, m, k, bias, end, signed, zero);
        double[] doubles = new double[tiles.doublesSize() + 6];
        Arrays.fill(doubles, Double.NaN);
        byte[] y = new byte[m * columns + 5];
        byte[] expected = new byte[y.length];
        for (int row = 0; row < m; row++) {
            for (int p = from; p < to; p++) {
                int sum = (int) bias[row];
                for (int i = 0; i < k; i++) {
                    byte b = x[3 + i * columns + p];
                    sum += ((int) w[row * k + i]) * ((signed ? b : b & 0xff) - zero);
                }
                expected[5 + row * columns + p] = end.apply(sum, row);
            }
        }
        tiles.run(x, 3, y, 5, columns, doubles, 6, from, to);
        assertArrayEquals(expected, y);
    }

    private static ChannelTriples made(
            float[] w, int m, int k, float[] bias, Requantization end, boolean signed, int zero) {
        ChannelTriples tiles = ChannelTriples.of(w, m, k, bias, end, signed, zero);
        Assertions.assertNotNull(tiles);
        return tiles;
    }

    private static float[] weights(Random random, int count, int most) {
        float[] w = new float[count];
        for (int i = 0; i < count; i++) {
            w[i] = random.nextInt(2 * most + 1) - most;
        }
        return w;
    }

    @ParameterizedTest
    @CsvSource({"4,1,64,0,64", "7,8,131,64,128", "24,48,200,0,192", "26,63,320,64,256", "40,9,64,0,64", "5,1300,64,0,64"
    })
    void equalsTheFormula(int m, int k, int columns, int from, int to) {
        for (int seed = 0; seed < 4; seed++) {
            Random random = new Random(seed);
            byte[] x = new byte[k * columns + 3];
            random.nextBytes(x);
            check(weights(random, m * k, 60), m, k, x, columns, from, to, random);
        }
    }

    /** Weights that take several passes. */
    @Test
    void manyRowsOfLongSums() {
        Random random = new Random(7);
        byte[] x = new byte[800 * 64 + 3];
        random.nextBytes(x);
        check(weights(random, 400 * 800, 30), 400, 800, x, 64, 0, 64, random);
    }

    /** Every run at the edge of what its part of a sum holds: magnitudes of 511 in 17 bits, of 1023 in 18, with bytes at their ends. */
    @ParameterizedTest
    @CsvSource({"1", "-1", "0"})
    void sumsFillTheirParts(int sign) {
        Random random = new Random(sign);
        int k = 16;
        for (int m : new int[] {9, 10, 11}) {
            float[] w = new float[m * k];
            for (int i = 0; i < w.length; i++) {
                int large = i / k % 3 == 1 && i / k < 9 ? 1023 : 511;
                int s = sign != 0 ? sign : random.nextBoolean() ? 1 : -1;
                w[i] = s * (large / 8 + (i % 8 < 7 ? 1 : 0)); // 7 * 64 + 63 = 511, 7 * 128 + 127 = 1023
            }
            byte[] x = new byte[k * 64 + 3];
            for (int i = 3; i < x.length; i++) {
                x[i] = (byte) (i % 64 < 20 ? 0 : i % 64 < 40 ? 255 : random.nextBoolean() ? 127 : 128);
            }
            check(w, m, k, x, 64, 0, 64, random);
        }
    }

    @Test
    void refusesWeightsThatDoNotFit() {
        float[] bias = new float[6];
        Requantization end = Requantization.of(6, new float[] {1}, null, 0, true);
        float[] large = new float[6 * 8];
        Arrays.fill(large, 0, 16, 100); // two rows of 800
        made(large, 6, 8, bias, end, true, 0);
        Arrays.fill(large, 16, 24, -100);
        assertNull(ChannelTriples.of(large, 6, 8, bias, end, true, 0), "three in two triples");
        float[] larger = new float[6 * 8];
        Arrays.fill(larger, 0, 8, 128.0f);
        assertNull(ChannelTriples.of(larger, 6, 8, bias, end, true, 0), "1024 in a run");
    }

    @Test
    void refusesPartsOfAGroup() {
        Requantization end = Requantization.of(6, new float[] {1}, null, 0, true);
        ChannelTriples tiles = made(new float[6 * 8], 6, 8, new float[6], end, true, 0);
        double[] doubles = new double[tiles.doublesSize()];
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> tiles.run(new byte[8 * 100], 0, new byte[6 * 100], 0, 100, doubles, 0, 0, 100));
        assertEquals("columns 0..100 of 100, expected groups of 64", e.getMessage());
    }
}
