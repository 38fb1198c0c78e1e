package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;

/** {@link WinogradNhwc} against the definition in double precision and against im2col. */
class WinogradTest {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);

    /** Sizes, weights and data of one random layer, channels last. */
    private record Layer(ConvGeometry g, double[] x, double[] w, double @Nullable [] bias, double[] exact) {
        static Layer random(Random random, int mostChannels) {
            WindowAxis h = axis(random);
            WindowAxis w = axis(random);
            int in = 1 + random.nextInt(mostChannels);
            int out = 1 + random.nextInt(mostChannels);
            return of(random, new ConvGeometry(1 + random.nextInt(2), in, out, 1, List.of(h, w)));
        }

        static Layer of(Random random, ConvGeometry g) {
            double[] x = Cases.values(random, g.inputSize());
            double[] w = Cases.values(random, g.weightSize());
            double[] bias = random.nextBoolean() ? Cases.values(random, g.outChannels()) : null;
            return new Layer(
                    g,
                    Cases.channelsLast(x, g.batch(), g.inChannels(), g.inputPixels()),
                    w,
                    bias,
                    Cases.channelsLast(NaiveConv.run(g, x, w, bias), g.batch(), g.outChannels(), g.outputPixels()));
        }

        private static WindowAxis axis(Random random) {
            while (true) {
                WindowAxis axis =
                        WindowAxis.padded(1 + random.nextInt(19), 3, 1, random.nextInt(5), random.nextInt(5), 1, false);
                if (axis.output() > 0) {
                    return axis;
                }
            }
        }

        WinogradNhwc kernel(int tile, Activation activation) {
            float[] b = bias == null ? null : Cases.floats(bias);
            return new WinogradNhwc(g, tile, Cases.floats(w), Cases.OFFSET, b, Cases.OFFSET, activation);
        }
    }

    /** Runs all units, in two pieces of tiles and two of panels. */
    private static float[] run(
            WinogradNhwc kernel, Layer layer, float @Nullable [] residual, float[] y, int tileSplit, int panelSplit) {
        ConvGeometry g = layer.g;
        float[] x = Cases.floats(layer.x);
        float[] scratch = new float[kernel.scratchSize(g) + 3];
        Arrays.fill(scratch, Float.NaN);
        int off = Cases.OFFSET;
        int tiles = kernel.units(g);
        int panels = kernel.panels();
        kernel.run(g, x, off, y, off, residual, off, scratch, 3, tileSplit, tiles, 0, panelSplit);
        kernel.run(g, x, off, y, off, residual, off, scratch, 3, 0, tileSplit, 0, panelSplit);
        kernel.run(g, x, off, y, off, residual, off, scratch, 3, 0, tiles, panelSplit, panels);
        return y;
    }

    private static double sumOfMagnitudes(Layer layer) {
        double most = 0;
        for (double v : layer.x) {
            most = Math.max(most, Math.abs(v));
        }
        double sum = 0;
        for (int m = 0; m < layer.g.outChannels(); m++) {
            double filter = 0;
            for (int i = 0; i < layer.g.depth(); i++) {
                filter += Math.abs(layer.w[m * layer.g.depth() + i]);
            }
            sum = Math.max(sum, filter);
        }
        return sum * most;
    }

    @Property(tries = 150)
    void computesTheDefinition(
            @ForAll long seed, @ForAll boolean large, @ForAll boolean adds, @ForAll boolean inPlace) {
        Random random = new Random(seed);
        Layer layer = Layer.random(random, random.nextInt(4) == 0 ? 70 : 20);
        WinogradNhwc kernel = layer.kernel(large ? 4 : 2, NONE);
        double[] residual = Cases.values(random, layer.exact.length);
        double[] expected = layer.exact.clone();
        for (int i = 0; adds && i < expected.length; i++) {
            expected[i] += residual[i];
        }
        float[] y = Cases.output(expected.length);
        float[] added = adds ? Cases.floats(residual) : null;
        int tileSplit = Cases.split(random, kernel.units(layer.g));
        int panelSplit = Cases.split(random, kernel.panels());
        if (adds && inPlace) {
            System.arraycopy(added, Cases.OFFSET, y, Cases.OFFSET, expected.length);
            added = y;
        }
        run(kernel, layer, added, y, tileSplit, panelSplit);
        if (!large) {
            // halves of small dyadic numbers: nothing is rounded
            Cases.assertSame(expected, y, layer.g);
            return;
        }
        double bound = 1e-6 * (sumOfMagnitudes(layer) + 4);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], y[Cases.OFFSET + i], bound, "element " + i + " of " + layer.g);
        }
        for (int i = 0; i < Cases.OFFSET; i++) {
            assertEquals(0f, y[i]);
            assertEquals(0f, y[y.length - 1 - i]);
        }
    }

    @Property(tries = 40)
    void splittingChangesNothing(@ForAll long seed, @ForAll boolean large) {
        Random random = new Random(seed);
        Layer layer = Layer.random(random, 70);
        WinogradNhwc kernel = layer.kernel(large ? 4 : 2, NONE);
        float[] whole = run(kernel, layer, null, Cases.output(layer.exact.length), 0, kernel.panels());
        int tileSplit = Cases.split(random, kernel.units(layer.g));
        int panelSplit = Cases.split(random, kernel.panels());
        float[] parts = run(kernel, layer, null, Cases.output(layer.exact.length), tileSplit, panelSplit);
        assertArrayEquals(whole, parts);
    }

    @ParameterizedTest
    @EnumSource(Activation.Kind.class)
    void appliesTheActivationLast(Activation.Kind kind) {
        Random random = new Random(kind.ordinal());
        Activation activation = new Activation(kind, 0.25f, 0.75f);
        WindowAxis seven = WindowAxis.padded(7, 3, 1, 1, 1, 1, false);
        Layer layer = Layer.of(random, new ConvGeometry(1, 9, 37, 1, List.of(seven, seven)));
        double[] residual = Cases.values(random, layer.exact.length);
        float[] y = Cases.output(layer.exact.length);
        run(layer.kernel(2, activation), layer, Cases.floats(residual), y, 7, 1);
        float[] expected = new float[layer.exact.length];
        for (int i = 0; i < expected.length; i++) {
            expected[i] = (float) (layer.exact[i] + residual[i]);
        }
        Activations.apply(activation, expected, 0, expected.length);
        assertArrayEquals(expected, Arrays.copyOfRange(y, Cases.OFFSET, Cases.OFFSET + expected.length), 1e-6f);
    }

    /**
     * The bound that the documentation states: errors against float64 relative to the sum of |x||w| of an output, here of all outputs'
     * largest, because a transform spreads the error of a large pixel over its tile.
     */
    @ParameterizedTest
    @CsvSource({
        "2, 64, 16, 1, 3e-7",
        "2, 256, 9, 1, 3e-7",
        "4, 64, 16, 1, 1e-6",
        "4, 256, 9, 1, 1e-6",
        "4, 3, 16, 1, 1e-6",
        "4, 64, 16, 1000, 3e-6"
    })
    void staysWithinTheErrorBound(int tile, int channels, int size, double outlier, double bound) {
        Random random = new Random(7);
        WindowAxis axis = WindowAxis.padded(size, 3, 1, 1, 1, 1, false);
        ConvGeometry g = new ConvGeometry(1, channels, 16, 1, List.of(axis, axis));
        float[] x = gaussian(random, g.inputSize());
        float[] w = gaussian(random, g.weightSize());
        for (int i = 0; i < x.length; i += 97) {
            x[i] *= (float) outlier;
        }
        WinogradNhwc kernel = new WinogradNhwc(g, tile, w, 0, null, 0, NONE);
        float[] y = new float[g.outputSize()];
        kernel.run(g, x, 0, y, 0, null, 0, new float[kernel.scratchSize(g)], 0, 0, kernel.units(g), 0, kernel.panels());
        double[] wide = channelsFirst(x, g.inChannels());
        double[] exact = NaiveConv.run(g, wide, doubles(w), null);
        double[] sums = NaiveConv.run(g, magnitudes(wide), magnitudes(doubles(w)), null);
        double largest = Arrays.stream(sums).max().orElseThrow();
        int pixels = g.outputPixels();
        double worst = 0;
        for (int i = 0; i < exact.length; i++) {
            double got = y[i % pixels * g.outChannels() + i / pixels];
            worst = Math.max(worst, Math.abs(got - exact[i]) / largest);
        }
        assertTrue(worst <= bound, "error " + worst + " of the sum of magnitudes, expected at most " + bound);
    }

    private static float[] gaussian(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    private static double[] magnitudes(double[] values) {
        return Arrays.stream(values).map(Math::abs).toArray();
    }

    private static double[] channelsFirst(float[] x, int channels) {
        double[] wide = new double[x.length];
        int pixels = x.length / channels;
        for (int i = 0; i < x.length; i++) {
            wide[i % channels * pixels + i / channels] = x[i];
        }
        return wide;
    }

    @Property(tries = 60)
    void vectorsDoWhatScalarsDo(
            @ForAll long seed, @ForAll boolean large, @ForAll @IntRange(min = 1, max = 5) int vectors) {
        if (!Simd.ENABLED) {
            return;
        }
        Random random = new Random(seed);
        int count = vectors * Simd.LANES;
        float[] x = gaussian(random, 6 * count + 3);
        float[] bias = gaussian(random, count + 1);
        float[] r = gaussian(random, 6 * count + 2);
        float[][] y = new float[8][6 * count + 2];
        if (large) {
            WinogradScalar.input4(x, 3, count, y[0], 2, count, count);
            WinogradVector.input4(x, 3, count, y[1], 2, count, count);
            WinogradScalar.output4(x, 3, count, y[2], 2, count, count);
            WinogradVector.output4(x, 3, count, y[3], 2, count, count);
            WinogradScalar.output4Biased(x, 3, count, bias, 1, y[4], 2, count, count);
            WinogradVector.output4Biased(x, 3, count, bias, 1, y[5], 2, count, count);
            WinogradScalar.output4Adding(x, 3, count, bias, 1, r, 2, y[6], 2, count, count);
            WinogradVector.output4Adding(x, 3, count, bias, 1, r, 2, y[7], 2, count, count);
        } else {
            WinogradScalar.input2(x, 3, count, y[0], 2, count, count);
            WinogradVector.input2(x, 3, count, y[1], 2, count, count);
            WinogradScalar.output2(x, 3, count, y[2], 2, count, count);
            WinogradVector.output2(x, 3, count, y[3], 2, count, count);
            WinogradScalar.output2Biased(x, 3, count, bias, 1, y[4], 2, count, count);
            WinogradVector.output2Biased(x, 3, count, bias, 1, y[5], 2, count, count);
            WinogradScalar.output2Adding(x, 3, count, bias, 1, r, 2, y[6], 2, count, count);
            WinogradVector.output2Adding(x, 3, count, bias, 1, r, 2, y[7], 2, count, count);
        }
        for (int i = 0; i < y.length; i += 2) {
            assertArrayEquals(y[i], y[i + 1], "transform " + i / 2);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "64, 64, 56, 4",
        "128, 128, 28, 4",
        "256, 256, 14, 2",
        "256, 256, 56, 4",
        "64, 64, 6, 2",
        "3, 64, 112, 0",
        "512, 512, 7, 2"
    })
    void choosesByChannelsAndSize(int in, int out, int size, int tile) {
        WindowAxis axis = WindowAxis.padded(size, 3, 1, 1, 1, 1, false);
        assertEquals(tile, WinogradNhwc.bestTile(new ConvGeometry(1, in, out, 1, List.of(axis, axis))));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "3, 2, 1, 1", "3, 1, 2, 1", "3, 1, 1, 2"})
    void leavesOtherConvolutionsAlone(int kernel, int stride, int dilation, int group) {
        WindowAxis axis = WindowAxis.padded(56, kernel, stride, 1, 1, dilation, false);
        ConvGeometry g = new ConvGeometry(1, 64, 64, group, List.of(axis, axis));
        assertEquals(0, WinogradNhwc.bestTile(g));
        float[] w = new float[g.weightSize()];
        assertThrows(IllegalArgumentException.class, () -> new WinogradNhwc(g, 4, w, 0, null, 0, NONE));
    }

    @Test
    void refusesOtherTiles() {
        WindowAxis axis = WindowAxis.padded(8, 3, 1, 1, 1, 1, false);
        ConvGeometry g = new ConvGeometry(1, 1, 1, 1, List.of(axis, axis));
        float[] w = new float[9];
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> new WinogradNhwc(g, 3, w, 0, null, 0, NONE));
        assertEquals("tiles have 2 or 4 pixels a side, got 3", e.getMessage());
    }

    /** Products of few channels have tiles of their own, which must not round in another way than a general product. */
    @Property(tries = 60)
    void smallProductsAreThoseOfGemm(@ForAll long seed) {
        Random random = new Random(seed);
        int in = 1 + random.nextInt(40);
        int columns = WinogradWeights.columns(1 + random.nextInt(80));
        int tiles = 1 + random.nextInt(40);
        int panels = Gemm.panels(columns);
        int split = Math.min(columns, Cases.split(random, panels) * Gemm.NR);
        float[] u = Cases.floats(Cases.values(random, columns * in));
        float[] b = Arrays.copyOfRange(u, Cases.OFFSET, Cases.OFFSET + columns * in);
        WinogradProducts small = new WinogradProducts(3, in, columns);
        small.pack(2, b);
        int rows = WinogradProducts.rows(tiles, columns);
        float[] s = new float[5 + rows * (in + columns)];
        Arrays.fill(s, Float.NaN);
        int c = 5 + rows * in;
        for (int i = 0; i < tiles * in; i++) {
            s[5 + i] = random.nextFloat() - 0.5f;
        }
        float[] expected = s.clone();
        float[] scratch = new float[Gemm.scratchLength(tiles, columns, in)];
        PackedB packed = PackedB.pack(b, 0, in, true, in, columns);
        Gemm.run(
                expected, 5, in, packed, expected, c, columns, null, 0, 0, tiles, 0, panels, Epilogue.NONE, scratch, 0);
        if (!WinogradProducts.suits(in, columns)) { // without vectors
            return;
        }
        small.run(2, s, 5, c, tiles, split, columns);
        small.run(2, s, 5, c, tiles, 0, split);
        assertArrayEquals(
                Arrays.copyOfRange(expected, c, c + tiles * columns), Arrays.copyOfRange(s, c, c + tiles * columns));
    }

    @ParameterizedTest
    @CsvSource({"16, 16, 0, 32", "32, 32, 0, 16", "64, 64, 0, 8", "16, 48, 1, 13", "300, 300, 1, 9"})
    void scratchHasRoomForEveryPieceOfTiles(int in, int out, int pad, int size) {
        WindowAxis axis = WindowAxis.padded(size, 3, 1, pad, pad, 1, false);
        ConvGeometry g = new ConvGeometry(1, in, out, 1, List.of(axis, axis));
        Layer layer = Layer.of(new Random(size), g);
        for (int tile = 2; tile <= 4; tile += 2) {
            WinogradNhwc kernel = layer.kernel(tile, NONE);
            float[] whole = run(kernel, layer, null, Cases.output(layer.exact.length), 0, kernel.panels());
            for (int split = 1; split < kernel.units(g); split += 3) {
                float[] parts = run(kernel, layer, null, Cases.output(layer.exact.length), split, kernel.panels() / 2);
                assertArrayEquals(whole, parts);
            }
        }
    }

    @Test
    void namesTheKernel() {
        WindowAxis axis = WindowAxis.padded(56, 3, 1, 1, 1, 1, false);
        ConvGeometry g = new ConvGeometry(1, 64, 64, 1, List.of(axis, axis));
        String name = new WinogradNhwc(g, 4, new float[g.weightSize()], 0, null, 0, NONE).kernelName(g);
        assertTrue(name.startsWith("conv-nhwc-winograd-4x4-gemm-f32-"), name);
    }
}
