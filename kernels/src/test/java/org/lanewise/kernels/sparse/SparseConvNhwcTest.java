package org.lanewise.kernels.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WindowAxis;

/** Sparse convolutions against sums in double precision, and whatever way the work is split against the whole. */
class SparseConvNhwcTest {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);
    private static final int X_OFF = 5;
    private static final int Y_OFF = 3;
    private static final int SCRATCH_OFF = 12;

    private static ConvGeometry geometry(
            int n, int c, int m, int group, int size, int kernel, int stride, int pad, int dilation) {
        WindowAxis axis = WindowAxis.padded(size, kernel, stride, pad, pad, dilation, false);
        return new ConvGeometry(n, c, m, group, List.of(axis, axis));
    }

    private static ConvGeometry geometry(Random random) {
        int group = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
        int c = group * (1 + random.nextInt(random.nextInt(4) == 0 ? 70 : 9));
        int m = group * (1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 9));
        WindowAxis h = axis(random);
        int rank = random.nextInt(6) == 0 ? 1 : 2;
        return new ConvGeometry(
                random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(3),
                c,
                m,
                group,
                rank == 1 ? List.of(h) : List.of(axis(random), h));
    }

    private static WindowAxis axis(Random random) {
        int size = random.nextInt(12) == 0 ? 0 : 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 12);
        int kernel = 1 + random.nextInt(4);
        int stride = 1 + random.nextInt(3);
        return WindowAxis.padded(
                size,
                kernel,
                stride,
                random.nextInt(4),
                random.nextInt(4),
                1 + random.nextInt(3),
                random.nextBoolean());
    }

    private static float[] sparse(ConvGeometry g, double share, Random random) {
        float[] w = new float[g.weightSize()];
        for (int i = 0; i < w.length; i++) {
            w[i] = random.nextDouble() < share ? (float) random.nextGaussian() : random.nextBoolean() ? 0f : -0f;
        }
        for (int m = 0; m < g.outChannels(); m++) {
            if (random.nextInt(5) == 0) {
                Arrays.fill(w, m * g.depth(), (m + 1) * g.depth(), 0f);
            }
        }
        return w;
    }

    private static float[] normal(int size, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** By definition; zero weights and padding contribute nothing. Also the sum of magnitudes, in {@code scale}. */
    private static double[] naive(
            ConvGeometry g,
            float[] x,
            float[] w,
            float @Nullable [] bias,
            float @Nullable [] residual,
            double[] scale) {
        double[] y = new double[g.outputSize()];
        WindowAxis v = g.heightAxis();
        WindowAxis h = g.widthAxis();
        int all = g.outChannels();
        for (int i = 0; i < y.length; i++) {
            int m = i % all;
            int pixel = i / all;
            int left = pixel % h.output() * h.stride() - h.padBegin();
            int top = pixel / h.output() % v.output() * v.stride() - v.padBegin();
            int image = pixel / h.output() / v.output();
            double sum = (bias == null ? 0 : bias[m]) + (residual == null ? 0 : residual[i]);
            double size = Math.abs(sum);
            for (int t = 0; t < g.depth(); t++) {
                float weight = w[m * g.depth() + t];
                int tap = t % g.taps();
                int iy = top + tap / h.kernel() * v.dilation();
                int ix = left + tap % h.kernel() * h.dilation();
                if (weight == 0 || iy < 0 || iy >= v.input() || ix < 0 || ix >= h.input()) {
                    continue;
                }
                int c = m / g.groupOutChannels() * g.groupInChannels() + t / g.taps();
                double product = (double) weight * x[((image * v.input() + iy) * h.input() + ix) * g.inChannels() + c];
                sum += product;
                size += Math.abs(product);
            }
            y[i] = sum;
            scale[i] = size;
        }
        return y;
    }

    private static float[] run(
            SparseConvNhwc conv, ConvGeometry g, float[] x, float @Nullable [] residual, int[] units, int[] channels) {
        float[] in = new float[X_OFF + x.length];
        System.arraycopy(x, 0, in, X_OFF, x.length);
        float[] y = new float[Y_OFF + g.outputSize()];
        Arrays.fill(y, -77f);
        boolean inPlace = residual != null && units.length % 2 == 0;
        if (inPlace) {
            System.arraycopy(residual, 0, y, Y_OFF, residual.length);
        }
        float[] scratch = new float[SCRATCH_OFF + conv.scratchSize(g)];
        Arrays.fill(scratch, Float.NaN);
        for (int i = 1; i < units.length; i++) {
            for (int j = 1; j < channels.length; j++) {
                conv.run(
                        g,
                        in,
                        X_OFF,
                        y,
                        Y_OFF,
                        inPlace ? y : residual,
                        inPlace ? Y_OFF : 0,
                        scratch,
                        SCRATCH_OFF,
                        units[i - 1],
                        units[i],
                        channels[j - 1],
                        channels[j]);
            }
        }
        return Arrays.copyOfRange(y, Y_OFF, y.length);
    }

    private static int[] ends(int end) {
        return new int[] {0, end};
    }

    private static int[] pieces(int end, Random random) {
        int[] cuts = random.ints(1 + random.nextInt(4), 0, end + 1).sorted().toArray();
        int[] all = new int[cuts.length + 2];
        System.arraycopy(cuts, 0, all, 1, cuts.length);
        all[all.length - 1] = end;
        return all;
    }

    private static void check(ConvGeometry g, double share, boolean relu, Random random) {
        float[] w = sparse(g, share, random);
        float[] x = normal(g.inputSize(), random);
        float[] bias = random.nextBoolean() ? normal(g.outChannels(), random) : null;
        float[] residual = random.nextBoolean() ? normal(g.outputSize(), random) : null;
        SparseConvNhwc conv = new SparseConvNhwc(g, w, 0, bias, 0, relu ? RELU : NONE, SparseForm.LISTS);
        double[] scale = new double[g.outputSize()];
        double[] expected = naive(g, x, w, bias, residual, scale);
        float[] y = run(conv, g, x, residual, ends(conv.units(g)), ends(g.outChannels()));
        for (int i = 0; i < y.length; i++) {
            double wanted = relu ? Math.max(0, expected[i]) : expected[i];
            int at = i;
            assertEquals(wanted, y[i], 1e-6 * (1 + scale[i]), () -> "element " + at + " of " + g);
        }
        int[] channels = pieces(g.outChannels(), random);
        for (int i = 0; i < channels.length - 1; i++) {
            channels[i] -= channels[i] % SparseConvNhwc.CHANNELS;
        }
        float[] split = run(conv, g, x, residual, pieces(conv.units(g), random), channels);
        assertArrayEquals(y, split, "split: " + g);
    }

    @Property(tries = 150)
    void equalsTheDefinition(@ForAll long seed) {
        Random random = new Random(seed);
        check(geometry(random), random.nextDouble() * 0.5, random.nextBoolean(), random);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 32, 40, 1, 28, 3, 1, 1, 1", "1, 64, 17, 1, 14, 3, 1, 1, 1", "1, 33, 32, 1, 7, 3, 1, 1, 1",
        "2, 16, 16, 1, 15, 3, 2, 1, 1", "1, 3, 20, 1, 33, 7, 2, 3, 1", "1, 48, 32, 1, 9, 1, 2, 0, 1",
        "1, 40, 24, 1, 11, 1, 1, 0, 1", "3, 12, 12, 12, 9, 3, 1, 1, 1", "1, 24, 36, 3, 12, 5, 1, 2, 2",
        "1, 70, 32, 2, 8, 3, 1, 1, 1", "1, 200, 16, 1, 8, 3, 3, 0, 2"
    })
    void equalsTheDefinitionOfLayers(
            int n, int c, int m, int group, int size, int kernel, int stride, int pad, int dilation) {
        ConvGeometry g = geometry(n, c, m, group, size, kernel, stride, pad, dilation);
        check(g, 0.2, true, new Random(size));
        check(g, 0, false, new Random(size + 1));
    }

    @Test
    void oneWeightMovesTheImage() {
        ConvGeometry g = geometry(1, 2, 2, 1, 3, 3, 1, 1, 1);
        float[] w = new float[g.weightSize()];
        w[g.depth() + 9 + 1] = 2; // output channel 1, input channel 1, one row above
        float[] x = new float[18];
        for (int i = 0; i < 9; i++) {
            x[2 * i] = 1000;
            x[2 * i + 1] = i + 1;
        }
        SparseConvNhwc conv = new SparseConvNhwc(g, w, 0, new float[] {7, 1}, 0, NONE, SparseForm.LISTS);
        float[] y = run(conv, g, x, null, ends(conv.units(g)), ends(2));
        assertArrayEquals(new float[] {7, 1, 7, 1, 7, 1, 7, 3, 7, 5, 7, 7, 7, 9, 7, 11, 7, 13}, y);
        assertEquals(1, conv.nonZeros());
    }

    @Test
    void zeroWeightsAndPaddingAddNothing() {
        ConvGeometry g = geometry(1, 20, 19, 1, 6, 3, 1, 1, 1);
        Random random = new Random(3);
        float[] w = sparse(g, 0.1, random);
        float[] x = normal(g.inputSize(), random);
        for (int i = 0; i < x.length; i += 20) {
            x[i + 3] = Float.NaN;
            x[i + 4] = Float.POSITIVE_INFINITY;
        }
        for (int m = 0; m < 19; m++) {
            Arrays.fill(w, m * g.depth() + 27, m * g.depth() + 45, m % 2 == 0 ? 0f : -0f);
        }
        SparseConvNhwc conv = new SparseConvNhwc(g, w, 0, null, 0, NONE, SparseForm.LISTS);
        double[] expected = naive(g, x, w, null, null, new double[g.outputSize()]);
        float[] y = run(conv, g, x, null, ends(conv.units(g)), ends(19));
        for (int i = 0; i < y.length; i++) {
            assertEquals(expected[i], y[i], 1e-5);
        }
    }

    @Test
    void nanAndInfinityReachTheirPixels() {
        ConvGeometry g = geometry(1, 1, 1, 1, 8, 3, 1, 1, 1);
        float[] w = new float[9];
        w[4] = 1;
        w[5] = 1;
        float[] x = new float[64];
        x[27] = Float.NaN;
        x[12] = Float.POSITIVE_INFINITY;
        SparseConvNhwc conv = new SparseConvNhwc(g, w, 0, null, 0, NONE, SparseForm.LISTS);
        float[] y = run(conv, g, x, null, ends(conv.units(g)), ends(1));
        for (int i = 0; i < 64; i++) {
            float expected = i == 27 || i == 26 ? Float.NaN : i == 12 || i == 11 ? Float.POSITIVE_INFINITY : 0;
            assertEquals(expected, y[i], "pixel " + i);
        }
    }

    @Test
    void otherImageSizesOfOneLayer() {
        Random random = new Random(9);
        ConvGeometry first = geometry(1, 18, 20, 1, 28, 3, 1, 1, 1);
        float[] w = sparse(first, 0.2, random);
        SparseConvNhwc conv = new SparseConvNhwc(first, w, 0, null, 0, NONE, SparseForm.LISTS);
        for (int size : new int[] {28, 5, 9, 28, 17}) {
            ConvGeometry g = geometry(2, 18, 20, 1, size, 3, 1, 1, 1);
            float[] x = normal(g.inputSize(), random);
            double[] scale = new double[g.outputSize()];
            double[] expected = naive(g, x, w, null, null, scale);
            float[] y = run(conv, g, x, null, ends(conv.units(g)), ends(20));
            for (int i = 0; i < y.length; i++) {
                assertEquals(expected[i], y[i], 1e-6 * (1 + scale[i]));
            }
        }
    }

    @Test
    void piecesHaveTheirShareOfWeights() {
        ConvGeometry g = geometry(1, 16, 256, 1, 8, 3, 1, 1, 1);
        float[] w = new float[g.weightSize()];
        Arrays.fill(w, 192 * g.depth(), w.length, 1f); // all in the last quarter
        SparseConvNhwc conv = new SparseConvNhwc(g, w, 0, null, 0, NONE, SparseForm.LISTS);
        assertEquals(0, conv.cut(2, 0));
        assertEquals(224, conv.cut(2, 1));
        assertEquals(256, conv.cut(2, 2));
        for (int i = 0; i < 7; i++) {
            assertTrue(conv.cut(7, i) <= conv.cut(7, i + 1));
        }
    }

    @Test
    void predictsLessTimeForFewerWeights() {
        ConvGeometry g = geometry(1, 64, 64, 1, 14, 3, 1, 1, 1);
        double last = Double.MAX_VALUE;
        for (double share : new double[] {0.5, 0.3, 0.1, 0}) {
            float[] w = sparse(g, share, new Random(1));
            SparseConvNhwc conv = new SparseConvNhwc(g, w, 0, null, 0, NONE, SparseForm.LISTS);
            assertTrue(conv.nanos(g) < last, "share " + share);
            assertTrue(conv.nanos(g) > 0);
            last = conv.nanos(g);
        }
    }

    @Test
    void refusesWhatItDoesNotCompute() {
        WindowAxis axis = WindowAxis.padded(4, 1, 1, 0, 0, 1, false);
        ConvGeometry volume = new ConvGeometry(1, 1, 1, 1, List.of(axis, axis, axis));
        Exception rank = assertThrows(
                IllegalArgumentException.class,
                () -> new SparseConvNhwc(volume, new float[1], 0, null, 0, NONE, SparseForm.LISTS));
        assertEquals("sparse channels-last convolution has 1 or 2 spatial axes, got 3", rank.getMessage());
        ConvGeometry g = geometry(1, 1, 1, 1, 4, 1, 1, 0, 1);
        Exception form = assertThrows(
                IllegalArgumentException.class,
                () -> new SparseConvNhwc(g, new float[1], 0, null, 0, NONE, SparseForm.LANE_LISTS));
        assertEquals("sparse weights of a convolution are not stored as LANE_LISTS", form.getMessage());
    }
}
