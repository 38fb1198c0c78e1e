package org.lanewise.kernels.pool;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.WindowAxis;

class PoolTest {
    private static final int[] NONE = {};

    private static PoolGeometry geometry(Random random, int rank, int channels) {
        List<WindowAxis> axes = new ArrayList<>();
        while (axes.size() < rank) {
            int kernel = 1 + random.nextInt(4);
            WindowAxis axis = WindowAxis.padded(
                    1 + random.nextInt(rank == 3 ? 6 : 15),
                    kernel,
                    1 + random.nextInt(3),
                    random.nextInt(kernel),
                    random.nextInt(kernel),
                    1 + random.nextInt(2),
                    random.nextBoolean());
            if (axis.output() > 0) {
                axes.add(axis);
            }
        }
        return new PoolGeometry(1 + random.nextInt(2), 1 + random.nextInt(channels), axes);
    }

    /** Input pixels (or -1 in the padding, -2 beyond it) of one window. */
    private static int[] window(PoolGeometry g, int pixel) {
        WindowAxis[] axes = {g.depthAxis(), g.heightAxis(), g.widthAxis()};
        int[] start = new int[3];
        int rest = pixel;
        int taps = 1;
        for (int a = 2; a >= 0; a--) {
            start[a] = rest % axes[a].output() * axes[a].stride() - axes[a].padBegin();
            rest /= axes[a].output();
            taps *= axes[a].kernel();
        }
        int[] pixels = new int[taps];
        for (int t = 0; t < taps; t++) {
            int tap = t;
            int at = 0;
            int step = 1;
            int where = 0;
            for (int a = 2; a >= 0; a--) {
                int p = start[a] + tap % axes[a].kernel() * axes[a].dilation();
                tap /= axes[a].kernel();
                if (p >= axes[a].input() + axes[a].padEnd()) {
                    where = -2;
                } else if ((p < 0 || p >= axes[a].input()) && where == 0) {
                    where = -1;
                }
                at += p * step;
                step *= axes[a].input();
            }
            pixels[t] = where < 0 ? where : at;
        }
        return pixels;
    }

    private static double[] values(Random random, int count) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(64) - 32;
        }
        return values;
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private static byte[] channelsLast(byte[] x, int channels, int pixels, int offset) {
        byte[] y = new byte[x.length + offset];
        for (int i = 0; i < x.length; i++) {
            int plane = i / pixels;
            y[offset + (plane / channels * pixels + i % pixels) * channels + plane % channels] = x[i];
        }
        return y;
    }

    private static float[] channelsLast(float[] x, int channels, int pixels) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[(i / pixels / channels * pixels + i % pixels) * channels + i / pixels % channels] = x[i];
        }
        return y;
    }

    @Property(tries = 200)
    void max(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank) {
        Random random = new Random(seed);
        PoolGeometry g = geometry(random, rank, rank == 2 ? 40 : 4);
        double[] x = values(random, g.planes() * g.inputPixels());
        int size = g.planes() * g.outputPixels();
        double[] expected = new double[size];
        long[] where = new long[size];
        for (int i = 0; i < size; i++) {
            expected[i] = Double.NEGATIVE_INFINITY;
            where[i] = -1;
            int plane = i / g.outputPixels() * g.inputPixels();
            for (int pixel : window(g, i % g.outputPixels())) {
                if (pixel >= 0 && (where[i] < 0 || x[plane + pixel] > expected[i])) {
                    expected[i] = x[plane + pixel];
                    where[i] = plane + pixel;
                }
            }
        }
        float[] y = new float[size];
        int split = random.nextInt(g.planes() + 1);
        MaxPool.run(g, floats(x), 0, y, 0, split, g.planes());
        MaxPool.run(g, floats(x), 0, y, 0, 0, split);
        assertArrayEquals(floats(expected), y);
        double[] doubles = new double[size];
        MaxPool.run(g, x, 0, doubles, 0, 0, g.planes());
        assertArrayEquals(expected, doubles);
        long[] indices = new long[size];
        MaxPool.runIndexed(g, floats(x), 0, y, 0, indices, 0, false, split, g.planes());
        MaxPool.runIndexed(g, floats(x), 0, y, 0, indices, 0, false, 0, split);
        assertArrayEquals(where, indices);
        assertArrayEquals(floats(expected), y);
        if (rank == 2) {
            float[] z = new float[size];
            int rows = g.batch() * g.heightAxis().output();
            int half = random.nextInt(rows + 1);
            float[] last = channelsLast(floats(x), g.channels(), g.inputPixels());
            MaxPool.runNhwc(g, last, 0, z, 0, half, rows);
            MaxPool.runNhwc(g, last, 0, z, 0, 0, half);
            assertArrayEquals(channelsLast(floats(expected), g.channels(), g.outputPixels()), z);
        }
    }

    @Property(tries = 200)
    void average(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank, @ForAll boolean includePad) {
        Random random = new Random(seed);
        PoolGeometry g = geometry(random, rank, rank == 2 ? 40 : 4);
        double[] x = values(random, g.planes() * g.inputPixels());
        int size = g.planes() * g.outputPixels();
        double[] expected = new double[size];
        double[] norms = new double[size];
        for (int i = 0; i < size; i++) {
            int count = 0;
            int plane = i / g.outputPixels() * g.inputPixels();
            for (int pixel : window(g, i % g.outputPixels())) {
                count += pixel >= 0 || pixel == -1 && includePad ? 1 : 0;
                expected[i] += pixel >= 0 ? x[plane + pixel] : 0;
                norms[i] += pixel >= 0 ? Math.pow(Math.abs(x[plane + pixel]), 3) : 0;
            }
            expected[i] = count == 0 ? 0 : expected[i] / count;
            norms[i] = Math.cbrt(norms[i]);
        }
        float[] y = new float[size];
        AveragePool.run(g, floats(x), 0, y, 0, includePad, 0, g.planes());
        assertArrayEquals(floats(expected), y, 1e-5f);
        double[] doubles = new double[size];
        AveragePool.run(g, x, 0, doubles, 0, includePad, 0, g.planes());
        assertArrayEquals(expected, doubles, 1e-12);
        LpPool.run(g, x, 0, doubles, 0, 3, 0, g.planes());
        assertArrayEquals(norms, doubles, 1e-9);
        LpPool.run(g, floats(x), 0, y, 0, 3, 0, g.planes());
        assertArrayEquals(floats(norms), y, 1e-4f);
        if (rank == 2) {
            float[] z = new float[size];
            int rows = g.batch() * g.heightAxis().output();
            AveragePool.runNhwc(
                    g, channelsLast(floats(x), g.channels(), g.inputPixels()), 0, z, 0, includePad, 0, rows);
            assertArrayEquals(channelsLast(floats(expected), g.channels(), g.outputPixels()), z, 1e-5f);
        }
    }

    @Property(tries = 200)
    void bytes(@ForAll long seed, @ForAll boolean unsigned) {
        Random random = new Random(seed);
        PoolGeometry g = geometry(random, 2, random.nextInt(3) == 0 ? 4 : 140);
        byte[] x = new byte[g.planes() * g.inputPixels()];
        random.nextBytes(x);
        float[] wide = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            wide[i] = unsigned ? x[i] & 0xff : x[i];
        }
        int size = g.planes() * g.outputPixels();
        float[] expected = new float[size];
        long[] where = new long[size];
        MaxPool.runIndexed(g, wide, 0, expected, 0, where, 0, false, 0, g.planes());
        byte[] y = new byte[size];
        long[] indices = new long[size];
        MaxPool.runIndexed(g, x, 0, y, 0, unsigned, indices, 0, false, 0, g.planes());
        assertArrayEquals(where, indices);
        byte[] z = new byte[size];
        MaxPool.run(g, x, 0, z, 0, unsigned, 0, g.planes());
        byte[] last = new byte[size + 3];
        int rows = g.batch() * g.heightAxis().output();
        int half = random.nextInt(rows + 1);
        byte[] moved = channelsLast(x, g.channels(), g.inputPixels(), 5);
        MaxPool.runNhwc(g, moved, 5, last, 3, unsigned, half, rows);
        MaxPool.runNhwc(g, moved, 5, last, 3, unsigned, 0, half);
        assertArrayEquals(channelsLast(z, g.channels(), g.outputPixels(), 3), last);
        for (int i = 0; i < size; i++) {
            float lowest = unsigned ? 0 : -128;
            assertEquals(Math.max(lowest, expected[i]), unsigned ? y[i] & 0xff : y[i]);
            assertEquals(y[i], z[i]);
        }
    }

    @Test
    void columnMajorIndices() {
        PoolGeometry g =
                PoolGeometry.of(new int[] {1, 1, 2, 3}, new int[] {2, 3}, AutoPad.NOTSET, NONE, NONE, NONE, false);
        long[] index = new long[1];
        float[] y = new float[1];
        MaxPool.runIndexed(g, new float[] {0, 0, 0, 0, 9, 0}, 0, y, 0, index, 0, true, 0, 1);
        assertEquals(9f, y[0]);
        assertEquals(3, index[0]); // row 1, column 1 of 2 rows: 1 * 2 + 1
    }

    @Test
    void notANumberWins() {
        PoolGeometry g =
                PoolGeometry.of(new int[] {1, 1, 1, 3}, new int[] {1, 3}, AutoPad.NOTSET, NONE, NONE, NONE, false);
        float[] x = {5, Float.NaN, 7};
        float[] y = new float[1];
        MaxPool.run(g, x, 0, y, 0, 0, 1);
        assertTrue(Float.isNaN(y[0]));
        long[] index = new long[1];
        y[0] = 0;
        MaxPool.runIndexed(g, new float[] {5, Float.NaN, Float.NaN}, 0, y, 0, index, 0, false, 0, 1);
        assertTrue(Float.isNaN(y[0]));
        MaxPool.runNhwc(g, x, 0, y, 0, 0, 1);
        assertTrue(Float.isNaN(y[0]));
    }

    /** Halves first: the two large values meet before ones are lost beside them, compiled or not. */
    @Test
    void lanesAreAddedInOneOrder() {
        assumeTrue(Simd.ENABLED);
        float[] x = new float[2 * Simd.LANES];
        Arrays.fill(x, 1);
        x[0] = 1e8f;
        x[Simd.LANES / 2] = -1e8f;
        float[] y = new float[1];
        GlobalPool.average(x, 0, x.length, y, 0, 0, 1);
        assertEquals((Simd.LANES - 2) / (float) Simd.LANES, y[0]);
    }

    @Property(tries = 60)
    void global(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 70) int channels,
            @ForAll @IntRange(min = 1, max = 70) int pixels) {
        Random random = new Random(seed);
        double[] x = values(random, 2 * channels * pixels);
        double[] mean = new double[2 * channels];
        double[] largest = new double[2 * channels];
        GlobalPool.max(x, 0, pixels, largest, 0, 0, 2 * channels);
        GlobalPool.average(x, 0, pixels, mean, 0, 0, 2 * channels);
        double sum = 0;
        double best = x[0];
        for (int i = 0; i < pixels; i++) {
            sum += x[i];
            best = Math.max(best, x[i]);
        }
        assertEquals(sum / pixels, mean[0], 1e-12);
        assertEquals(best, largest[0]);
        float[] y = new float[2 * channels];
        GlobalPool.average(floats(x), 0, pixels, y, 0, 0, 2 * channels);
        assertArrayEquals(floats(mean), y, 1e-5f);
        GlobalPool.max(floats(x), 0, pixels, y, 0, 0, 2 * channels);
        assertArrayEquals(floats(largest), y);
        float[] last = channelsLast(floats(x), channels, pixels);
        GlobalPool.averageNhwc(last, 0, pixels, channels, y, 0, 0, 2);
        assertArrayEquals(floats(mean), y, 1e-5f);
        GlobalPool.maxNhwc(last, 0, pixels, channels, y, 0, 0, 2);
        assertArrayEquals(floats(largest), y);
        LpPool.global(x, 0, pixels, mean, 0, 1, 0, 1);
        double norm = 0;
        for (int i = 0; i < pixels; i++) {
            norm += Math.abs(x[i]);
        }
        assertEquals(norm, mean[0], 1e-9);
    }

    @Test
    void unpool() {
        float[] y = new float[16];
        MaxUnpool.run(
                new float[] {1, 2, 3, 4},
                0,
                new long[] {5, 7, 13, 15},
                0,
                4,
                new int[] {4, 4},
                y,
                0,
                new int[] {4, 4},
                1);
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4}, y);
        double[] wider = new double[8];
        MaxUnpool.run(new double[] {6}, 0, new long[] {3}, 0, 1, new int[] {2, 2}, wider, 0, new int[] {2, 4}, 1);
        assertArrayEquals(new double[] {0, 0, 0, 0, 0, 6, 0, 0}, wider);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> MaxUnpool.run(
                                new float[] {1}, 0, new long[] {16}, 0, 1, new int[] {4, 4}, y, 0, new int[] {4, 4}, 1))
                .getMessage();
        assertEquals("index 16 lies outside 1 planes of [4, 4] in an output of [4, 4]", message);
    }

    @Test
    void refusals() {
        assertEquals(
                "kernel_shape has 1 values, expected 2",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> PoolGeometry.of(
                                        new int[] {1, 1, 2, 2}, new int[] {2}, AutoPad.NOTSET, NONE, NONE, NONE, false))
                        .getMessage());
        assertEquals(
                "pooling over 4 spatial axes, expected 1 to 3",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> PoolGeometry.of(
                                        new int[] {1, 1, 2, 2, 2, 2},
                                        new int[] {1, 1, 1, 1},
                                        AutoPad.NOTSET,
                                        NONE,
                                        NONE,
                                        NONE,
                                        false))
                        .getMessage());
    }
}
