package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

/** What random values cannot show: hand-computed rows, not-a-numbers, refusals. */
class ConvKernelTest {
    private static final int[] NONE = {};
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);
    private static final Activation PLAIN = new Activation(Activation.Kind.NONE, 0, 0);

    private static ConvGeometry depthwise(int channels, int size) {
        return ConvGeometry.of(
                new int[] {1, channels, size, size},
                new int[] {channels, 1, 3, 3},
                channels,
                AutoPad.SAME_UPPER,
                NONE,
                NONE,
                NONE);
    }

    @Test
    void onesCountTheTaps() {
        ConvGeometry g = ConvGeometry.of(
                new int[] {1, 1, 3, 3}, new int[] {1, 1, 3, 3}, 1, AutoPad.SAME_UPPER, NONE, NONE, NONE);
        float[] ones = new float[9];
        Arrays.fill(ones, 1);
        float[] y = new float[9];
        Conv conv = new Conv(g, ones, 0, new float[] {-5}, 0, RELU);
        conv.run(g, ones, 0, y, 0, null, 0, new float[conv.scratchSize(g)], 0, 0, conv.units(g));
        assertArrayEquals(new float[] {0, 1, 0, 1, 4, 1, 0, 1, 0}, y);
        ConvNhwc last = new ConvNhwc(g, ones, 0, new float[] {-5}, 0, RELU);
        float[] z = new float[9];
        last.run(g, ones, 0, z, 0, null, 0, new float[last.scratchSize(g)], 0, 0, 3);
        assertArrayEquals(y, z);
    }

    @Test
    void notANumberStaysInItsWindows() {
        for (int channels : new int[] {1, 5, Simd.LANES, 2 * Simd.LANES + 3}) {
            ConvGeometry g = depthwise(channels, 7);
            float[] w = new float[g.weightSize()];
            Arrays.fill(w, 1);
            float[] x = new float[g.inputSize()];
            x[(3 * 7 + 3) * channels] = Float.NaN;
            float[] y = new float[g.outputSize()];
            DepthwiseNhwc.run(g, x, 0, DepthwiseNhwc.pack(g, w, 0), null, 0, y, 0, 0, 6, 0, 7);
            for (int i = 0; i < y.length; i++) {
                int pixel = i / channels;
                boolean reached = i % channels == 0 && Math.abs(pixel / 7 - 3) <= 1 && Math.abs(pixel % 7 - 3) <= 1;
                assertEquals(reached, Float.isNaN(y[i]), channels + " channels, element " + i);
            }
        }
    }

    @Test
    void vectorsAgreeWithScalars() {
        if (!Simd.ENABLED) {
            return;
        }
        ConvGeometry g = depthwise(3 * Simd.LANES + 1, 9);
        java.util.Random random = new java.util.Random(3);
        float[] x = new float[g.inputSize()];
        float[] w = new float[g.weightSize()];
        for (int i = 0; i < x.length; i++) {
            x[i] = random.nextFloat() - 0.5f;
        }
        for (int i = 0; i < w.length; i++) {
            w[i] = random.nextFloat() - 0.5f;
        }
        float[] packed = DepthwiseNhwc.pack(g, w, 0);
        int zeros = g.taps() * g.outChannels();
        float[] vector = new float[g.outputSize()];
        float[] scalar = new float[g.outputSize()];
        DepthwiseNhwcVector.run(g, x, 0, packed, packed, zeros, vector, 0, -1, 1, 0, 9);
        DepthwiseNhwcScalar.run(g, x, 0, packed, packed, zeros, scalar, 0, -1, 1, 0, 9);
        assertArrayEquals(scalar, vector, 1e-6f);
    }

    @Test
    void activationsThatAreNoClamps() {
        ConvGeometry g = depthwise(20, 5);
        float[] w = new float[g.weightSize()];
        Arrays.fill(w, -1);
        float[] x = new float[g.inputSize()];
        Arrays.fill(x, 1);
        Activation leaky = new Activation(Activation.Kind.LEAKY_RELU, 0.5f, 0);
        ConvNhwc conv = new ConvNhwc(g, w, 0, null, 0, leaky);
        float[] y = new float[g.outputSize()];
        conv.run(g, x, 0, y, 0, null, 0, new float[0], 0, 0, 5);
        assertEquals(-2f, y[0]);
        assertEquals(-4.5f, y[(2 * 5 + 2) * 20 + 19]);
        ConvNhwc plain = new ConvNhwc(g, w, 0, null, 0, PLAIN);
        assertTrue(plain.kernelName(g).contains("depthwise"));
        assertThrows(
                IllegalArgumentException.class,
                () -> plain.run(g, x, 0, y, 0, y, 0, new float[0], 0, 0, 5),
                "residual is y");
    }

    @Test
    void emptyBatch() {
        ConvGeometry g = ConvGeometry.of(
                new int[] {0, 2, 4, 4}, new int[] {3, 2, 3, 3}, 1, AutoPad.SAME_UPPER, NONE, NONE, NONE);
        ConvNhwc conv = new ConvNhwc(g, new float[54], 0, null, 0, PLAIN);
        assertEquals(0, conv.units(g));
        conv.run(g, new float[0], 0, new float[0], 0, null, 0, new float[conv.scratchSize(g)], 0, 0, 0);
        Conv first = new Conv(g, new float[54], 0, null, 0, PLAIN);
        assertEquals(0, first.units(g));
    }

    @Test
    void refusals() {
        ConvGeometry g = new ConvGeometry(1, 1, 1, 1, List.of(new WindowAxis(3, 1, 1, 0, 0, 1, 3)));
        assertEquals(
                "channels-last convolution has 2 spatial axes, got 1",
                assertThrows(IllegalArgumentException.class, () -> new ConvNhwc(g, new float[1], 0, null, 0, PLAIN))
                        .getMessage());
        assertEquals(
                "weights have 2 zero points, expected 1 or one for each of 1 channels",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ConvInteger.run(
                                        g,
                                        new byte[3],
                                        0,
                                        true,
                                        0,
                                        new byte[1],
                                        0,
                                        true,
                                        new int[2],
                                        new int[3],
                                        0,
                                        new int[4],
                                        0,
                                        0,
                                        1))
                        .getMessage());
    }

    @Test
    void manyChannelsEqualTheScalarKernel() {
        if (!Simd.ENABLED) {
            return; // there is no other
        }
        Random random = new Random(3);
        for (int channels : new int[] {6 * Simd.LANES, 6 * Simd.LANES + 1, 8 * Simd.LANES - 1}) {
            for (int size : new int[] {3, 5, 6, 7, 9, 12, 14}) {
                for (int stride = 1; stride <= 2; stride++) {
                    WindowAxis axis = WindowAxis.padded(size, 3, stride, 1, 1, 1, false);
                    ConvGeometry g = new ConvGeometry(2, channels, channels, channels, List.of(axis, axis));
                    float[] x = random(random, 3 + g.inputSize());
                    float[] packed = DepthwiseNhwc.pack(g, random(random, g.weightSize()), 0);
                    float[] bias = random(random, channels);
                    float[] scalar = new float[2 + g.outputSize() + 1];
                    float[] vector = scalar.clone();
                    int rows = 2 * axis.output();
                    DepthwiseNhwcScalar.run(g, x, 3, packed, bias, 0, scalar, 2, -1, 1, 0, rows);
                    DepthwiseNhwcVector.run(g, x, 3, packed, bias, 0, vector, 2, -1, 1, 0, rows);
                    assertArrayEquals(scalar, vector, g::toString);
                }
            }
        }
    }

    private static float[] random(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
