package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.lanewise.kernels.Activation;

/** Depthwise convolutions of planes and of lines, all kernels, strides, dilations and pads: the definition, row by row, and channels last give the same. */
class DepthwiseNchwTest {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final int GUARD = 3;

    private static WindowAxis axis(Random random, int most) {
        while (true) {
            int kernel = 1 + random.nextInt(random.nextBoolean() ? 5 : 9);
            WindowAxis axis = WindowAxis.padded(
                    1 + random.nextInt(most),
                    kernel,
                    1 + random.nextInt(random.nextInt(3) == 0 ? 3 : 2),
                    random.nextInt(kernel + 1),
                    random.nextInt(kernel + 1),
                    random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1,
                    false);
            if (axis.output() > 0) {
                return axis;
            }
        }
    }

    private static WindowAxis line(Random random) {
        int kernel = 1 + random.nextInt(31);
        int stride = 1 + random.nextInt(2);
        return WindowAxis.padded(
                kernel + random.nextInt(150), kernel, stride, random.nextInt(kernel), kernel / 2, 1, false);
    }

    private static ConvGeometry geometry(Random random) {
        int channels = 2 + random.nextInt(9);
        int out = channels * (random.nextInt(4) == 0 ? 3 : 1);
        int most = random.nextInt(3) == 0 ? 70 : 20;
        WindowAxis flat = WindowAxis.padded(1, 1, 1, 0, 0, 1, false);
        WindowAxis same = axis(random, most);
        List<WindowAxis> axes = switch (random.nextInt(4)) {
            case 0 -> List.of(flat, line(random));
            case 1 -> List.of(same, same);
            default -> List.of(axis(random, most), axis(random, most));
        };
        return new ConvGeometry(1 + random.nextInt(2), channels, out, channels, axes);
    }

    /** Row by row, without vectors over pixels. */
    private static float[] byRows(ConvGeometry g, float[] x, int xOff, float[] w, float[] bias) {
        float[] y = new float[g.outputSize()];
        for (int plane = 0; plane < g.batch() * g.outChannels(); plane++) {
            int m = plane % g.outChannels();
            int in = plane / g.outChannels() * g.inChannels() + m / g.groupOutChannels();
            int out = plane * g.outputPixels();
            Arrays.fill(y, out, out + g.outputPixels(), bias[m]);
            ConvRows.add(g, x, xOff + in * g.inputPixels(), w, m * g.taps(), y, out);
        }
        return y;
    }

    private static float[] channelsLast(ConvGeometry g, double[] x, float[] w, float[] bias) {
        float[] turned = new float[x.length];
        double[] pixels = Cases.channelsLast(x, g.batch(), g.inChannels(), g.inputPixels());
        for (int i = 0; i < x.length; i++) {
            turned[i] = (float) pixels[i];
        }
        ConvNhwc conv = new ConvNhwc(g, w, 0, bias, 0, NONE, false, false);
        float[] y = new float[g.outputSize()];
        float[] scratch = new float[conv.scratchSize(g)];
        conv.run(g, turned, 0, y, 0, null, 0, scratch, 0, 0, conv.units(g), 0, conv.panels());
        float[] planes = new float[y.length];
        for (int i = 0; i < y.length; i++) {
            int pixel = i / g.outChannels();
            int image = pixel / g.outputPixels();
            planes[(image * g.outChannels() + i % g.outChannels()) * g.outputPixels() + pixel % g.outputPixels()] =
                    y[i];
        }
        return planes;
    }

    private static float[] planes(ConvGeometry g, float[] x, int xOff, float[] w, float[] bias, int pieces) {
        Conv conv = new Conv(g, w, 0, bias, 0, NONE);
        float[] y = new float[GUARD + g.outputSize() + GUARD];
        Arrays.fill(y, 77);
        float[] scratch = new float[2 + conv.scratchSize(g)];
        int units = conv.units(g);
        for (int i = pieces - 1; i >= 0; i--) { // a piece must not write into the next one
            Arrays.fill(scratch, Float.NaN);
            conv.run(g, x, xOff, y, GUARD, null, 0, scratch, 2, units * i / pieces, units * (i + 1) / pieces);
        }
        for (int i = 0; i < GUARD; i++) {
            assertEquals(77, y[i], "wrote before the planes");
            assertEquals(77, y[y.length - 1 - i], "wrote behind the planes");
        }
        return Arrays.copyOfRange(y, GUARD, y.length - GUARD);
    }

    @Property(tries = 400)
    void allKernelsGiveTheSame(@ForAll long seed) {
        Random random = new Random(seed);
        ConvGeometry g = geometry(random);
        double[] values = Cases.values(random, g.inputSize());
        double[] weights = Cases.values(random, g.weightSize());
        double[] biases = Cases.values(random, g.outChannels());
        if (random.nextInt(3) == 0) {
            values[random.nextInt(values.length)] = Double.POSITIVE_INFINITY;
            values[random.nextInt(values.length)] = Double.NaN;
        }
        float[] w = new float[weights.length];
        float[] bias = new float[biases.length];
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) weights[i];
        }
        for (int i = 0; i < bias.length; i++) {
            bias[i] = (float) biases[i];
        }
        float[] exact = Cases.floats(values);
        float[] x = Arrays.copyOf(exact, exact.length + (random.nextBoolean() ? 200 : 0));
        Arrays.fill(x, exact.length, x.length, Float.NaN);
        double[] expected = NaiveConv.run(g, values, weights, biases);
        float[] y = planes(g, x, Cases.OFFSET, w, bias, 1 + random.nextInt(3));
        float[] rows = byRows(g, x, Cases.OFFSET, w, bias);
        float[] last = channelsLast(g, values, w, bias);
        for (int i = 0; i < y.length; i++) {
            assertEquals((float) expected[i], y[i], () -> "channels first: " + g);
            assertEquals((float) expected[i], rows[i], () -> "row by row: " + g);
            assertEquals((float) expected[i], last[i], () -> "channels last: " + g);
        }
    }

    /** Sizes of common networks. */
    @Property(tries = 40)
    void asInNetworks(@ForAll long seed) {
        Random random = new Random(seed);
        int kernel = 3 + 2 * random.nextInt(3);
        int size = new int[] {7, 14, 28, 56}[random.nextInt(4)];
        int stride = 1 + random.nextInt(2);
        WindowAxis axis = WindowAxis.padded(size, kernel, stride, kernel / 2, kernel / 2, 1, false);
        ConvGeometry g = new ConvGeometry(1, 3, 3, 3, List.of(axis, axis));
        double[] values = Cases.values(random, g.inputSize());
        double[] weights = Cases.values(random, g.weightSize());
        float[] w = new float[weights.length];
        for (int i = 0; i < w.length; i++) {
            w[i] = (float) weights[i];
        }
        double[] expected = NaiveConv.run(g, values, weights, new double[3]);
        float[] y = planes(g, Cases.floats(values), Cases.OFFSET, w, new float[3], 1);
        for (int i = 0; i < y.length; i++) {
            assertEquals((float) expected[i], y[i], () -> g.toString());
        }
    }
}
