package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random geometries and data for the differential tests, reproducible from a seed. */
final class Cases {
    /** Values before the data in every array, so that a kernel that ignores an offset is found. */
    static final int OFFSET = 5;

    private Cases() {}

    /** A geometry of the given rank with at most {@code channels} channels a group. */
    static ConvGeometry geometry(Random random, int rank, int channels, boolean depthwise) {
        List<WindowAxis> axes = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
            axes.add(axis(random, rank == 1 ? 40 : rank == 2 ? 19 : 7));
        }
        int group = depthwise ? 1 + random.nextInt(channels) : 1 + random.nextInt(3);
        int in = depthwise ? 1 : 1 + random.nextInt(channels);
        int out = depthwise ? (random.nextInt(4) == 0 ? 2 : 1) : 1 + random.nextInt(channels);
        return new ConvGeometry(1 + random.nextInt(2), in * group, out * group, group, axes);
    }

    /** One axis: kernels 1 to 6, strides and dilations 1 to 3, pads up to the kernel, now and then so many that windows lie in them altogether. */
    static WindowAxis axis(Random random, int most) {
        while (true) {
            int kernel = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 1 + 2 * random.nextInt(3);
            WindowAxis axis = WindowAxis.padded(
                    1 + random.nextInt(most),
                    kernel,
                    1 + random.nextInt(3),
                    pad(random, kernel),
                    pad(random, kernel),
                    1 + (random.nextInt(3) == 0 ? random.nextInt(3) : 0),
                    false);
            if (axis.output() > 0) {
                return axis;
            }
        }
    }

    private static int pad(Random random, int kernel) {
        return random.nextInt(random.nextInt(6) == 0 ? 3 * kernel + 5 : kernel + 1);
    }

    /** Small multiples of 1/8: their sums are exact, whatever the order. */
    static double[] values(Random random, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = (random.nextInt(33) - 16) / 8.0;
        }
        return values;
    }

    /** The values as floats, after {@link #OFFSET} not-a-numbers. */
    static float[] floats(double[] values) {
        float[] floats = new float[OFFSET + values.length];
        java.util.Arrays.fill(floats, 0, OFFSET, Float.NaN);
        for (int i = 0; i < values.length; i++) {
            floats[OFFSET + i] = (float) values[i];
        }
        return floats;
    }

    /** {@code (N, C, P)} to {@code (N, P, C)}. */
    static double[] channelsLast(double[] x, int batch, int channels, int pixels) {
        double[] y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            int c = i / pixels % channels;
            y[(i / pixels / channels * pixels + i % pixels) * channels + c] = x[i];
        }
        assertEquals(batch * channels * pixels, x.length);
        return y;
    }

    /** Asserts that {@code got}, from {@link #OFFSET} on, is exactly {@code expected}, and that nothing before it was touched. */
    static void assertSame(double[] expected, float[] got, Object what) {
        for (int i = 0; i < OFFSET; i++) {
            assertEquals(0f, got[i], () -> "value written before the output: " + what);
        }
        for (int i = 0; i < expected.length; i++) {
            int at = i;
            assertEquals((float) expected[i], got[OFFSET + i], () -> "element " + at + " of " + what);
        }
        for (int i = OFFSET + expected.length; i < got.length; i++) {
            assertEquals(0f, got[i], () -> "value written after the output: " + what);
        }
    }

    /** An output array with room before and after. */
    static float[] output(int size) {
        return new float[size + 2 * OFFSET];
    }

    /** A point that splits {@code count} units in two. */
    static int split(Random random, int count) {
        return random.nextInt(count + 1);
    }
}
