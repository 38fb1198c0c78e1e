package org.lanewise.kernels.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WindowAxis;

/** Sparse convolutions of images whose channels come first against the same with channels last. */
class PatchLinesTest {
    private static final int OFF = 3;

    private static ConvGeometry geometry(Random random) {
        int group = random.nextInt(4) == 0 ? 2 : 1;
        int kernel = 1 + random.nextInt(5);
        int dilation = 1 + random.nextInt(2);
        int pad = random.nextInt(4);
        WindowAxis width =
                WindowAxis.padded(16 + random.nextInt(17), kernel, 1, pad, random.nextInt(4), dilation, false);
        WindowAxis height = WindowAxis.padded(
                9 + random.nextInt(24), 1 + random.nextInt(3), 1 + random.nextInt(2), 1, random.nextInt(2), 1, false);
        int c = group * (1 + random.nextInt(20));
        int m = group * (1 + random.nextInt(40));
        return new ConvGeometry(1 + random.nextInt(2), c, m, group, List.of(height, width));
    }

    private static float[] values(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextInt(200) == 0 ? Float.NaN : (float) random.nextGaussian();
        }
        return values;
    }

    /** (N, C, pixels) as (N, pixels, C). */
    private static float[] channelsLast(float[] x, int c, int pixels) {
        float[] y = new float[x.length];
        for (int i = 0; i < y.length; i++) {
            int image = i / Math.max(1, c * pixels);
            y[i] = x[(image * c + i % c) * pixels + i / c % pixels];
        }
        return y;
    }

    private static float[] run(SparseConvNhwc conv, ConvGeometry g, float[] x, int unit, int channel) {
        float[] in = new float[OFF + x.length];
        System.arraycopy(x, 0, in, OFF, x.length);
        float[] y = new float[OFF + g.outputSize()];
        Arrays.fill(y, -77f);
        float[] scratch = new float[conv.scratchSize(g)];
        Arrays.fill(scratch, Float.NaN);
        int[] units = {0, unit, conv.units(g)};
        int[] channels = {0, channel, g.outChannels()};
        for (int i = 0; i < 4; i++) {
            int u = i / 2;
            int m = i % 2;
            conv.run(g, in, OFF, y, OFF, null, 0, scratch, 0, units[u], units[u + 1], channels[m], channels[m + 1]);
        }
        return Arrays.copyOfRange(y, OFF, y.length);
    }

    @Property(tries = 80)
    void channelsFirstEqualsChannelsLast(@ForAll long seed) {
        Random random = new Random(seed);
        ConvGeometry g = geometry(random);
        float[] w = new float[g.weightSize()];
        for (int i = 0; i < w.length; i++) {
            w[i] = random.nextInt(3) == 0 ? (float) random.nextGaussian() : 0;
        }
        float[] bias = values(g.outChannels(), random);
        Activation.Kind[] kinds = {Activation.Kind.NONE, Activation.Kind.RELU, Activation.Kind.TANH};
        Activation activation = new Activation(kinds[random.nextInt(kinds.length)], 0, 0);
        boolean in = random.nextBoolean();
        boolean out = !in || random.nextBoolean();
        SparseConvNhwc last = new SparseConvNhwc(g, w, 0, bias, 0, activation, SparseForm.LISTS);
        SparseConvNhwc first = new SparseConvNhwc(g, w, 0, bias, 0, activation, SparseForm.LISTS, in, out);
        float[] planes = values(g.inputSize(), random);
        float[] pixels = channelsLast(planes, g.inChannels(), g.inputPixels());
        boolean suits = Simd.BITS == 512
                && g.widthAxis().output() >= 16
                && g.widthAxis().output() <= 32;
        assertEquals(suits, SparseConvNhwc.suitsPlanes(g));
        if (!suits) {
            assertThrows(IllegalArgumentException.class, () -> first.units(g));
            return;
        }
        float[] expected = run(last, g, pixels, 0, 0);
        int channel = random.nextInt(g.outChannels() / SparseConvNhwc.CHANNELS + 1) * SparseConvNhwc.CHANNELS;
        float[] got = run(first, g, in ? planes : pixels, random.nextInt(first.units(g) + 1), channel);
        float[] turned = out ? channelsLast(got, g.outChannels(), g.outputPixels()) : got;
        assertArrayEquals(expected, turned, 2e-5f, g.toString());
    }

    @Test
    void planesTakeNoResidual() {
        WindowAxis axis = WindowAxis.padded(20, 3, 1, 1, 1, 1, false);
        ConvGeometry g = new ConvGeometry(1, 1, 1, 1, List.of(axis, axis));
        SparseConvNhwc conv = new SparseConvNhwc(
                g, new float[9], 0, null, 0, new Activation(Activation.Kind.NONE, 0, 0), SparseForm.LISTS, false, true);
        Exception e = assertThrows(
                IllegalArgumentException.class,
                () -> conv.run(
                        g, new float[400], 0, new float[400], 0, new float[400], 0, new float[0], 0, 0, 1, 0, 1));
        assertEquals("a sparse convolution that writes planes adds no residual", e.getMessage());
    }
}
