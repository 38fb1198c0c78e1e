package org.lanewise.kernels.pool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RoiPoolTest {
    private static float[] ramp(int count) {
        float[] x = new float[count];
        for (int i = 0; i < count; i++) {
            x[i] = i;
        }
        return x;
    }

    @Test
    void alignedMeansOfARamp() {
        // a linear image: the mean of a bin is the value at its centre
        RoiAlign.Spec spec = new RoiAlign.Spec(1, 8, 8, 2, 2, 2, 1, true, false);
        float[] y = new float[4];
        RoiAlign.run(spec, ramp(64), 0, 1, new float[] {2, 2, 6, 6}, 0, new long[] {0}, 0, y, 0, 0, 1);
        // bin centres 3 and 5 in edges, 2.5 and 4.5 in pixels
        assertArrayEquals(new float[] {22.5f, 24.5f, 38.5f, 40.5f}, y, 1e-5f);
    }

    @Test
    void edgesWithoutHalfPixelAndMaximum() {
        RoiAlign.Spec mean = new RoiAlign.Spec(1, 8, 8, 1, 1, 0, 0.5f, false, false);
        float[] y = new float[1];
        RoiAlign.run(mean, ramp(64), 0, 1, new float[] {4, 4, 4, 4}, 0, new long[] {0}, 0, y, 0, 0, 1);
        assertEquals(2.5f * 9, y[0], 1e-5f); // at least one pixel large, centre (2.5, 2.5)
        RoiAlign.Spec max = new RoiAlign.Spec(2, 2, 2, 1, 1, 1, 1, true, true);
        float[] x = new float[8];
        Arrays.fill(x, 4, 8, 4);
        float[] two = new float[2];
        RoiAlign.run(max, x, 0, 1, new float[] {0, 0, 2, 2}, 0, new long[] {0}, 0, two, 0, 0, 1);
        assertArrayEquals(new float[] {0, 1}, two); // the largest of four neighbours, each weighted a quarter
    }

    @Test
    void outsideCountsAsZero() {
        RoiAlign.Spec spec = new RoiAlign.Spec(1, 2, 2, 1, 1, 1, 1, true, false);
        float[] y = {7};
        RoiAlign.run(
                spec, new float[] {1, 1, 1, 1}, 0, 1, new float[] {10, 10, 12, 12}, 0, new long[] {0}, 0, y, 0, 0, 1);
        assertEquals(0f, y[0]);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> RoiAlign.run(spec, new float[4], 0, 1, new float[4], 0, new long[] {1}, 0, y, 0, 0, 1))
                .getMessage();
        assertEquals("region 0 names image 1 of 1", message);
    }

    @Test
    void wholePixels() {
        float[] y = new float[4];
        MaxRoiPool.run(ramp(36), 0, 1, 1, 6, 6, new float[] {0, 1, 1, 4, 4}, 0, 1, y, 0, 2, 2, 0, 1);
        assertArrayEquals(new float[] {14, 16, 26, 28}, y);
        MaxRoiPool.run(ramp(36), 0, 1, 1, 6, 6, new float[] {0, 20, 20, 21, 21}, 0, 1, y, 0, 2, 2, 0, 1);
        assertArrayEquals(new float[4], y);
    }
}
