package org.lanewise.kernels.resize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.resize.ResizeSpec.Coordinates;
import org.lanewise.kernels.resize.ResizeSpec.Mode;
import org.lanewise.kernels.resize.ResizeSpec.Nearest;

class ResizeTest {
    private static final double[] NONE = {};

    private static float[] run(ResizeSpec spec, float[] x, int[] in, int[] out, double[] scales, double[] roi) {
        Resize resize = new Resize(spec, in, out, scales, roi);
        int size = 1;
        for (int d : out) {
            size *= d;
        }
        float[] y = new float[size];
        resize.run(x, 0, y, 0, new float[resize.scratchSize()], 0, 0, resize.units());
        return y;
    }

    private static float[] row(ResizeSpec spec, double scale, int out, float... x) {
        return run(spec, x, new int[] {x.length}, new int[] {out}, new double[] {scale}, NONE);
    }

    @Test
    void linearRows() {
        ResizeSpec linear = ResizeSpec.of(Mode.LINEAR);
        assertArrayEquals(new float[] {1, 1.25f, 1.75f, 2}, row(linear, 2, 4, 1, 2));
        assertArrayEquals(new float[] {1.5f, 3.5f}, row(linear, 0.5, 2, 1, 2, 3, 4));
        assertArrayEquals(
                new float[] {1, 4 / 3f, 5 / 3f, 2}, row(linear.with(Coordinates.ALIGN_CORNERS), 2, 4, 1, 2), 1e-6f);
        assertArrayEquals(new float[] {1, 1.5f, 2, 2}, row(linear.with(Coordinates.ASYMMETRIC), 2, 4, 1, 2));
        assertArrayEquals(new float[] {1}, row(linear.with(Coordinates.PYTORCH_HALF_PIXEL), 0.25, 1, 1, 2, 3, 4));
        // 4 pixels at scale 0.6 are 2: the sampled points stay centred
        assertArrayEquals(
                new float[] {1.6666667f, 3.3333333f},
                row(linear.with(Coordinates.HALF_PIXEL_SYMMETRIC), 0.6, 2, 1, 2, 3, 4),
                1e-6f);
    }

    /** A scale of 1.7 is 1.70000005 in {@code float}; pixel 17 lies at 10 nevertheless, and pixel 8 halfway between 4 and 5. */
    @Test
    void nearestRoundsPositionsToFloat() {
        float[] x = new float[20];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
        }
        ResizeSpec nearest = ResizeSpec.of(Mode.NEAREST);
        ResizeSpec floor = nearest(nearest.with(Coordinates.ASYMMETRIC), Nearest.FLOOR);
        assertEquals(10, row(floor, 1.7f, 34, x)[17]);
        assertEquals(10, row(floor, 34 / 20.0, 34, x)[17]);
        assertEquals(5, row(nearest(nearest, Nearest.ROUND_PREFER_CEIL), 1.7f, 34, x)[8]);
        assertEquals(4, row(nearest(nearest, Nearest.ROUND_PREFER_FLOOR), 1.7f, 34, x)[8]);
    }

    /** Planes whose rows are one vector and more have a kernel of their own, whole ones and the last that it may not read beyond. */
    @Property(tries = 60)
    void linearPlanesInFloatAreThoseInDouble(@ForAll long seed) {
        Random random = new Random(seed);
        int[] in = {1 + random.nextInt(4), 1 + random.nextInt(9), 1 + random.nextInt(40)};
        int[] out = {in[0], 1 + random.nextInt(20), 1 + random.nextInt(100)};
        Coordinates[] rules = {Coordinates.HALF_PIXEL, Coordinates.ALIGN_CORNERS, Coordinates.ASYMMETRIC};
        ResizeSpec spec = ResizeSpec.of(Mode.LINEAR).with(rules[random.nextInt(3)]);
        float[] x = new float[in[0] * in[1] * in[2]];
        double[] values = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat(-1, 1);
            values[i] = x[i];
        }
        double[] expected = new double[out[0] * out[1] * out[2]];
        new Resize(spec, in, out, NONE, NONE).run(values, 0, expected, 0);
        float[] y = run(spec, x, in, out, NONE, NONE);
        for (int i = 0; i < y.length; i++) {
            assertEquals(expected[i], y[i], 1e-5);
        }
    }

    @Test
    void nearestRows() {
        float[] x = {1, 2, 3};
        ResizeSpec base = ResizeSpec.of(Mode.NEAREST).with(Coordinates.ASYMMETRIC);
        assertArrayEquals(new float[] {1, 1, 2, 2, 3, 3}, row(nearest(base, Nearest.FLOOR), 2, 6, x));
        assertArrayEquals(new float[] {1, 2, 2, 3, 3, 3}, row(nearest(base, Nearest.CEIL), 2, 6, x));
        assertArrayEquals(new float[] {1, 1, 2, 2, 3, 3}, row(nearest(base, Nearest.ROUND_PREFER_FLOOR), 2, 6, x));
        assertArrayEquals(new float[] {1, 2, 2, 3, 3, 3}, row(nearest(base, Nearest.ROUND_PREFER_CEIL), 2, 6, x));
        assertArrayEquals(
                new float[] {2, 2, 3, 3, 3, 3},
                row(nearest(base.with(Coordinates.TF_HALF_PIXEL_FOR_NN), Nearest.CEIL), 2, 6, x));
    }

    private static ResizeSpec nearest(ResizeSpec s, Nearest rule) {
        return new ResizeSpec(
                s.mode(), s.coordinates(), rule, s.cubicA(), s.excludeOutside(), s.antialias(), s.extrapolation());
    }

    @Test
    void cubicWeights() {
        ResizeSpec cubic = ResizeSpec.of(Mode.CUBIC);
        // at 1.5 with A = -0.75: -0.09375, 0.59375, 0.59375, -0.09375
        assertArrayEquals(new float[] {59.375f}, row(cubic.with(Coordinates.HALF_PIXEL), 0.25, 1, 0, 100, 0, 0), 1e-4f);
        ResizeSpec excluding = new ResizeSpec(Mode.CUBIC, Coordinates.ASYMMETRIC, Nearest.FLOOR, -0.5f, true, false, 0);
        // at 0.5 with A = -0.5: -1/16, 9/16, 9/16, -1/16; the first lies outside, the rest is 17/16
        float[] y = row(excluding, 2, 6, 0, 17, 0);
        assertEquals(9f, y[1], 1e-5f);
    }

    @Test
    void antialiasedMeans() {
        ResizeSpec spec = new ResizeSpec(Mode.LINEAR, Coordinates.HALF_PIXEL, Nearest.FLOOR, -0.75f, false, true, 0);
        // a triangle four pixels wide, centred between pixels 1 and 2: weights 1, 3, 3, 1 of 8
        float[] y = row(spec, 0.5, 3, 0, 0, 8, 0, 0, 0);
        assertArrayEquals(new float[] {1, 3, 0}, new float[] {y[0], y[1], y[2]}, 1e-5f);
    }

    @Test
    void cropsAndExtrapolates() {
        ResizeSpec spec =
                new ResizeSpec(Mode.LINEAR, Coordinates.TF_CROP_AND_RESIZE, Nearest.FLOOR, -0.75f, false, false, 10);
        float[] x = {0, 1, 2, 3, 4};
        int[] dims = {5};
        assertArrayEquals(new float[] {1, 2, 3}, run(spec, x, dims, new int[] {3}, NONE, new double[] {0.25, 0.75}));
        assertArrayEquals(new float[] {2, 4, 10}, run(spec, x, dims, new int[] {3}, NONE, new double[] {0.5, 1.5}));
    }

    @Test
    void refusals() {
        ResizeSpec spec = ResizeSpec.of(Mode.LINEAR);
        assertEquals(
                "axis 0 is empty and cannot be resized to 2",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Resize(spec, new int[] {0}, new int[] {2}, NONE, NONE))
                        .getMessage());
        assertEquals(
                "scale 0.0 of axis 0, expected more than 0",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Resize(spec, new int[] {1}, new int[] {2}, new double[] {0}, NONE))
                        .getMessage());
        Resize resize = new Resize(spec, new int[] {2}, new int[] {4}, NONE, NONE);
        assertThrows(IllegalStateException.class, resize::sources);
    }

    /** Float, double, source indices and both layouts must agree, whatever the attributes. */
    @Property(tries = 300)
    void formsAgree(@ForAll long seed, @ForAll Mode mode, @ForAll Coordinates coordinates) {
        Random random = new Random(seed);
        ResizeSpec spec = new ResizeSpec(
                mode,
                coordinates,
                Nearest.values()[random.nextInt(4)],
                -0.75f,
                random.nextBoolean(),
                random.nextInt(3) == 0,
                7f);
        int channels = random.nextInt(4) == 0 ? 4 + random.nextInt(40) : 1 + random.nextInt(3);
        int[] in = {2, channels, 1 + random.nextInt(9), 1 + random.nextInt(9)};
        int[] out = {2, channels, 1 + random.nextInt(12), random.nextInt(4) == 0 ? in[3] : 1 + random.nextInt(12)};
        double[] roi = {0, 0, 0.1, -0.2, 1, 1, 0.9, 1.3};
        float[] x = new float[2 * channels * in[2] * in[3]];
        double[] wide = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextInt(100);
            wide[i] = x[i];
        }
        Resize resize = new Resize(spec, in, out, NONE, roi);
        float[] y = new float[2 * channels * out[2] * out[3]];
        float[] scratch = new float[resize.scratchSize() + 3];
        int split = random.nextInt(resize.units() + 1);
        resize.run(x, 0, y, 0, scratch, 3, split, resize.units());
        resize.run(x, 0, y, 0, scratch, 3, 0, split);
        double[] doubles = new double[y.length];
        resize.run(wide, 0, doubles, 0);
        for (int i = 0; i < y.length; i++) {
            assertEquals(doubles[i], y[i], 1e-3, spec + " element " + i);
        }
        if (mode == Mode.NEAREST) {
            int[] sources = resize.sources();
            for (int i = 0; i < y.length; i++) {
                assertEquals(sources[i] < 0 ? 7f : x[sources[i]], y[i]);
            }
        }
        float[] z = run(
                spec,
                channelsLast(x, channels, in[2] * in[3]),
                new int[] {2, in[2], in[3], channels},
                new int[] {2, out[2], out[3], channels},
                NONE,
                new double[] {0, 0.1, -0.2, 0, 1, 0.9, 1.3, 1});
        assertArrayEquals(channelsLast(y, channels, out[2] * out[3]), z, 1e-3f);
    }

    private static float[] channelsLast(float[] x, int channels, int pixels) {
        float[] y = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            y[(i / pixels / channels * pixels + i % pixels) * channels + i / pixels % channels] = x[i];
        }
        return y;
    }
}
