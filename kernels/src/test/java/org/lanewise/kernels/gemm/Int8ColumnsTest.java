package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;

/** {@link Int8Columns} gives what {@link GemmInt8} gives for one row. */
class Int8ColumnsTest {
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);

    @Property(tries = 60)
    void equalsThePanels(@ForAll long seed) {
        Random random = new Random(seed);
        int k = 1 + random.nextInt(700);
        int n = 1 + random.nextInt(20);
        boolean aSigned = random.nextBoolean();
        boolean bSigned = random.nextBoolean();
        boolean extremes = random.nextInt(4) == 0;
        byte[] a = bytes(random, k + 3, extremes);
        byte[] b = bytes(random, k * n + 2, extremes);
        int aZero = (aSigned ? -128 : 0) + random.nextInt(256);
        int[] zeros = new int[random.nextBoolean() ? 1 : n];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (bSigned ? -128 : 0) + random.nextInt(256);
        }
        int[] bZeros = random.nextBoolean() ? null : zeros;
        boolean transB = random.nextBoolean();
        int ldb = transB ? k : n;
        PackedInt8B panels = PackedInt8B.pack(b, 2, ldb, transB, bSigned, k, n, bZeros);
        Int8Columns columns = Int8Columns.pack(b, 2, ldb, transB, bSigned, k, n, bZeros);
        int[] scratch = new int[GemmInt8.scratchSize(1, panels, false)];
        int[] memory = new int[columns.scratchSize()];
        int[] aZeros = {aZero};

        float[] scales = new float[n];
        for (int i = 0; i < n; i++) {
            scales[i] = 0.0001f * (1 + i);
        }
        int[] bias = random.ints(n, -9000, 9000).toArray();
        Requantization bytes = Requantization.of(n, scales, bias, 5, true);
        byte[] expected = new byte[n + 4];
        byte[] got = new byte[n + 4];
        int p = panels.panels();
        GemmInt8.run(a, 3, k, aSigned, aZeros, panels, bytes, expected, 4, n, 0, 1, 0, p, scratch, 0, null, 0);
        columns.run(a, 3, aSigned, aZero, bytes, got, 4, memory);
        assertArrayEquals(expected, got);

        Rescaling floats = Rescaling.of(n, scales, new float[n], RELU);
        float[] aScale = {0.02f};
        float[] wanted = new float[n + 1];
        float[] found = new float[n + 1];
        GemmInt8.run(
                a, 3, k, aSigned, aZeros, panels, floats, aScale, 0, wanted, 1, n, 0, 1, 0, p, scratch, 0, null, 0);
        columns.run(a, 3, aSigned, aZero, floats, aScale, found, 1, memory);
        assertArrayEquals(wanted, found);
    }

    private static byte[] bytes(Random random, int n, boolean extremes) {
        byte[] bytes = new byte[n];
        random.nextBytes(bytes);
        for (int i = 0; extremes && i < n; i++) {
            bytes[i] = (byte) (random.nextBoolean() ? -128 : random.nextBoolean() ? 127 : -1);
        }
        return bytes;
    }

    @Test
    void handComputed() {
        byte[] b = {1, 2, 3, -4, 5, 6};
        Int8Columns columns = Int8Columns.pack(b, 0, 2, false, true, 3, 2, new int[] {0, 1});
        byte[] c = new byte[2];
        // (200 - 100) 1 + (0 - 100) 3 + (255 - 100) 5 = 575, and 100 (2 - 1) - 100 (-4 - 1) + 155 (6 - 1) = 1375
        Requantization end = Requantization.of(2, new float[] {0.1f}, new int[] {5, 0}, 0, true);
        columns.run(new byte[] {(byte) 200, 0, (byte) 255}, 0, false, 100, end, c, 0, new int[columns.scratchSize()]);
        assertEquals(58, c[0]);
        assertEquals(138, c[1] & 0xff);
    }

    @Test
    void isForTallMatricesOnVectors() {
        assertEquals(Simd.BITS >= 256, Int8Columns.suits(3136, Math.min(10, Simd.LANES)));
        assertFalse(Int8Columns.suits(3136, Simd.LANES + 1));
        assertFalse(Int8Columns.suits(64, 10));
        assertTrue(Int8Columns.NAME.startsWith("gemm-int8-dots"));
    }

    @Test
    void refusesAnotherEnd() {
        Int8Columns columns = Int8Columns.pack(new byte[6], 0, 2, false, true, 3, 2, null);
        Requantization end = Requantization.of(3, new float[] {1}, null, 0, true);
        assertThrows(
                IllegalArgumentException.class,
                () -> columns.run(new byte[3], 0, true, 0, end, new byte[3], 0, new int[columns.scratchSize()]));
    }
}
