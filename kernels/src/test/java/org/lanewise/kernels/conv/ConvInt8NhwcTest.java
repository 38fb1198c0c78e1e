package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;

class ConvInt8NhwcTest {
    @Test
    void convolvesByHand() {
        WindowAxis one = new WindowAxis(1, 1, 1, 0, 0, 1, 1);
        WindowAxis three = new WindowAxis(2, 3, 1, 1, 1, 1, 2);
        ConvGeometry g = new ConvGeometry(1, 1, 1, 1, List.of(one, three));
        byte[] w = {-128, 127, 3};
        ConvInt8Nhwc layer = new ConvInt8Nhwc(g, w, 0, true, null, false, 200, null);
        int[] y = new int[2];
        layer.run(g, new byte[] {(byte) 255, 0}, 0, y, 0, new int[layer.scratchSize(g)], 0, 0, 1, 0, 1);
        assertArrayEquals(new int[] {127 * 55 + 3 * -200, -128 * 55 + 127 * -200}, y);
    }

    @Property(tries = 120)
    void sumsAreExact(@ForAll long seed) {
        Random random = new Random(seed);
        boolean depthwise = random.nextBoolean();
        check(random, Cases.geometry(random, 2, depthwise ? 70 : 20, depthwise));
    }

    @Property(tries = 25)
    void depthwise3x3IsExact(@ForAll long seed) {
        Random random = new Random(seed);
        int c = 2 + random.nextInt(140);
        WindowAxis v = WindowAxis.padded(1 + random.nextInt(9), 3, 1 + random.nextInt(2), 1, 1, 1, false);
        WindowAxis h = WindowAxis.padded(1 + random.nextInt(9), 3, 1 + random.nextInt(2), 1, 1, 1, false);
        check(random, new ConvGeometry(2, c, c, c, List.of(v, h)));
    }

    private static void check(Random random, ConvGeometry g) {
        boolean xSigned = random.nextBoolean();
        boolean wSigned = random.nextBoolean();
        int kind = random.nextInt(4);
        byte[] x = bytes(random, 3 + g.inputSize(), kind);
        byte[] w = bytes(random, 2 + g.weightSize(), kind);
        int xZero = (xSigned ? -128 : 0) + (kind == 0 ? random.nextInt(2) * 255 : random.nextInt(256));
        int[] wZeros = random.nextInt(3) == 0 ? null : new int[random.nextBoolean() ? 1 : g.outChannels()];
        for (int i = 0; wZeros != null && i < wZeros.length; i++) {
            wZeros[i] = (wSigned ? -128 : 0) + (kind == 0 ? random.nextInt(2) * 255 : random.nextInt(256));
        }
        int[] sums = expected(g, x, xSigned, xZero, w, wSigned, wZeros);
        int[] bias = random.ints(g.outChannels(), -5000, 5000).toArray();
        float[] scales = new float[g.outChannels()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = (float) Math.exp(random.nextGaussian() - 7);
        }
        Requantization end = Requantization.of(g.outChannels(), scales, bias, 3, random.nextBoolean());
        int[] y = new int[4 + sums.length + 1];
        ConvInt8Nhwc layer = new ConvInt8Nhwc(g, w, 2, wSigned, wZeros, xSigned, xZero, null);
        int[] scratch = new int[layer.scratchSize(g) + 1];
        int split = random.nextInt(layer.rows(g) + 1);
        int panel = random.nextInt(layer.panels() + 1);
        Arrays.fill(scratch, 12345);
        layer.run(g, x, 3, y, 4, scratch, 1, 0, split, 0, layer.panels());
        layer.run(g, x, 3, y, 4, scratch, 1, split, layer.rows(g), 0, panel);
        if (panel < layer.panels()) {
            layer.run(g, x, 3, y, 4, scratch, 1, split, layer.rows(g), panel, layer.panels());
        }
        assertArrayEquals(sums, Arrays.copyOfRange(y, 4, 4 + sums.length), g.toString());
        assertEquals(0, y[3] | y[4 + sums.length]);

        byte[] q = new byte[sums.length + 2];
        layer = new ConvInt8Nhwc(g, w, 2, wSigned, wZeros, xSigned, xZero, end);
        layer.run(g, x, 3, q, 1, scratch, 1, 0, layer.rows(g), 0, layer.panels());
        for (int i = 0; i < sums.length; i++) {
            int m = i % g.outChannels();
            assertEquals(end.apply(sums[i], m), q[1 + i], g + " " + i);
        }
        assertEquals(0, q[0] | q[sums.length + 1]);

        Rescaling floats = Rescaling.of(g.outChannels(), scales, null, new Activation(Activation.Kind.RELU, 0, 0));
        float[] f = new float[sums.length + 2];
        layer = new ConvInt8Nhwc(g, w, 2, wSigned, wZeros, xSigned, xZero, floats);
        layer.run(g, x, 3, new float[] {0.3f}, f, 1, scratch, 1, 0, layer.rows(g), 0, layer.panels());
        for (int i = 0; i < sums.length; i++) {
            float product = sums[i] * (0.3f * scales[i % g.outChannels()]);
            assertEquals(Math.max(0f, product), f[1 + i], g + " " + i);
        }
    }

    /** Corners of both types; any; small, as trained weights are; or all the most negative. */
    private static byte[] bytes(Random random, int length, int kind) {
        byte[] corners = {-128, 127, 0, -1};
        byte[] values = new byte[length];
        random.nextBytes(values);
        for (int i = 0; i < length; i++) {
            values[i] = switch (kind) {
                case 0 -> corners[random.nextInt(4)];
                case 1 -> (byte) (random.nextGaussian() * 32);
                case 2 -> -128;
                default -> values[i];
            };
        }
        return values;
    }

    private static int[] expected(
            ConvGeometry g, byte[] x, boolean xSigned, int xZero, byte[] w, boolean wSigned, int @Nullable [] wZeros) {
        double[] planar = new double[g.inputSize()];
        int pixels = g.inputPixels();
        for (int i = 0; i < planar.length; i++) {
            int c = i / pixels % g.inChannels();
            int at = (i / pixels / g.inChannels() * pixels + i % pixels) * g.inChannels() + c;
            planar[i] = (xSigned ? x[3 + at] : x[3 + at] & 0xff) - xZero;
        }
        double[] weights = new double[g.weightSize()];
        for (int i = 0; i < weights.length; i++) {
            int zero = wZeros == null ? 0 : wZeros[wZeros.length == 1 ? 0 : i / g.depth()];
            weights[i] = (wSigned ? w[2 + i] : w[2 + i] & 0xff) - zero;
        }
        double[] y = NaiveConv.run(g, planar, weights, null);
        double[] last = Cases.channelsLast(y, g.batch(), g.outChannels(), g.outputPixels());
        return Arrays.stream(last).mapToInt(v -> (int) v).toArray();
    }

    @Test
    void refusesWhatDoesNotFit() {
        WindowAxis axis = new WindowAxis(2, 1, 1, 0, 0, 1, 2);
        ConvGeometry g = new ConvGeometry(1, 1, 2, 1, List.of(axis, axis));
        assertThrows(
                IllegalArgumentException.class,
                () -> new ConvInt8Nhwc(g, new byte[2], 0, true, new int[3], true, 0, null));
        assertThrows(
                IllegalArgumentException.class, () -> new ConvInt8Nhwc(g, new byte[2], 0, true, null, true, 128, null));
        Requantization end = Requantization.of(3, new float[] {1}, null, 0, true);
        assertThrows(
                IllegalArgumentException.class, () -> new ConvInt8Nhwc(g, new byte[2], 0, true, null, true, 0, end));
    }
}
