package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Simd;

/** {@link GemmInt8} with weights of which some are taken out of runs of four: in several chunks a panel, for every height of tiles, and with two rows a vector. */
class Int8ExcessTest {
    private static final int K = 2044;

    @ParameterizedTest
    @CsvSource({"1, 70", "2, 70", "3, 70", "7, 33", "21, 70", "1, 5", "9, 5", "40, 5", "130, 300"})
    void sumsAreExact(int rows, int n) {
        Random random = new Random(rows * 100 + n);
        byte[] a = new byte[rows * K];
        for (int i = 0; i < a.length; i++) {
            int any = random.nextInt(256) - 128;
            a[i] = (byte) (i / K % 3 == 0 ? -128 : i / K % 3 == 1 ? 127 : any);
        }
        byte[] w = new byte[K * n];
        for (int i = 0; i < w.length; i++) {
            w[i] = (byte) Math.clamp(Math.round(random.nextGaussian() * 42), -128, 127);
        }
        PackedInt8B b = PackedInt8B.pack(w, 0, n, false, true, K, n, null);
        if (Simd.ENABLED) {
            assertEquals(4, b.run, "length of runs");
            assertTrue(b.excess.steps() > 0, "some weights are taken out");
            assertTrue(b.excess.chunks() >= b.panels(), b.excess.chunks() + " chunks");
        }
        int[] c = new int[rows * n];
        int[] scratch = new int[GemmInt8.scratchSize(rows, b, false)];
        GemmInt8.run(a, 0, K, true, null, b, c, 0, n, 0, rows, 0, b.panels(), scratch, 0, null, 0);
        assertEquals(Simd.BITS >= 256 && n > Simd.LANES, Int8Triples.takes(b), "in doubles");
        if (Int8Triples.takes(b)) {
            int[] inDoubles = new int[rows * n];
            scratch = new int[GemmInt8.scratchSize(rows, b, true)];
            double[] doubles = new double[GemmInt8.doublesSize(rows, b)];
            GemmInt8.run(a, 0, K, true, null, b, inDoubles, 0, n, 0, rows, 0, b.panels(), scratch, 0, doubles, 0);
            assertArrayEquals(c, inDoubles);
        }
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < n; j++) {
                int sum = 0;
                for (int k = 0; k < K; k++) {
                    sum += a[i * K + k] * w[k * n + j];
                }
                assertEquals(sum, c[i * n + j], "row " + i + ", column " + j);
            }
        }
    }
}
