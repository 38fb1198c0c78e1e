package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Simd;

/** {@link PackedInt8B} sums runs of as many products as are cheapest for the weights, and every length sums exactly. */
class Int8RunLengthTest {
    private static final int ROWS = 5;
    private static final int N = 40;

    /**
     * Of weights of one magnitude w, runs of r fit if {@code r * w <= 255}. Otherwise a part of a weight is taken out of every run, which costs more than shorter runs do: for w = 80 and K = 204
     * {@code 2.75 * 204 + 3.2 * 51 + 12 * 17 = 928} by four, {@code 3.4 * 204 = 694} by three, {@code 3.85 * 204 = 785} by two. Where K (filled up to fours) has no third, threes are out.
     */
    @ParameterizedTest
    @CsvSource({
        "204, 63, 4", // 252 of 255
        "204, 64, 3", // four have 256
        "204, 80, 3",
        "204, 85, 3", // 255
        "204, 86, 2", // three have 258
        "204, 127, 2",
        "203, 80, 3", // filled up to 204
        "200, 80, 2",
        "200, 63, 4",
    })
    void theCheapestLengthIsTaken(int k, int magnitude, int run) {
        byte[] w = new byte[k * N];
        for (int i = 0; i < w.length; i++) {
            w[i] = (byte) (i % 3 == 1 ? -magnitude : magnitude);
        }
        assertRun(w, k, run);
    }

    /** A few weights that are too large are taken out and do not shorten the runs of the others. */
    @ParameterizedTest
    @CsvSource({"63, 4", "85, 3"})
    void aFewLargeWeightsDoNotShortenRuns(int magnitude, int run) {
        byte[] w = new byte[204 * N];
        Arrays.fill(w, (byte) magnitude);
        w[7 * N + 3] = -128;
        w[90 * N + 39] = 127;
        PackedInt8B b = assertRun(w, 204, run);
        assertEquals(Simd.ENABLED ? 2 : 0, b.excess.steps(), "steps of what was taken out");
    }

    /** Packs, compares the length of runs, and multiplies the largest and the smallest bytes. */
    private static PackedInt8B assertRun(byte[] w, int k, int run) {
        PackedInt8B b = PackedInt8B.pack(w, 0, N, false, true, k, N, null);
        assertEquals(Simd.ENABLED ? run : PackedInt8B.LEAST, b.run, "products of a run");
        byte[] a = new byte[ROWS * k];
        for (int i = 0; i < a.length; i++) {
            a[i] = (byte) (i / k % 2 == 0 ? -128 : 127);
        }
        int[] expected = new int[ROWS * N];
        for (int i = 0; i < expected.length; i++) {
            for (int x = 0; x < k; x++) {
                expected[i] += a[i / N * k + x] * w[x * N + i % N];
            }
        }
        int[] c = new int[ROWS * N];
        int[] scratch = new int[GemmInt8.scratchSize(ROWS, b, false)];
        GemmInt8.run(a, 0, k, true, null, b, c, 0, N, 0, ROWS, 0, b.panels(), scratch, 0, null, 0);
        assertArrayEquals(expected, c);
        return b;
    }
}
