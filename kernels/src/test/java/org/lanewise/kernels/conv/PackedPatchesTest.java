package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.PatchRows;

/** Products of packed patches against the definition, on values whose sums are exact, on every processor with vectors that long. */
class PackedPatchesTest {
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);

    private static ConvGeometry geometry(Random random) {
        int batch = 1 + random.nextInt(2);
        int channels = 16 * (1 + random.nextInt(3));
        int[] input = {batch, channels, 4 + random.nextInt(20), 4 + random.nextInt(20)};
        int[] w = {32 * (1 + random.nextInt(3)), channels, 1 + random.nextInt(4), 1 + random.nextInt(4)};
        int[] strides = {1 + random.nextInt(3), 1 + random.nextInt(2)};
        int[] dilations = {1 + random.nextInt(2), 1 + random.nextInt(2)};
        int[] pads = new int[4];
        for (int i = 0; i < 2; i++) {
            int extent = (w[i + 2] - 1) * dilations[i] + 1;
            pads[i] = random.nextInt(extent);
            pads[i + 2] = Math.max(random.nextInt(extent), extent - input[i + 2] - pads[i]);
        }
        return ConvGeometry.of(input, w, 1, AutoPad.NOTSET, strides, pads, dilations);
    }

    @Property(tries = 120)
    void givesTheDefinition(@ForAll long seed) {
        Random random = new Random(seed);
        ConvGeometry g = geometry(random);
        int pixels = g.batch() * g.outputPixels();
        int rows = pixels - random.nextInt(1 + Math.min(12, pixels / 8));
        if (!PackedPatches.suits(g, rows)) {
            return;
        }
        double[] x = Cases.values(random, g.inputSize());
        double[] w = Cases.values(random, g.weightSize());
        double[] bias = Cases.values(random, g.outChannels());
        double[] residual = Cases.values(random, g.outputSize());
        boolean adds = random.nextBoolean();
        double[] sums = NaiveConv.run(g, x, w, bias);
        for (int i = 0; i < sums.length; i++) {
            sums[i] = Math.max(0, sums[i] + (adds ? residual[i] : 0));
        }
        double[] expected = Cases.channelsLast(sums, g.batch(), g.outChannels(), g.outputPixels());
        float[] matrix = new float[w.length];
        for (int i = 0; i < w.length; i++) {
            int tap = i % g.taps();
            int c = i / g.taps() % g.inChannels();
            matrix[(tap * g.inChannels() + c) * g.outChannels() + i / g.depth()] = (float) w[i];
        }
        PackedB b = PackedB.pack(matrix, 0, g.outChannels(), false, g.depth(), g.outChannels());
        float[] in = Cases.floats(Cases.channelsLast(x, g.batch(), g.inChannels(), g.inputPixels()));
        float[] added =
                adds ? Cases.floats(Cases.channelsLast(residual, g.batch(), g.outChannels(), g.outputPixels())) : null;
        float[] y = Cases.output(g.outputSize());
        float[] scratch = new float[PackedPatches.scratchSize(g) + 3];
        Arrays.fill(scratch, Float.NaN);
        int first = random.nextInt(g.batch() * g.outputPixels() - rows + 1);
        int panels = Gemm.panels(g.outChannels());
        int middle = random.nextInt(panels + 1);
        Epilogue e = Epilogue.biasPerColumn(floats(bias), RELU);
        PackedPatches kernel = new PackedPatches();
        for (int[] part : new int[][] {{middle, panels}, {0, middle}}) {
            kernel.run(
                    g,
                    in,
                    Cases.OFFSET,
                    b,
                    y,
                    Cases.OFFSET,
                    added,
                    Cases.OFFSET,
                    first,
                    first + rows,
                    part[0],
                    part[1],
                    e,
                    scratch,
                    3);
        }
        for (int i = first * g.outChannels(); i < (first + rows) * g.outChannels(); i++) {
            assertEquals((float) expected[i], y[Cases.OFFSET + i], "element " + i + " of " + g);
        }
        float[] untouched = Cases.output(g.outputSize());
        for (int i = 0; i < y.length; i++) {
            int at = i - Cases.OFFSET;
            if (at < first * g.outChannels() || at >= (first + rows) * g.outChannels()) {
                assertEquals(untouched[i], y[i], "value " + at + " outside of the rows asked for");
            }
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /** The same through the layer, for ranges of too few units and channels that fill no panel, too. */
    @Property(tries = 60)
    void isOneOfTheWaysOfALayer(@ForAll long seed) {
        Random random = new Random(seed);
        int[] input = {
            1 + random.nextInt(2), 64 + 16 * random.nextInt(2), 3 + random.nextInt(28), 3 + random.nextInt(28)
        };
        int[] weights = {64 + 8 * random.nextInt(5), input[1], 3, 3};
        ConvGeometry g = ConvGeometry.of(
                input, weights, 1, AutoPad.NOTSET, new int[] {2, 2}, new int[] {1, 1, 1, 1}, new int[] {1, 1});
        double[] x = Cases.values(random, g.inputSize());
        double[] w = Cases.values(random, g.weightSize());
        double[] expected = NaiveConv.run(g, x, w, null);
        Activation none = new Activation(Activation.Kind.NONE, 0, 0);
        ConvNhwc conv = new ConvNhwc(g, Cases.floats(w), Cases.OFFSET, null, 0, none);
        float[] in = Cases.floats(Cases.channelsLast(x, g.batch(), g.inChannels(), g.inputPixels()));
        float[] y = Cases.output(g.outputSize());
        float[] scratch = new float[conv.scratchSize(g) + 3];
        int split = Cases.split(random, conv.units(g));
        conv.run(g, in, Cases.OFFSET, y, Cases.OFFSET, null, 0, scratch, 3, split, conv.units(g));
        conv.run(g, in, Cases.OFFSET, y, Cases.OFFSET, null, 0, scratch, 3, 0, split);
        Cases.assertSame(Cases.channelsLast(expected, g.batch(), g.outChannels(), g.outputPixels()), y, g);
    }

    @Test
    void isNamedAndUsedWherePortsAreShared() {
        ConvGeometry g = ConvGeometry.of(
                new int[] {1, 64, 24, 24},
                new int[] {64, 64, 3, 3},
                1,
                AutoPad.NOTSET,
                new int[] {2, 2},
                new int[] {1, 1, 1, 1},
                new int[] {1, 1});
        Activation none = new Activation(Activation.Kind.NONE, 0, 0);
        String name = new ConvNhwc(g, new float[g.weightSize()], 0, null, 0, none).kernelName(g);
        boolean packs = Processor.SHARED_PORTS && Simd.BITS == 512;
        assertTrue(name.startsWith(packs ? "conv-nhwc-patches-gemm-f32-10x2x16-streamed" : "conv-nhwc-direct-"), name);
    }

    @Test
    void refusesWhatIsNoPatch() {
        String message = assertThrows(
                        IllegalArgumentException.class, () -> new PatchRows(24, new int[1], new int[1], new int[1]))
                .getMessage();
        assertEquals("patches of 24 channels, expected a multiple of 16", message);
        message = assertThrows(
                        IllegalArgumentException.class, () -> new PatchRows(16, new int[33], new int[2], new int[1]))
                .getMessage();
        assertEquals("patches of 33 taps, expected at most 32, and 2 and 1 pixels, expected as many", message);
        assumeTrue(
                Processor.SHARED_PORTS && Simd.BITS == 512,
                "tiles of packed rows need shared ports and vectors of 512 bits");
        ConvGeometry g = ConvGeometry.of(
                new int[] {1, 16, 14, 14},
                new int[] {64, 16, 3, 3},
                1,
                AutoPad.NOTSET,
                new int[0],
                new int[0],
                new int[0]);
        PackedB b = PackedB.pack(new float[g.weightSize()], 0, 64, false, g.depth(), 64);
        float[] x = new float[g.inputSize()];
        float[] y = new float[g.outputSize()];
        float[] scratch = new float[PackedPatches.scratchSize(g)];
        message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new PackedPatches()
                                .run(g, x, 0, b, y, 0, null, 0, 0, 145, 0, 2, Epilogue.NONE, scratch, 0))
                .getMessage();
        assertEquals("rows 0..145 of 144 patches of 144 values by panels 0..2 of weights of 144 by 64", message);
    }
}
