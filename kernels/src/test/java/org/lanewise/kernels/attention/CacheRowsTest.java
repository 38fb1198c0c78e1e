package org.lanewise.kernels.attention;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import org.junit.jupiter.api.Test;

class CacheRowsTest {
    @Test
    void bytesByHand() {
        byte[] y = {99, 99, 99, 99, 99};
        float[] x = {7, 0.25f, -0.75f, 200, -200};
        CacheRows.quantize(8, x, 1, 4, new float[] {0.5f, 0}, 0, 0, y, 1);
        assertArrayEquals(new byte[] {99, 0, -2, 127, -128}, y);
        CacheRows.quantize(8, x, 0, 2, new float[] {0, 0.125f}, 0, 1, y, 0);
        assertArrayEquals(new byte[] {7, 2, -2, 127, -128}, y);
    }

    @Test
    void nibblesByHand() {
        byte[] y = new byte[2];
        CacheRows.quantize(4, new float[] {1.5f, -9, 20}, 0, 3, new float[] {1}, 0, 0, y, 0);
        // 2 and -8, 7 and nothing
        assertArrayEquals(new byte[] {0x0a, (byte) 0x8f}, y);
        float[] back = new float[3];
        CacheRows.dequantize(4, y, 0, 3, new float[] {1, 2, 3}, 0, 1, back, 0);
        assertArrayEquals(new float[] {2, -16, 21}, back);
        assertEquals(2, CacheRows.bytes(4, 3));
        assertEquals(3, CacheRows.bytes(8, 3));
    }

    @Property
    void comesBackWithinHalfAStep(
            @ForAll long seed, @ForAll @FloatRange(min = 0.5f, max = 2) float scale, @ForAll boolean eight) {
        int bits = eight ? 8 : 4;
        Random random = new Random(seed);
        float[] x = new float[7];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat(-4, 3.5f);
        }
        byte[] y = new byte[CacheRows.bytes(bits, 7)];
        float[] back = new float[7];
        CacheRows.quantize(bits, x, 0, 7, new float[] {scale}, 0, 0, y, 0);
        CacheRows.dequantize(bits, y, 0, 7, new float[] {scale}, 0, 0, back, 0);
        for (int i = 0; i < 7; i++) {
            assertTrue(Math.abs(x[i] - back[i]) <= scale * 0.5001, x[i] + " became " + back[i]);
        }
    }
}
