package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;

/** {@link ConvInt8Chain} gives every bit that its convolutions give one after the other, in integers. */
class ConvInt8ChainTest {
    /** A stage with its integer kernel, its zero points following those before. */
    private record Layer(ConvGeometry g, byte[] w, Requantization end, boolean xSigned, int xZero) {
        static Layer of(ConvGeometry g, Random random, boolean xSigned, int xZero, boolean ySigned, int yZero) {
            byte[] w = new byte[g.weightSize()];
            random.nextBytes(w);
            float[] scales = new float[random.nextBoolean() ? 1 : g.outChannels()];
            for (int i = 0; i < scales.length; i++) {
                scales[i] = (float) Math.exp(random.nextGaussian() - 5 - Math.log(g.depth()) / 2);
            }
            int[] bias = random.ints(g.outChannels(), -3000, 3000).toArray();
            Requantization end = Requantization.of(g.outChannels(), scales, bias, yZero, !ySigned);
            int low = ySigned ? -128 : 0;
            return new Layer(
                    g, w, random.nextBoolean() ? end.within(yZero, Math.max(yZero, low + 230)) : end, xSigned, xZero);
        }

        /** With weights so small that sums of any eight fit fp64 tiles. */
        Layer withSmallWeights() {
            byte[] small = w.clone();
            for (int i = 0; i < small.length; i++) {
                small[i] /= 3;
            }
            return new Layer(g, small, end, xSigned, xZero);
        }

        boolean isExact() {
            return ConvInt8Floats.isExact(g, w, 0, true, null, end);
        }

        ConvInt8Floats floats() {
            return new ConvInt8Floats(g, w, 0, true, null, xSigned, xZero, end);
        }

        byte[] run(byte[] x) {
            ConvInt8Nhwc integers = new ConvInt8Nhwc(g, w, 0, true, null, xSigned, xZero, end);
            byte[] y = new byte[g.outputSize()];
            int[] scratch = new int[integers.scratchSize(g)];
            integers.run(g, x, 0, y, 0, scratch, 0, 0, integers.rows(g), 0, integers.panels());
            return y;
        }
    }

    private static void check(List<Layer> layers, Random random) {
        ConvGeometry first = layers.getFirst().g;
        byte[] x = new byte[first.inputSize()];
        random.nextBytes(x);
        byte[] expected = x;
        for (Layer layer : layers) {
            expected = layer.run(expected);
        }
        ConvInt8Chain chain =
                new ConvInt8Chain(layers.stream().map(Layer::floats).toList());
        List<ConvGeometry> geometries = layers.stream().map(Layer::g).toList();
        for (int parts : new int[] {1, 3}) {
            ConvInt8Chain.Plan plan = chain.plan(geometries, parts);
            byte[] shifted = new byte[x.length + 5];
            System.arraycopy(x, 0, shifted, 5, x.length);
            byte[] y = new byte[expected.length + 7];
            float[] scratch = new float[plan.size() + 12];
            Arrays.fill(scratch, Float.NaN);
            double[] doubles = new double[plan.doubles() + 3];
            Arrays.fill(doubles, Double.NaN);
            int split = random.nextInt(plan.units() + 1);
            chain.run(plan, shifted, 5, y, 7, scratch, 12, doubles, 3, split, plan.units());
            chain.run(plan, shifted, 5, y, 7, scratch, 12, doubles, 3, 0, split);
            assertArrayEquals(expected, Arrays.copyOfRange(y, 7, y.length), geometries::toString);
        }
    }

    @Property(tries = 60)
    void equalsOneAfterTheOther(@ForAll long seed) {
        Random random = new Random(seed);
        int batch = 1 + random.nextInt(2);
        int height = 1 + random.nextInt(30);
        int width = 1 + random.nextInt(20);
        int channels = 1 + random.nextInt(40);
        List<Layer> layers = new ArrayList<>();
        int stages = 1 + random.nextInt(4);
        boolean xSigned = random.nextBoolean();
        int xZero = (xSigned ? -128 : 0) + random.nextInt(256);
        for (int i = 0; i < stages; i++) {
            boolean depthwise = random.nextInt(3) == 0;
            int kernel = depthwise || random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
            int stride = 1 + random.nextInt(2);
            int dilation = kernel > 1 && random.nextInt(4) == 0 ? 2 : 1;
            int pad = random.nextInt(kernel);
            int out = depthwise ? channels : 1 + random.nextInt(40);
            WindowAxis h = WindowAxis.padded(height, kernel, stride, pad, kernel / 2, dilation, false);
            WindowAxis w = WindowAxis.padded(width, kernel, stride, kernel / 2, pad, dilation, false);
            Assume.that(h.output() > 0 && w.output() > 0);
            ConvGeometry g = new ConvGeometry(batch, channels, out, depthwise ? channels : 1, List.of(h, w));
            boolean ySigned = random.nextBoolean();
            int yZero = (ySigned ? -128 : 0) + random.nextInt(256);
            Layer layer = Layer.of(g, random, xSigned, xZero, ySigned, yZero);
            Assume.that(layer.isExact());
            layers.add(layer);
            xSigned = ySigned;
            xZero = yZero;
            channels = out;
            height = h.output();
            width = w.output();
        }
        check(layers, random);
    }

    private static ConvGeometry conv(int batch, int size, int in, int out, int kernel, int stride, int group) {
        WindowAxis axis = WindowAxis.padded(size, kernel, stride, kernel / 2, kernel / 2, 1, false);
        return new ConvGeometry(batch, in, out, group, List.of(axis, axis));
    }

    @ParameterizedTest
    @CsvSource({"56,24,144,24,1", "57,16,96,20,2", "14,64,384,96,1", "7,104,200,72,1", "30,3,40,7,2"})
    void bandsOfInvertedResiduals(int size, int in, int wide, int out, int stride) {
        Random random = new Random(size);
        List<Layer> layers = new ArrayList<>();
        Layer up = Layer.of(conv(2, size, in, wide, 1, 1, 1), random, false, 100, false, 0);
        layers.add(up.withSmallWeights());
        ConvGeometry depthwise = conv(2, size, wide, wide, 3, stride, wide);
        layers.add(Layer.of(depthwise, random, false, 0, false, 5));
        int left = depthwise.axis(0).output();
        Layer down = Layer.of(conv(2, left, wide, out, 1, 1, 1), random, false, 5, true, -7);
        layers.add(down.withSmallWeights());
        assertTrue(layers.stream().allMatch(Layer::isExact));
        check(layers, random);
        ConvInt8Chain chain =
                new ConvInt8Chain(layers.stream().map(Layer::floats).toList());
        ConvInt8Chain.Plan plan = chain.plan(layers.stream().map(Layer::g).toList(), 2);
        boolean tiles = Simd.BITS == 512 && Simd.FMA;
        String first = tiles && in >= 96 && wide >= 64 ? "1x1-triples" : "1x1";
        String last = tiles && wide >= 96 && out >= 64 ? "1x1-triples" : "1x1";
        assertEquals("int8-chain-" + first + "-dw3x3-" + last, chain.kernelName(plan));
        assertTrue(plan.units() >= 2, "images");
    }

    @Test
    void smallImagesAreSharedAmongParts() {
        Random random = new Random(3);
        List<Layer> layers = List.of(
                Layer.of(conv(1, 14, 96, 576, 1, 1, 1), random, false, 100, false, 0),
                Layer.of(conv(1, 14, 576, 576, 3, 1, 576), random, false, 0, false, 5),
                Layer.of(conv(1, 14, 576, 96, 1, 1, 1), random, false, 5, true, -7));
        ConvInt8Chain chain =
                new ConvInt8Chain(layers.stream().map(Layer::floats).toList());
        assertEquals(2, chain.plan(layers.stream().map(Layer::g).toList(), 2).units());
    }

    @Test
    void aTallWindowReadsManyRows() {
        Random random = new Random(7);
        List<Layer> layers = new ArrayList<>();
        layers.add(Layer.of(conv(1, 90, 2, 80, 3, 1, 1), random, true, 3, false, 100));
        layers.add(Layer.of(conv(1, 90, 80, 80, 7, 3, 80), random, false, 100, true, 4));
        layers.add(Layer.of(conv(1, 30, 80, 80, 5, 1, 80), random, true, 4, true, 4));
        check(layers, random);
    }

    @Test
    void refusesNothingAndOtherNumbers() {
        assertThrows(IllegalArgumentException.class, () -> new ConvInt8Chain(List.of()));
        Layer one = Layer.of(conv(1, 4, 2, 2, 1, 1, 1), new Random(1), true, 0, true, 0);
        ConvInt8Chain chain = new ConvInt8Chain(List.of(one.floats()));
        assertThrows(IllegalArgumentException.class, () -> chain.plan(List.of(one.g, one.g), 1));
    }
}
