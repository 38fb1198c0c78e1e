package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.lanewise.kernels.Activation;

/** Every convolution kernel against the definition, on values whose sums are exact: results must be equal to the bit. */
class ConvDifferentialTest {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);
    private static final Activation CLIP = new Activation(Activation.Kind.CLIP, -1.5f, 6);

    private static Activation activation(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> RELU;
            case 1 -> CLIP;
            default -> NONE;
        };
    }

    private static double[] finish(double[] y, double[] residual, boolean adds, Activation activation) {
        double[] z = y.clone();
        for (int i = 0; i < z.length; i++) {
            z[i] += adds ? residual[i] : 0;
            if (activation.kind() != Activation.Kind.NONE) {
                boolean clip = activation.kind() == Activation.Kind.CLIP;
                z[i] = Math.min(Math.max(z[i], clip ? activation.alpha() : 0), clip ? activation.beta() : 1e30);
            }
        }
        return z;
    }

    @Property(tries = 150)
    void channelsFirst(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank, @ForAll boolean depthwise) {
        Random random = new Random(seed);
        ConvGeometry g = Cases.geometry(random, rank, depthwise ? 9 : 12, depthwise);
        double[] x = Cases.values(random, g.inputSize());
        double[] w = Cases.values(random, g.weightSize());
        double[] bias = Cases.values(random, g.outChannels());
        double[] residual = Cases.values(random, g.outputSize());
        boolean adds = random.nextBoolean();
        Activation activation = activation(random);
        double[] expected = finish(NaiveConv.run(g, x, w, bias), residual, adds, activation);
        Conv conv = new Conv(g, Cases.floats(w), Cases.OFFSET, Cases.floats(bias), Cases.OFFSET, activation);
        float[] y = Cases.output(g.outputSize());
        float[] scratch = new float[conv.scratchSize(g) + 3];
        int split = Cases.split(random, conv.units(g));
        float[] in = Cases.floats(x);
        float[] added = adds ? Cases.floats(residual) : null;
        conv.run(g, in, Cases.OFFSET, y, Cases.OFFSET, added, Cases.OFFSET, scratch, 3, split, conv.units(g));
        conv.run(g, in, Cases.OFFSET, y, Cases.OFFSET, added, Cases.OFFSET, scratch, 3, 0, split);
        Cases.assertSame(expected, y, g);
    }

    @Property(tries = 200)
    void channelsLast(@ForAll long seed, @ForAll boolean depthwise) {
        Random random = new Random(seed);
        ConvGeometry g = Cases.geometry(random, 2, depthwise ? 70 : 24, depthwise);
        double[] x = Cases.values(random, g.inputSize());
        double[] w = Cases.values(random, g.weightSize());
        double[] bias = Cases.values(random, g.outChannels());
        double[] residual = Cases.values(random, g.outputSize());
        boolean adds = random.nextBoolean();
        boolean biased = random.nextBoolean();
        Activation activation = activation(random);
        double[] expected = finish(NaiveConv.run(g, x, w, biased ? bias : null), residual, adds, activation);
        boolean planar = random.nextBoolean();
        int strideArea = g.heightAxis().stride() * g.widthAxis().stride();
        boolean planarOutput =
                !adds && random.nextBoolean() && ConvNhwc.readsPlanar(g.isDepthwise(), g.taps(), strideArea);
        ConvNhwc conv = new ConvNhwc(
                g,
                Cases.floats(w),
                Cases.OFFSET,
                biased ? Cases.floats(bias) : null,
                Cases.OFFSET,
                activation,
                planar,
                planarOutput);
        int pixels = g.outputPixels();
        float[] y = Cases.output(g.outputSize());
        float[] scratch = new float[conv.scratchSize(g) + 3];
        int split = Cases.split(random, conv.units(g));
        float[] in = Cases.floats(planar ? x : Cases.channelsLast(x, g.batch(), g.inChannels(), g.inputPixels()));
        float[] added = adds ? Cases.floats(Cases.channelsLast(residual, g.batch(), g.outChannels(), pixels)) : null;
        conv.run(g, in, Cases.OFFSET, y, Cases.OFFSET, added, Cases.OFFSET, scratch, 3, split, conv.units(g));
        conv.run(g, in, Cases.OFFSET, y, Cases.OFFSET, added, Cases.OFFSET, scratch, 3, 0, split);
        Cases.assertSame(
                planarOutput ? expected : Cases.channelsLast(expected, g.batch(), g.outChannels(), pixels), y, g);
    }

    @Property(tries = 60)
    void doublePrecision(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank) {
        Random random = new Random(seed);
        ConvGeometry g = Cases.geometry(random, rank, 6, random.nextInt(4) == 0);
        double[] x = Cases.values(random, g.inputSize());
        double[] w = Cases.values(random, g.weightSize());
        double[] expected = NaiveConv.run(g, x, w, null);
        double[] y = new double[g.outputSize()];
        ConvDouble.run(g, x, 0, w, 0, null, 0, y, 0, 0, g.batch() * g.outChannels());
        for (int i = 0; i < y.length; i++) {
            assertEquals(expected[i], y[i], "element " + i + " of " + g);
        }
    }

    @Property(tries = 100)
    void integers(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank, @ForAll boolean xUnsigned) {
        Random random = new Random(seed);
        ConvGeometry g = Cases.geometry(random, rank, 6, random.nextInt(4) == 0);
        boolean wUnsigned = random.nextBoolean();
        byte[] x = new byte[g.inputSize()];
        byte[] w = new byte[g.weightSize()];
        random.nextBytes(x);
        random.nextBytes(w);
        int xZero = random.nextInt(256) - (xUnsigned ? 0 : 128);
        int[] wZero = new int[random.nextBoolean() ? 1 : g.outChannels()];
        for (int i = 0; i < wZero.length; i++) {
            wZero[i] = random.nextInt(256) - (wUnsigned ? 0 : 128);
        }
        double[] wideX = new double[x.length];
        double[] wideW = new double[w.length];
        for (int i = 0; i < x.length; i++) {
            wideX[i] = (xUnsigned ? x[i] & 0xff : x[i]) - xZero;
        }
        for (int i = 0; i < w.length; i++) {
            wideW[i] = (wUnsigned ? w[i] & 0xff : w[i]) - wZero[wZero.length == 1 ? 0 : i / g.depth()];
        }
        double[] expected = NaiveConv.run(g, wideX, wideW, null);
        int[] y = new int[g.outputSize()];
        int[] scratch = new int[ConvInteger.scratchSize(g)];
        int planes = g.batch() * g.outChannels();
        int split = Cases.split(random, planes);
        ConvInteger.run(g, x, 0, xUnsigned, xZero, w, 0, wUnsigned, wZero, y, 0, scratch, 0, split, planes);
        ConvInteger.run(g, x, 0, xUnsigned, xZero, w, 0, wUnsigned, wZero, y, 0, scratch, 0, 0, split);
        for (int i = 0; i < y.length; i++) {
            assertEquals((int) expected[i], y[i], "element " + i + " of " + g);
        }
    }

    @Property(tries = 100)
    void transposed(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank) {
        Random random = new Random(seed);
        ConvGeometry g = Cases.geometry(random, rank, 9, random.nextInt(4) == 0);
        double[] x = Cases.values(random, g.outputSize());
        double[] w = Cases.values(random, g.weightSize());
        double[] bias = Cases.values(random, g.inChannels());
        double[] plain = NaiveConv.transposed(g, x, w, bias);
        Activation activation = activation(random);
        double[] expected = finish(plain, plain, false, activation);
        ConvTranspose conv =
                new ConvTranspose(g, Cases.floats(w), Cases.OFFSET, Cases.floats(bias), Cases.OFFSET, activation);
        float[] y = Cases.output(expected.length);
        float[] scratch = new float[conv.scratchSize(g) + 3];
        int split = Cases.split(random, conv.units(g));
        conv.run(g, Cases.floats(x), Cases.OFFSET, y, Cases.OFFSET, scratch, 3, split, conv.units(g));
        conv.run(g, Cases.floats(x), Cases.OFFSET, y, Cases.OFFSET, scratch, 3, 0, split);
        Cases.assertSame(expected, y, g);
        double[] doubles = new double[plain.length];
        ConvTranspose.run(g, x, 0, w, 0, bias, 0, doubles, 0);
        for (int i = 0; i < doubles.length; i++) {
            assertEquals(plain[i], doubles[i], "element " + i + " in double of " + g);
        }
        if (rank == 2) {
            ConvTransposeNhwc last = new ConvTransposeNhwc(
                    g, Cases.floats(w), Cases.OFFSET, Cases.floats(bias), Cases.OFFSET, activation);
            float[] z = Cases.output(expected.length);
            float[] in = Cases.floats(Cases.channelsLast(x, g.batch(), g.outChannels(), g.outputPixels()));
            float[] room = new float[last.scratchSize(g) + 3];
            int half = Cases.split(random, last.rows(g));
            last.run(g, in, Cases.OFFSET, z, Cases.OFFSET, room, 3, half, last.rows(g));
            last.run(g, in, Cases.OFFSET, z, Cases.OFFSET, room, 3, 0, half);
            Cases.assertSame(Cases.channelsLast(expected, g.batch(), g.inChannels(), g.inputPixels()), z, g);
        }
    }

    @Property(tries = 60)
    void columnsToImage(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int rank) {
        Random random = new Random(seed);
        ConvGeometry shape = Cases.geometry(random, rank, 3, false);
        ConvGeometry g = new ConvGeometry(shape.batch(), shape.inChannels(), shape.inChannels(), 1, shape.axes());
        int windows = g.outputPixels();
        int planes = g.batch() * g.inChannels();
        double[] columns = Cases.values(random, planes * g.taps() * windows);
        double[] expected = new double[g.inputSize()];
        for (int i = 0; i < columns.length; i++) {
            int pixel = NaiveConv.inputPixel(g, i % windows, i / windows % g.taps());
            if (pixel >= 0) {
                expected[i / windows / g.taps() * g.inputPixels() + pixel] += columns[i];
            }
        }
        float[] image = Cases.output(expected.length);
        Col2Im.run(g, Cases.floats(columns), Cases.OFFSET, image, Cases.OFFSET, 0, planes);
        Cases.assertSame(expected, image, g);
        double[] doubles = new double[expected.length];
        Col2Im.run(g, columns, 0, doubles, 0, 0, planes);
        for (int i = 0; i < doubles.length; i++) {
            assertEquals(expected[i], doubles[i], "element " + i + " of " + g);
        }
    }
}
