package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;

/** The fp64 tiles of {@link GemmInt8} give every bit that the 16-bit lanes give. */
class Int8TriplesTest {
    /** K in one part, in several, and no multiple of parts and runs; every height of tiles; runs of eight, of four, and both. */
    @ParameterizedTest
    @CsvSource({
        "1, 8, 2, 0, true, true, 20",
        "5, 3, 3, 1, false, true, 35",
        "13, 517, 2, 3, true, false, 35",
        "14, 512, 5, 0, false, true, 20",
        "15, 1031, 3, 7, false, false, 45",
        "27, 776, 9, 5, true, true, 42",
        "100, 261, 6, 2, true, false, 400",
        "131, 1536, 4, 0, false, true, 43",
        "25, 3109, 6, 1, false, true, 35",
        "300, 2048, 2, 0, false, true, 60",
        "40, 768, 3, 0, true, true, 60"
    })
    void sumsEqualThoseOf16BitLanes(
            int m, int k, int panels, int missing, boolean aSigned, boolean bSigned, int spread) {
        Random random = new Random(m + k);
        int n = panels * Gemm.NR - missing;
        byte[] a = new byte[m * k];
        random.nextBytes(a);
        int[] za = zeros(random, missing > 2 ? m : 1, aSigned);
        int[] zb = zeros(random, missing > 0 ? n : 1, bSigned);
        byte[] w = weights(random, k * n, spread, bSigned);
        PackedInt8B b = PackedInt8B.pack(w, 0, n, false, bSigned, k, n, zb);
        int[] expected = new int[m * n];
        int[] scratch = new int[GemmInt8.scratchSize(m, b, false)];
        GemmInt8.run(a, 0, k, aSigned, za, b, expected, 0, n, 0, m, 0, panels, scratch, 0, null, 0);
        assertEquals(Simd.BITS >= 256 && Simd.FMA, Int8Triples.takes(b));
        if (Int8Triples.takes(b)) {
            int[] c = new int[m * n];
            scratch = new int[GemmInt8.scratchSize(m, b, true)];
            double[] doubles = new double[GemmInt8.doublesSize(m, b)];
            Arrays.fill(doubles, Double.NaN); // what other work left
            GemmInt8.run(a, 0, k, aSigned, za, b, c, 0, n, 0, m, 0, panels, scratch, 0, doubles, 0);
            assertArrayEquals(expected, c);
        }
    }

    /** The bytes that make each part of a sum largest and smallest, in runs of four of the largest weights and in runs of eight that have just as much as fits. */
    @Test
    void theLargestSumsAreExact() {
        int k = 520;
        int m = 24;
        int n = 4 * Gemm.NR;
        for (boolean full : new boolean[] {true, false}) {
            byte[] a = new byte[m * k];
            byte[] w = new byte[k * n];
            for (int i = 0; i < k; i++) {
                for (int r = 0; r < m; r++) {
                    boolean low = (r & 1) == 0 || (r & 4) != 0 && i % 2 == 0;
                    a[r * k + i] = (byte) (low ? -128 : 127);
                }
                for (int j = 0; j < n; j++) {
                    int size = full ? 128 : i % 8 == 0 ? 63 : 64; // 63 + 7 * 64 = 511
                    w[i * n + j] = (byte) ((j & 1) == 0 ? -size : Math.min(127, size));
                }
            }
            PackedInt8B b = PackedInt8B.pack(w, 0, n, false, true, k, n, null);
            for (boolean eight : b.eights) {
                assertEquals(!full, eight);
            }
            int[] c = new int[m * n];
            boolean takes = Int8Triples.takes(b);
            int[] scratch = new int[GemmInt8.scratchSize(m, b, takes)];
            double[] doubles = takes ? new double[GemmInt8.doublesSize(m, b)] : null;
            GemmInt8.run(a, 0, k, true, null, b, c, 0, n, 0, m, 0, 4, scratch, 0, doubles, 0);
            for (int r = 0; r < m; r++) {
                for (int j = 0; j < n; j++) {
                    int sum = 0;
                    for (int i = 0; i < k; i++) {
                        sum += a[r * k + i] * w[i * n + j];
                    }
                    assertEquals(sum, c[r * n + j], "row " + r + ", column " + j);
                }
            }
        }
    }

    /** Each panel has the runs that its weights allow. */
    @Test
    void runsFollowThePanel() {
        int n = 3 * Gemm.NR;
        byte[] w = new byte[64 * n];
        Arrays.fill(w, (byte) 50);
        for (int i = 8; i < 16; i++) {
            w[i * n + Gemm.NR + 5] = 64; // a run of 512
        }
        boolean[] eights = PackedInt8B.pack(w, 0, n, false, true, 64, n, null).eights;
        assertArrayEquals(new boolean[] {true, false, true}, eights);
        eights = PackedInt8B.pack(w, 0, n, false, true, 60, n, null).eights;
        assertArrayEquals(new boolean[3], eights, "K is no multiple of eight");
    }

    /** Weights of 127 or as large as given, met by rows of A parallel to them, which is the largest a product can be: up to the last that fits 16 bits, then 17, and beyond. */
    @ParameterizedTest
    @CsvSource({
        "127, 32, true, true",
        "127, 33, false, true",
        "64, 63, true, true",
        "64, 64, false, true",
        "127, 64, false, true",
        "127, 65, false, false",
        "127, 127, false, false"
    })
    void normsLetLargeWeightsThrough(int weight, int size, boolean lanes, boolean eights) {
        int k = 80;
        int m = 29;
        int n = 2 * Gemm.NR;
        byte[] a = new byte[m * k];
        byte[] w = new byte[k * n];
        for (int i = 0; i < k; i++) {
            int sign = i % 3 == 0 ? -1 : 1;
            for (int r = 0; r < m; r++) {
                a[r * k + i] = (byte) (r % 5 == 4 ? 0 : sign * ((r & 1) == 0 ? size : -size));
            }
            for (int j = 0; j < n; j++) {
                w[i * n + j] = (byte) (sign * ((j & 2) == 0 ? weight : -weight));
            }
        }
        if (Simd.ENABLED) {
            double[] squares = new double[k / 8];
            Int8Norms.ofRows(a, 0, k, true, m, k, k, squares, 0);
            Int8Norms norms = Int8Norms.of(w, k);
            assertEquals(lanes, norms.allFit(squares, 0, TripleLanes.LEVEL - 1));
            assertEquals(eights, norms.fit(0, squares, 0, TripleTiles.LEVEL));
        }
        assertProduct(m, k, n, a, w);
    }

    /** Each tile of 12 rows has the runs that its own rows allow, also rows after the last whole one; K in one part and in several. */
    @ParameterizedTest
    @CsvSource({"30, 96", "60, 1640", "66, 768", "37, 3072", "40, 88", "41, 100"})
    void runsFollowTheRows(int m, int k) {
        int n = 3 * Gemm.NR - 5;
        Random random = new Random(m);
        byte[] a = new byte[m * k];
        for (int r = 0; r < m; r++) {
            int spread = new int[] {20, 127, 70}[r / 12 % 3];
            for (int i = 0; i < k; i++) {
                a[r * k + i] = (byte) (random.nextInt(2 * spread + 1) - spread);
            }
        }
        byte[] w = weights(random, k * n, 40, true);
        for (int i = 0; i < k; i++) {
            w[i * n + Gemm.NR + 3] = (byte) (random.nextBoolean() ? -128 : 127); // a panel of runs of four
        }
        assertProduct(m, k, n, a, w);
    }

    /** Sums that carry out of every lane, in more runs than a lane of 16 bits counts to. */
    @Test
    void lanesCarry() {
        int m = 12;
        int k = 24_000;
        int n = Gemm.NR;
        byte[] a = new byte[m * k];
        byte[] w = new byte[k * n];
        for (int i = 0; i < k; i++) {
            for (int r = 0; r < m; r++) {
                a[r * k + i] = (byte) (r % 3 == i % 3 ? 0 : r % 2 == 0 ? 63 : -63);
            }
            for (int j = 0; j < n; j++) {
                w[i * n + j] = (byte) (j % 3 == 0 ? 64 : j % 3 == 1 ? -64 : i % 2);
            }
        }
        assertProduct(m, k, n, a, w);
    }

    private static void assertProduct(int m, int k, int n, byte[] a, byte[] w) {
        PackedInt8B b = PackedInt8B.pack(w, 0, n, false, true, k, n, null);
        boolean takes = Int8Triples.takes(b);
        int[] c = new int[m * n];
        int[] scratch = new int[GemmInt8.scratchSize(m, b, takes)];
        double[] doubles = takes ? new double[GemmInt8.doublesSize(m, b)] : null;
        if (doubles != null) {
            Arrays.fill(doubles, Double.NaN); // what other work left
        }
        GemmInt8.run(a, 0, k, true, null, b, c, 0, n, 0, m, 0, b.panels(), scratch, 0, doubles, 0);
        for (int r = 0; r < m; r++) {
            for (int j = 0; j < n; j++) {
                int sum = 0;
                for (int i = 0; i < k; i++) {
                    sum += a[r * k + i] * w[i * n + j];
                }
                assertEquals(sum, c[r * n + j], "row " + r + ", column " + j);
            }
        }
    }

    /** Only where longer or cheaper runs are a gain. */
    @Test
    void normsAreKeptWhereTheyDecide() {
        byte[] w = new byte[64 * Gemm.NR];
        Arrays.fill(w, (byte) 63);
        PackedInt8B b = PackedInt8B.pack(w, 0, Gemm.NR, false, true, 64, Gemm.NR, null);
        assertEquals(Processor.SHARED_PORTS, b.norms != null);
        assertNull(PackedInt8B.pack(w, 0, Gemm.NR, false, true, 60, Gemm.NR, null).norms, "K is no multiple of eight");
    }

    /** Squared norms of rows, whole vectors of bytes of them and what is left, against sums one by one. */
    @ParameterizedTest
    @CsvSource({"1, 64, true", "7, 200, false", "30, 131, true", "25, 5, false"})
    void normsOfRowsAreTheLargest(int m, int k, boolean signed) {
        Random random = new Random(k);
        byte[] a = new byte[3 + m * (k + 2)];
        random.nextBytes(a);
        Arrays.fill(a, 3, 3 + Math.min(8, k), (byte) (signed ? -128 : 0));
        int depth = Math.ceilDiv(k, 8) * 8;
        double[] squares = new double[1 + depth / 8];
        if (!Simd.ENABLED) {
            return;
        }
        Int8Norms.ofRows(a, 3, k + 2, signed, m, k, depth, squares, 1);
        for (int i = 0; i < depth; i += 8) {
            int largest = 0;
            for (int r = 0; r < m; r++) {
                int sum = 0;
                for (int x = i; x < Math.min(k, i + 8); x++) {
                    int value = GemmInt8.centred(a[3 + r * (k + 2) + x], signed);
                    sum += value * value;
                }
                largest = Math.max(largest, sum);
            }
            assertEquals(largest, squares[1 + i / 8]);
        }
    }

    /** Of several panels, each its own norms and the largest of all. */
    @Test
    void normsOfPanels() {
        if (!Simd.ENABLED) {
            return;
        }
        byte[] data = new byte[2 * 16 * Gemm.NR]; // two panels of 16 rows
        data[Gemm.NR + 1] = 10;
        data[(16 + 9) * Gemm.NR + 7] = -20;
        Int8Norms norms = Int8Norms.of(data, 16);
        double[] rows = {1, 4};
        assertTrue(norms.fit(0, rows, 0, 10));
        assertFalse(norms.fit(0, rows, 0, 9));
        assertTrue(norms.fit(1, rows, 0, 40));
        assertFalse(norms.fit(1, rows, 0, 39));
        assertTrue(norms.allFit(rows, 0, 40));
        assertFalse(norms.allFit(rows, 0, 39));
    }

    /** Fewer rows never need more room, though blocks are shorter for more rows at times. */
    @Test
    void roomGrowsWithRows() {
        PackedInt8B b =
                PackedInt8B.pack(weights(new Random(3), 2048 * 64, 30, true), 0, 64, false, true, 2048, 64, null);
        int before = 0;
        for (int rows = 1; rows < 900; rows++) {
            int size = GemmInt8.doublesSize(rows, b);
            assertTrue(size >= before, "rows " + rows);
            before = size;
        }
    }

    /** Bytes, cut as threads cut them, in more than one block of rows. */
    @Test
    void piecesGiveTheSameBytes() {
        int m = 260;
        int k = 1900;
        int n = 7 * Gemm.NR - 2;
        Random random = new Random(5);
        byte[] a = new byte[m * k];
        random.nextBytes(a);
        PackedInt8B b = PackedInt8B.pack(weights(random, k * n, 40, true), 0, n, false, true, k, n, null);
        Requantization end = Requantization.of(n, new float[] {1e-3f}, null, 7, true);
        byte[] expected = new byte[m * n];
        int[] scratch = new int[GemmInt8.scratchSize(m, b, false)];
        GemmInt8.run(a, 0, k, false, null, b, end, expected, 0, n, 0, m, 0, 7, scratch, 0, null, 0);
        if (Int8Triples.takes(b)) {
            byte[] c = new byte[m * n];
            scratch = new int[GemmInt8.scratchSize(m, b, true)];
            double[] doubles = new double[GemmInt8.doublesSize(m, b)];
            for (int[] p : new int[][] {{0, 151, 0, 3}, {151, 260, 0, 3}, {0, 140, 3, 7}, {140, 260, 3, 7}}) {
                GemmInt8.run(a, 0, k, false, null, b, end, c, 0, n, p[0], p[1], p[2], p[3], scratch, 0, doubles, 0);
            }
            assertArrayEquals(expected, c);
        }
    }

    /** Chosen from 24 rows on at 512 bits, and named so; what the tiles do not take is refused. */
    @Test
    void theChoiceIsNamed() {
        PackedInt8B b = PackedInt8B.pack(new byte[64 * 64], 0, 64, false, true, 64, 64, null);
        assertFalse(GemmInt8.inDoubles(23, b));
        assertEquals(Simd.BITS == 512 && Simd.FMA, GemmInt8.inDoubles(24, b));
        assertEquals("gemm-int8-triples-12x" + Simd.LANES, GemmInt8.kernelName(24, b, true));
        assertTrue(GemmInt8.kernelName(24, b, false).startsWith("gemm-int8-" + (Simd.ENABLED ? "g" : "scalar")));
        PackedInt8B narrow = PackedInt8B.pack(new byte[64 * 2], 0, 2, false, true, 64, 2, null);
        if (narrow.paired) {
            int[] scratch = new int[GemmInt8.scratchSize(3, narrow, true)];
            double[] doubles = new double[GemmInt8.doublesSize(3, narrow)];
            int[] c = new int[6];
            assertThrows(
                    IllegalArgumentException.class,
                    () -> GemmInt8.run(
                            new byte[192], 0, 64, true, null, narrow, c, 0, 2, 0, 3, 0, 1, scratch, 0, doubles, 0));
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
