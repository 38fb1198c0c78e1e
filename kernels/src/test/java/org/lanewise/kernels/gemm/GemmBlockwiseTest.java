package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GemmBlockwiseTest {
    @Test
    void multipliesByHand() {
        byte[] b = new byte[8];
        b[0] = (byte) 0xF1; // q = 1, 15: -7 and 7 from the zero point 8
        PackedBlockwiseB packed = PackedBlockwiseB.pack(b, 0, 4, 16, 2, 1, new float[] {0.5f}, 0, null, 0);
        float[] c = new float[1];
        float[] scratch = new float[GemmBlockwise.scratchSize(1, packed)];
        GemmBlockwise.run(new float[] {2, 3}, 0, 2, packed, new float[] {1}, c, 0, 1, 0, 1, 0, 1, scratch, 0);
        assertArrayEquals(new float[] {0.5f * (2 * -7 + 3 * 7) + 1}, c);
    }

    @Property(tries = 60)
    void equalsDequantizedProducts(
            @ForAll @IntRange(min = 1, max = 9) int m,
            @ForAll @IntRange(min = 1, max = 70) int n,
            @ForAll @IntRange(min = 1, max = 600) int k,
            @ForAll boolean four,
            @ForAll @IntRange(min = 4, max = 8) int log,
            @ForAll boolean withZeros) {
        Random random = new Random(m + 71L * n + 5041L * k);
        int bits = four ? 4 : 8;
        int size = 1 << log;
        int blocks = Math.ceilDiv(k, size);
        int blob = size * bits / 8;
        byte[] b = new byte[2 + n * blocks * blob];
        random.nextBytes(b);
        float[] scales = new float[1 + n * blocks];
        float[] zeros = new float[3 + n * blocks];
        for (int i = 0; i < n * blocks; i++) {
            scales[1 + i] = random.nextFloat() / 16;
            zeros[3 + i] = random.nextInt(1 << bits);
        }
        float[] a = new float[1 + m * (k + 1)];
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) random.nextGaussian();
        }
        PackedBlockwiseB packed = PackedBlockwiseB.pack(b, 2, bits, size, k, n, scales, 1, withZeros ? zeros : null, 3);
        float[] bias = new float[n];
        bias[0] = 2;
        float[] c = new float[2 + m * (n + 1)];
        float[] scratch = new float[3 + GemmBlockwise.scratchSize(m, packed)];
        int half = random.nextInt(packed.panels() + 1);
        GemmBlockwise.run(a, 1, k + 1, packed, bias, c, 2, n + 1, 0, m, 0, half, scratch, 3);
        GemmBlockwise.run(a, 1, k + 1, packed, bias, c, 2, n + 1, 0, m, half, packed.panels(), scratch, 3);
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                double sum = bias[j];
                double bound = 1;
                for (int x = 0; x < k; x++) {
                    int at = 2 + (j * blocks + x / size) * blob + (four ? x % size / 2 : x % size);
                    int q = four ? b[at] >> x % 2 * 4 & 15 : b[at] & 0xff;
                    int block = j * blocks + x / size;
                    float zero = withZeros ? zeros[3 + block] : 1 << (bits - 1);
                    sum += a[1 + i * (k + 1) + x] * (double) (q - zero) * scales[1 + block];
                    bound += Math.abs(a[1 + i * (k + 1) + x]) * 256 * scales[1 + block];
                }
                assertEquals(sum, c[2 + i * (n + 1) + j], 2e-6 * bound, i + "," + j);
            }
        }
    }

    @Test
    void refusesOtherForms() {
        float[] one = {1};
        assertThrows(
                IllegalArgumentException.class,
                () -> PackedBlockwiseB.pack(new byte[64], 0, 3, 16, 2, 1, one, 0, null, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> PackedBlockwiseB.pack(new byte[64], 0, 4, 24, 2, 1, one, 0, null, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> PackedBlockwiseB.pack(new byte[4], 0, 4, 16, 2, 1, one, 0, null, 0));
    }
}
