package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Simd;

class IntegerGemmTest {
    @Test
    void multipliesBytesByHand() {
        byte[] a = {(byte) 200, 3, 0, 1};
        byte[] b = {-128, 127, 5, -1};
        int[] c = new int[4];
        PackedInt8B packed = PackedInt8B.pack(b, 0, 2, false, true, 2, 2, null);
        GemmInt8.run(
                a,
                0,
                2,
                false,
                new int[] {1},
                packed,
                c,
                0,
                2,
                0,
                2,
                0,
                packed.panels(),
                new int[GemmInt8.scratchSize(2, packed, false)],
                0,
                null,
                0);
        assertArrayEquals(new int[] {199 * -128 + 2 * 5, 199 * 127 - 2, 128, -127}, c);
    }

    @Property(tries = 150)
    void bytesAreMultipliedExactly(
            @ForAll @IntRange(min = 0, max = 70) int m,
            @ForAll @IntRange(min = 0, max = 70) int n,
            @ForAll @IntRange(min = 0, max = 1100) int k,
            @ForAll boolean aSigned,
            @ForAll boolean bSigned,
            @ForAll boolean transB,
            @ForAll boolean extreme,
            @ForAll boolean normal,
            @ForAll @IntRange(min = 0, max = 2) int zeroPoints) {
        Random random = new Random(m + 71L * n + 5041L * k);
        byte[] a = bytes(random, 2 + m * (k + 1), extreme);
        int ldb = transB ? k + 2 : n + 2;
        byte[] b = bytes(random, 3 + (transB ? n : k) * ldb, extreme);
        for (int i = 0; normal && !extreme && i < b.length; i++) {
            int value = (int) (random.nextGaussian() * (20 + k % 3 * 9)); // runs of four, some taken out; of three
            b[i] = (byte) (Math.clamp(value, -128, 127) + (bSigned ? 0 : 128));
        }
        int[] za = zeros(random, zeroPoints, Math.max(1, m), aSigned, extreme);
        int[] zb = zeros(random, zeroPoints, Math.max(1, n), bSigned, extreme);
        int[] expected = new int[m * (n + 3) + 1];
        Arrays.fill(expected, 77);
        int[] c = expected.clone();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                int sum = 0;
                for (int x = 0; x < k; x++) {
                    int av = GemmInt8.widen(a[2 + i * (k + 1) + x], aSigned) - za[za.length == 1 ? 0 : i];
                    int at = 3 + (transB ? j * ldb + x : x * ldb + j);
                    sum += av * (GemmInt8.widen(b[at], bSigned) - zb[zb.length == 1 ? 0 : j]);
                }
                expected[1 + i * (n + 3) + j] = sum;
            }
        }
        PackedInt8B packed = PackedInt8B.pack(b, 3, ldb, transB, bSigned, k, n, zb);
        int row = random.nextInt(m + 1);
        int panel = random.nextInt(packed.panels() + 1);
        int p = packed.panels();
        int ldc = n + 3;
        int[] inDoubles = c.clone();
        int[] scratch = new int[GemmInt8.scratchSize(m, packed, false) + 1];
        GemmInt8.run(a, 2, k + 1, aSigned, za, packed, c, 1, ldc, 0, row, 0, p, scratch, 1, null, 0);
        GemmInt8.run(a, 2, k + 1, aSigned, za, packed, c, 1, ldc, row, m, 0, panel, scratch, 1, null, 0);
        GemmInt8.run(a, 2, k + 1, aSigned, za, packed, c, 1, ldc, row, m, panel, p, scratch, 1, null, 0);
        assertArrayEquals(expected, c);
        if (Int8Triples.takes(packed)) {
            scratch = new int[GemmInt8.scratchSize(m, packed, true) + 1];
            double[] doubles = new double[GemmInt8.doublesSize(m, packed) + 3];
            GemmInt8.run(a, 2, k + 1, aSigned, za, packed, inDoubles, 1, ldc, 0, row, 0, p, scratch, 1, doubles, 3);
            GemmInt8.run(a, 2, k + 1, aSigned, za, packed, inDoubles, 1, ldc, row, m, 0, panel, scratch, 1, doubles, 3);
            GemmInt8.run(a, 2, k + 1, aSigned, za, packed, inDoubles, 1, ldc, row, m, panel, p, scratch, 1, doubles, 3);
            assertArrayEquals(expected, inDoubles, "in doubles");
        }
    }

    /** Runs as long as the spread of the weights lets them be. */
    @Test
    void theLengthOfRunsFollowsTheWeights() {
        Random random = new Random(3);
        int[] spreads = {20, 42, 400};
        String[] names = {"g4", "g4", "g2"};
        for (int i = 0; i < spreads.length && Simd.ENABLED; i++) {
            byte[] b = new byte[204 * 64];
            for (int j = 0; j < b.length; j++) {
                b[j] = (byte) Math.clamp((int) (random.nextGaussian() * spreads[i]), -127, 127);
            }
            String name = GemmInt8.kernelName(8, PackedInt8B.pack(b, 0, 64, false, true, 204, 64, null), false);
            assertEquals("gemm-int8-" + names[i] + "-3x2", name);
        }
    }

    private static byte[] bytes(Random random, int length, boolean extreme) {
        byte[] values = new byte[length];
        random.nextBytes(values);
        for (int i = 0; extreme && i < length; i++) {
            values[i] = -128; // as uint8 128, as int8 the value furthest from a zero point of 127
        }
        return values;
    }

    private static int[] zeros(Random random, int form, int count, boolean signed, boolean extreme) {
        int low = signed ? -128 : 0;
        int[] zeros = new int[form == 2 ? count : 1];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = form == 0 ? 0 : extreme ? low + 255 : low + random.nextInt(256);
        }
        return zeros;
    }

    @Test
    void refusesZeroPointsThatAreNotOfTheType() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> PackedInt8B.pack(new byte[4], 0, 2, false, true, 2, 2, new int[] {128}));
        assertEquals("B has the zero point 128, expected -128..127", e.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> PackedInt8B.pack(new byte[6], 0, 3, false, true, 2, 3, new int[] {1, 2}));
    }

    @Property(tries = 60)
    void wideIntegersWrapAround(
            @ForAll @IntRange(min = 0, max = 12) int m,
            @ForAll @IntRange(min = 0, max = 40) int n,
            @ForAll @IntRange(min = 0, max = 20) int k,
            @ForAll boolean transA,
            @ForAll boolean transB) {
        Random random = new Random(m + 13L * n + 533L * k);
        long[] a = random.longs((long) m * k + 1).toArray();
        long[] b = random.longs((long) n * k + 1).toArray();
        long[] expected = new long[m * n];
        int[] expectedInts = new int[m * n];
        int ar = transA ? 1 : k;
        int ac = transA ? m : 1;
        int br = transB ? 1 : n;
        int bc = transB ? k : 1;
        for (int i = 0; i < m * n; i++) {
            for (int x = 0; x < k; x++) {
                expected[i] += a[1 + i / n * ar + x * ac] * b[1 + x * br + i % n * bc];
            }
            expectedInts[i] = (int) expected[i];
        }
        long[] c = new long[m * n];
        GemmInteger.run(a, 1, ar, ac, b, 1, br, bc, k, n, c, 0, n, 0, m);
        assertArrayEquals(expected, c);
        int[] ints = new int[m * n];
        GemmInteger.run(ints(a), 1, ar, ac, ints(b), 1, br, bc, k, n, ints, 0, n, 0, m);
        assertArrayEquals(expectedInts, ints);
    }

    private static int[] ints(long[] values) {
        return Arrays.stream(values).mapToInt(v -> (int) v).toArray();
    }
}
