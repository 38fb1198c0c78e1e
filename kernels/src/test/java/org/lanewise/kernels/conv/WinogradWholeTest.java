package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;

/** {@link WinogradWhole} gives every bit that {@link ConvInt8Nhwc} gives, where it says that it is exact. */
class WinogradWholeTest {
    private static final boolean AVAILABLE = Simd.BITS >= 256;

    /** Some layer. */
    private record Layer(ConvGeometry g, byte[] w, byte[] x, boolean unsigned, int zero, Requantization end) {
        static Layer of(ConvGeometry g, Random random, boolean unsigned, int zero) {
            byte[] w = new byte[g.weightSize()];
            byte[] x = new byte[g.inputSize() + 5];
            random.nextBytes(x);
            for (int i = 0; i < w.length; i++) {
                w[i] = (byte) Math.clamp(Math.round(25 * random.nextGaussian()), -128, 127);
            }
            return new Layer(g, w, x, unsigned, zero, end(random, g.outChannels()));
        }

        private static Requantization end(Random random, int channels) {
            float[] scales = new float[channels];
            for (int i = 0; i < channels; i++) {
                scales[i] = (float) Math.exp(random.nextGaussian() - 7);
            }
            int[] bias = random.ints(channels, -5000, 5000).toArray();
            Requantization end = Requantization.of(channels, scales, bias, 3, true);
            return random.nextBoolean() ? end : end.within(3, 90);
        }

        byte[] expected() {
            ConvInt8Nhwc integers = new ConvInt8Nhwc(g, w, 0, true, null, !unsigned, zero, end);
            byte[] y = new byte[g.outputSize()];
            int[] scratch = new int[integers.scratchSize(g)];
            integers.run(g, x, 5, y, 0, scratch, 0, 0, integers.rows(g), 0, integers.panels());
            return y;
        }

        WinogradWhole kernel() {
            float[] weights = new float[w.length];
            for (int i = 0; i < w.length; i++) {
                weights[i] = w[i];
            }
            float[] bias = new float[g.outChannels()];
            for (int i = 0; i < bias.length; i++) {
                bias[i] = end.bias(i);
            }
            return WinogradWhole.of(g, weights, bias, zero, unsigned);
        }

        /** {@code rows} rows of tiles at a time. */
        byte[] tiles(WinogradWhole kernel, int rows) {
            byte[] y = new byte[g.outputSize() + 7];
            float[] scratch = new float[kernel.scratchSize(g, rows) + 12];
            int down = Math.ceilDiv(g.axis(0).output(), 4);
            for (int image = 0; image < g.batch(); image++) {
                int in = 5 + image * g.inputPixels() * g.inChannels();
                int out = 7 + image * g.outputPixels() * g.outChannels();
                for (int row = 0; row < down; row += rows) {
                    Arrays.fill(scratch, Float.NaN);
                    kernel.run(g, x, in, end, y, out, scratch, 12, row, Math.min(rows, down - row));
                }
            }
            return Arrays.copyOfRange(y, 7, y.length);
        }

        /** By whatever kernel is chosen, in {@code parts} parts or more. */
        byte[] floats(int parts) {
            ConvInt8Floats floats = new ConvInt8Floats(g, w, 0, true, null, !unsigned, zero, end);
            byte[] y = new byte[g.outputSize()];
            int blocks = floats.blocks(g, parts);
            for (int i = 0; i < blocks; i++) {
                float[] scratch = new float[floats.scratchSize(g, parts) + 12];
                floats.run(g, parts, x, 5, y, 0, scratch, 12, new double[0], 0, i, i + 1);
            }
            return y;
        }

        void check(int rows) {
            WinogradWhole kernel = kernel();
            assertNotNull(kernel, g.toString());
            assertArrayEquals(expected(), tiles(kernel, rows), () -> g + ", zero " + zero + ", rows " + rows);
        }
    }

    private static ConvGeometry geometry(int batch, int in, int out, WindowAxis h, WindowAxis w) {
        return new ConvGeometry(batch, in, out, 1, List.of(h, w));
    }

    private static ConvGeometry geometry(int batch, int in, int out, int height, int width) {
        return geometry(batch, in, out, axis(height, 1, 1), axis(width, 1, 1));
    }

    private static WindowAxis axis(int size, int begin, int end) {
        return new WindowAxis(size, 3, 1, begin, end, 1, size + begin + end - 2);
    }

    /** The definition, in whole numbers: four times G is whole. */
    @Property(tries = 50)
    void matricesConvolve(@ForAll long seed) {
        Random random = new Random(seed);
        long[] x = random.longs(6, -1000, 1000).toArray();
        long[] w = random.longs(3, -1000, 1000).toArray();
        long[] m = new long[WinogradWholeForm.POINTS];
        for (int p = 0; p < m.length; p++) {
            double[] g = WinogradWholeForm.g(p);
            long u = 0;
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        0, Math.abs(Math.scalb(g[i], WinogradWholeForm.digits(p)) % 1), "binary digits of point " + p);
                u += Math.round(4 * g[i]) * w[i];
            }
            long v = 0;
            for (int i = 0; i < 6; i++) {
                v += WinogradWholeForm.b(p, i) * x[i];
            }
            m[p] = u * v;
        }
        for (int o = 0; o < 4; o++) {
            long y = 0;
            for (int p = 0; p < m.length; p++) {
                y += WinogradWholeForm.a(o, p) * m[p];
            }
            assertEquals(4 * (x[o] * w[0] + x[o + 1] * w[1] + x[o + 2] * w[2]), y);
        }
    }

    @Property(tries = 60)
    void equalsTheIntegerKernel(@ForAll long seed) {
        if (!AVAILABLE) {
            return;
        }
        Random random = new Random(seed);
        WindowAxis h = axis(3 + random.nextInt(30), random.nextInt(4), random.nextInt(4));
        WindowAxis w = axis(3 + random.nextInt(75), random.nextInt(4), random.nextInt(4));
        int in = Simd.LANES * (1 + random.nextInt(3));
        int out = Simd.LANES * (1 + random.nextInt(6));
        boolean unsigned = random.nextBoolean();
        int zero = (unsigned ? 0 : -128) + random.nextInt(256);
        Layer layer = Layer.of(geometry(1 + random.nextInt(2), in, out, h, w), random, unsigned, zero);
        layer.check(1 + random.nextInt(4));
    }

    /** Sizes that are no multiples of a tile, zero points at the ends of their range, inputs at the ends of theirs. */
    @ParameterizedTest
    @CsvSource({"1,1", "1,70", "4,4", "5,3", "7,9", "8,8", "13,66", "18,64"})
    void corners(int height, int width) {
        assumeTrue(AVAILABLE);
        Random random = new Random(height);
        for (boolean unsigned : new boolean[] {true, false}) {
            for (int zero : unsigned ? new int[] {0, 128, 255} : new int[] {-128, 0, 127}) {
                Layer layer = Layer.of(geometry(1, 32, 48, height, width), random, unsigned, zero);
                layer.check(2);
                for (int i = 0; i < layer.x.length; i++) {
                    layer.x[i] = (byte) (random.nextBoolean() ? unsigned ? 255 : 127 : unsigned ? 0 : -128);
                }
                layer.check(1);
                Arrays.fill(layer.x, (byte) (unsigned ? 255 : -128));
                layer.check(3);
            }
        }
    }

    /** Weights at the ends of their range. */
    @ParameterizedTest
    @ValueSource(ints = {127, -128})
    void extremeWeights(int value) {
        assumeTrue(AVAILABLE);
        Random random = new Random(value);
        for (int zero : new int[] {0, 255}) {
            Layer layer = Layer.of(geometry(1, 16, 32, 9, 10), random, true, zero);
            Arrays.fill(layer.w, (byte) value);
            assertNull(layer.kernel(), "nine times such weights are too large");
            assertArrayEquals(layer.expected(), layer.floats(1));
            Arrays.fill(layer.x, (byte) 255);
            assertArrayEquals(layer.expected(), layer.floats(2));
            for (int tap = 0; tap < 9; tap += 4) {
                for (int i = 0; i < layer.w.length; i++) {
                    layer.w[i] = (byte) (i % 9 == tap ? value : 0);
                }
                Arrays.fill(layer.x, (byte) 255);
                layer.check(2);
                Arrays.fill(layer.x, (byte) 0);
                layer.check(2);
                random.nextBytes(layer.x);
                layer.check(2);
            }
            for (int i = 0; i < layer.w.length; i++) {
                layer.w[i] = (byte) (random.nextBoolean() ? 127 : -128);
            }
            assertArrayEquals(layer.expected(), layer.floats(2));
            for (int i = 0; i < layer.w.length; i++) {
                layer.w[i] = (byte) (i % 9 % 4 == 0 ? random.nextBoolean() ? 127 : -128 : 0);
            }
            layer.check(2);
        }
    }

    /** Inputs that make one product as large as it can be, with more channels than one sum can hold. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 8, 24, 32, 40, 48})
    void theLargestProductsAreExact(int position) {
        assumeTrue(AVAILABLE);
        Random random = new Random(position);
        ConvGeometry g = geometry(1, 64, 64, axis(6, 0, 0), axis(6, 0, 0));
        Layer layer = Layer.of(g, random, true, 0);
        double[] down = WinogradWholeForm.g(position / 7);
        double[] along = WinogradWholeForm.g(position % 7);
        for (int c = 0; c < 64; c++) {
            double u = 0;
            for (int i = 0; i < 9; i++) {
                u += down[i / 3] * along[i % 3] * layer.w[9 * c + i];
            }
            for (int i = 0; i < 36; i++) {
                int b = WinogradWholeForm.b(position / 7, i / 6) * WinogradWholeForm.b(position % 7, i % 6);
                layer.x[5 + i * 64 + c] = (byte) (b * u > 0 ? 255 : 0);
            }
        }
        layer.check(1);
    }

    @Test
    void boundsAreThoseOf24Bits() {
        // the middle of a filter is a transformed weight of 1 where the sum of 16 inputs is
        float[] w = new float[9 * 600];
        for (int c = 0; c < 600; c++) {
            w[9 * c + 4] = 16;
        }
        float[] none = new float[1];
        assertTrue(WinogradWholeExactness.holds(1, 256, w, none, 1, 1, 0, 255));
        assertFalse(WinogradWholeExactness.holds(1, 258, w, none, 1, 1, 0, 255));
        assertTrue(WinogradWholeExactness.holds(1, 512, w, none, 16, 2, 0, 255));
        assertFalse(WinogradWholeExactness.holds(1, 528, w, none, 16, 2, 0, 255));
        assertTrue(WinogradWholeExactness.holds(1, 510, w, none, 1, 1, -128, 127));
        assertFalse(WinogradWholeExactness.holds(1, 514, w, none, 1, 1, -128, 127));
        assertTrue(WinogradWholeExactness.holds(1, 1, w, new float[] {4_000_000}, 1, 1, 0, 255));
        assertFalse(WinogradWholeExactness.holds(1, 1, w, new float[] {1 << 22}, 1, 1, 0, 255));
    }

    @Test
    void isRefusedWhereSumsMightRound() {
        assumeTrue(AVAILABLE);
        Random random = new Random(1);
        Layer layer = Layer.of(geometry(1, 64, 64, 16, 16), random, true, 0);
        assertNotNull(layer.kernel());
        Arrays.fill(layer.w, (byte) 127);
        assertNull(layer.kernel());
        assertNull(Layer.of(geometry(1, 20, 64, 16, 16), random, true, 0).kernel());
        assertNull(Layer.of(geometry(1, 64, 20, 16, 16), random, true, 0).kernel());
        WindowAxis five = WindowAxis.padded(16, 5, 1, 2, 2, 1, false);
        assertNull(Layer.of(geometry(1, 16, 16, five, five), random, true, 0).kernel());
    }

    /** Where it is chosen, and that the work can be split in any way. */
    @ParameterizedTest
    @CsvSource({"1,16,32,true", "2,32,16,true", "1,64,8,false", "1,64,12,true", "3,64,17,true", "1,128,28,false"})
    void choice(int batch, int channels, int size, boolean chosen) {
        Layer layer = Layer.of(geometry(batch, channels, channels, size, size), new Random(size), true, 7);
        ConvInt8Floats floats = new ConvInt8Floats(layer.g, layer.w, 0, true, null, false, 7, layer.end);
        for (int parts = 1; parts <= 3; parts++) {
            assertEquals(
                    chosen && AVAILABLE,
                    floats.kernelName(layer.g, parts).contains("winograd-whole-4x4"),
                    floats.kernelName(layer.g, parts));
            int blocks = floats.blocks(layer.g, parts);
            assertTrue(blocks >= Math.min(parts, Math.ceilDiv(size, 4)), "blocks");
            assertArrayEquals(layer.expected(), layer.floats(parts));
        }
    }
}
