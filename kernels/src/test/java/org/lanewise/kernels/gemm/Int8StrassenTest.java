package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;

/** Products of seven halves equal those of the integer tiles, in every bit. */
class Int8StrassenTest {
    @ParameterizedTest
    @CsvSource({
        "512, 256, 8, 0, true, true, 35",
        "513, 257, 9, 3, false, true, 35",
        "514, 258, 10, 1, true, false, 50",
        "131, 1027, 11, 7, false, false, 20",
        "776, 260, 8, 0, false, true, 400",
        "440, 301, 26, 5, true, true, 45"
    })
    void sumsEqualThoseOfTheIntegerTiles(
            int m, int k, int panels, int missing, boolean aSigned, boolean bSigned, int spread) {
        Random random = new Random(m + k);
        int n = panels * Gemm.NR - missing;
        byte[] a = new byte[m * k];
        random.nextBytes(a);
        byte[] w = weights(random, k * n, spread, bSigned);
        int[] za = zeros(random, missing > 2 ? m : 1, aSigned);
        int[] zb = zeros(random, missing > 0 ? n : 1, bSigned);
        PackedInt8B b = PackedInt8B.pack(w, 0, n, false, bSigned, k, n, zb);
        assertEquals(Simd.BITS >= 256, Int8Floats.isExact(b) && Int8Strassen.suits(m, b.panels(), b));
        int[] expected = new int[m * n];
        int[] sums = new int[GemmInt8.scratchSize(m, b.panels(), b, false)];
        GemmInt8.run(a, 0, k, aSigned, za, b, expected, 0, n, 0, m, 0, b.panels(), sums, 0, null, 0);
        if (Simd.BITS >= 256) {
            int[] c = new int[m * n];
            sums = new int[GemmInt8.scratchSize(m, b.panels(), b, true)];
            float[] floats = new float[GemmInt8.floatsSize(m, b.panels(), b)];
            GemmInt8.run(a, 0, k, aSigned, za, b, c, 0, n, 0, m, 0, b.panels(), sums, 0, floats, 0);
            assertArrayEquals(expected, c);
        }
    }

    /** Weights whose magnitudes sum to the most that is allowed in each half, with the bytes that make sums largest. */
    @Test
    void theLargestSumsAreExact() {
        int k = 516;
        int n = 8 * Gemm.NR;
        int m = 256;
        byte[] a = new byte[m * k];
        byte[] w = new byte[k * n];
        for (int i = 0; i < k; i++) {
            for (int r = 0; r < m; r++) {
                a[r * k + i] = (byte) ((i + r) % 2 == 0 ? -128 : 127);
            }
            for (int j = 0; j < n; j++) {
                int size = i % 258 < 257 ? 127 : 128; // 257 * 127 + 128 = 2^15 - 1
                w[i * n + j] = (byte) ((i + j) % 2 == 0 || size == 128 ? -size : size);
            }
        }
        PackedInt8B b = PackedInt8B.pack(w, 0, n, false, true, k, n, null);
        assertEquals((1 << 15) - 1, b.halfMagnitude);
        int[] expected = new int[m * n];
        int[] scratch = new int[GemmInt8.scratchSize(m, 8, b, false)];
        GemmInt8.run(a, 0, k, true, null, b, expected, 0, n, 0, m, 0, 8, scratch, 0, null, 0);
        for (int j = 0; j < n; j++) {
            int sum = 0;
            for (int i = 0; i < k; i++) {
                sum += a[k + i] * w[i * n + j];
            }
            assertEquals(sum, expected[n + j]);
        }
        if (Simd.BITS >= 256) {
            int[] c = new int[m * n];
            scratch = new int[GemmInt8.scratchSize(m, 8, b, true)];
            float[] floats = new float[GemmInt8.floatsSize(m, 8, b)];
            GemmInt8.run(a, 0, k, true, null, b, c, 0, n, 0, m, 0, 8, scratch, 0, floats, 0);
            assertArrayEquals(expected, c);
            assertEquals("int8-strassen-" + Gemm.kernelName(m, n, k), GemmInt8.kernelName(m, 8, b, true));
        }
    }

    /** Larger weights stay with the other tiles, and weights that no sum in {@code float} holds are refused. */
    @Test
    void weightsThatAreTooLargeAreNotTaken() {
        int n = 8 * Gemm.NR;
        for (int k : new int[] {520, 1100}) {
            byte[] w = new byte[k * n];
            Arrays.fill(w, (byte) -128);
            PackedInt8B b = PackedInt8B.pack(w, 0, n, false, true, k, n, null);
            assertFalse(Int8Strassen.suits(256, 8, b));
            assertEquals(Simd.BITS >= 256 && k == 520, Int8Floats.isExact(b));
            if (k == 1100) {
                int[] c = new int[n];
                int[] scratch = new int[GemmInt8.scratchSize(1, 8, b, true)];
                float[] floats = new float[GemmInt8.floatsSize(1, 8, b)];
                assertThrows(
                        IllegalArgumentException.class,
                        () -> GemmInt8.run(
                                new byte[k], 0, k, true, null, b, c, 0, n, 0, 1, 0, 8, scratch, 0, floats, 0));
            }
        }
    }

    /** Bytes, cut as threads cut them. */
    @Test
    void piecesGiveTheSameBytes() {
        int m = 700;
        int k = 400;
        int n = 19 * Gemm.NR - 2;
        Random random = new Random(5);
        byte[] a = new byte[m * k];
        random.nextBytes(a);
        PackedInt8B b = PackedInt8B.pack(weights(random, k * n, 30, true), 0, n, false, true, k, n, null);
        Requantization end = Requantization.of(n, new float[] {1e-3f}, null, 7, true);
        byte[] expected = new byte[m * n];
        int[] scratch = new int[GemmInt8.scratchSize(m, 19, b, false)];
        GemmInt8.run(a, 0, k, false, null, b, end, expected, 0, n, 0, m, 0, 19, scratch, 0, null, 0);
        if (Simd.BITS >= 256) {
            byte[] c = new byte[m * n];
            scratch = new int[GemmInt8.scratchSize(m, 19, b, true)];
            float[] floats = new float[GemmInt8.floatsSize(m, 19, b)];
            for (int[] p : new int[][] {{0, 351, 0, 9}, {351, 700, 0, 9}, {0, 340, 9, 19}, {340, 700, 9, 19}}) {
                GemmInt8.run(a, 0, k, false, null, b, end, c, 0, n, p[0], p[1], p[2], p[3], scratch, 0, floats, 0);
            }
            assertArrayEquals(expected, c);
        }
    }

    private static byte[] weights(Random random, int count, int spread, boolean signed) {
        byte[] w = new byte[count];
        for (int i = 0; i < count; i++) {
            w[i] = (byte) (Math.clamp(Math.round(random.nextGaussian() * spread), -127, 127) + (signed ? 0 : 128));
        }
        return w;
    }

    private static int[] zeros(Random random, int count, boolean signed) {
        int[] zeros = new int[count];
        for (int i = 0; i < count; i++) {
            zeros[i] = random.nextInt(256) - (signed ? 128 : 0);
        }
        return zeros;
    }
}
