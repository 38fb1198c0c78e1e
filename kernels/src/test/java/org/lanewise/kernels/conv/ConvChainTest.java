package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Activation;

/** {@link ConvChain} gives what its convolutions give one after the other. */
class ConvChainTest {
    private static final float TOLERANCE = 1e-5f;

    private record Layer(ConvGeometry g, ConvNhwc kernel) {
        static Layer of(ConvGeometry g, Random random, boolean planar) {
            float[] w = values(g.weightSize(), random, 1 / (float) Math.sqrt(g.depth()));
            float[] bias = random.nextInt(4) == 0 ? null : values(g.outChannels(), random, 1);
            Activation activation = switch (random.nextInt(4)) {
                case 0 -> new Activation(Activation.Kind.NONE, 0, 0);
                case 1 -> new Activation(Activation.Kind.RELU, 0, 0);
                case 2 -> new Activation(Activation.Kind.CLIP, 0, 6);
                default -> new Activation(Activation.Kind.SIGMOID, 0, 0);
            };
            return new Layer(g, new ConvNhwc(g, w, 0, bias, 0, activation, planar));
        }

        float[] run(float[] x, float @Nullable [] residual) {
            float[] y = new float[g.outputSize()];
            float[] scratch = new float[kernel.scratchSize(g)];
            kernel.run(g, x, 0, y, 0, residual, 0, scratch, 0, 0, kernel.units(g));
            return y;
        }
    }

    private static float[] values(int count, Random random, float scale) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian() * scale;
        }
        return values;
    }

    private static void check(List<Layer> layers, boolean adds, Random random) {
        List<ConvGeometry> geometries = layers.stream().map(Layer::g).toList();
        float[] x = values(geometries.getFirst().inputSize(), random, 1);
        float[] residual = adds ? values(geometries.getLast().outputSize(), random, 1) : null;
        float[] expected = x;
        for (int i = 0; i < layers.size(); i++) {
            expected = layers.get(i).run(expected, i == layers.size() - 1 ? residual : null);
        }
        ConvChain chain = new ConvChain(layers.stream().map(Layer::kernel).toList());
        for (int parts : new int[] {1, 3}) {
            ConvChain.Plan plan = chain.plan(geometries, parts);
            float[] y = new float[expected.length + 7];
            Arrays.fill(y, Float.NaN);
            float[] scratch = new float[plan.size() + 12];
            Arrays.fill(scratch, Float.NaN);
            float[] added = residual == null ? null : new float[residual.length + 3];
            if (residual != null) {
                System.arraycopy(residual, 0, added, 3, residual.length);
            }
            float[] shifted = new float[x.length + 5];
            System.arraycopy(x, 0, shifted, 5, x.length);
            int split = random.nextInt(plan.units() + 1);
            chain.run(plan, shifted, 5, y, 7, added, 3, scratch, 12, split, plan.units());
            chain.run(plan, shifted, 5, y, 7, added, 3, scratch, 12, 0, split);
            assertArrayEquals(expected, Arrays.copyOfRange(y, 7, y.length), TOLERANCE, geometries::toString);
            for (int i = 0; i < 7; i++) {
                assertTrue(Float.isNaN(y[i]), "before the output");
            }
        }
    }

    @Property(tries = 80)
    void equalsOneAfterTheOther(@ForAll long seed) {
        Random random = new Random(seed);
        int batch = 1 + random.nextInt(2);
        int height = 1 + random.nextInt(60);
        int width = 1 + random.nextInt(60);
        int channels = 1 + random.nextInt(60);
        List<Layer> layers = new ArrayList<>();
        int stages = 1 + random.nextInt(4);
        for (int i = 0; i < stages; i++) {
            boolean planar = i == 0 && random.nextInt(3) == 0;
            boolean depthwise = !planar && channels > 1 && random.nextBoolean();
            int kernel = depthwise || planar ? 2 + random.nextInt(4) : i == 0 && random.nextBoolean() ? 3 : 1;
            int stride = kernel > 1 ? 1 + random.nextInt(2) : 1;
            Assume.that(depthwise || kernel == 1 || kernel > stride);
            int dilation = kernel > 1 && random.nextInt(4) == 0 ? 2 : 1;
            int pad = kernel == 1 ? 0 : random.nextInt(kernel);
            int out = depthwise ? channels : 1 + random.nextInt(60);
            WindowAxis h = WindowAxis.padded(height, kernel, stride, pad, kernel / 2, dilation, false);
            WindowAxis w = WindowAxis.padded(width, kernel, stride, kernel / 2, pad, dilation, false);
            Assume.that(h.output() > 0 && w.output() > 0);
            ConvGeometry g = new ConvGeometry(batch, channels, out, depthwise ? channels : 1, List.of(h, w));
            layers.add(Layer.of(g, random, planar));
            channels = out;
            height = h.output();
            width = w.output();
        }
        check(layers, random.nextBoolean(), random);
    }

    private static ConvGeometry conv(int batch, int size, int in, int out, int kernel, int stride, int group) {
        WindowAxis axis = WindowAxis.padded(size, kernel, stride, kernel / 2, kernel / 2, 1, false);
        return new ConvGeometry(batch, in, out, group, List.of(axis, axis));
    }

    @ParameterizedTest
    @CsvSource({"56,24,144,24,1", "113,16,96,20,2", "14,64,384,96,1", "60,3,40,7,2"})
    void bandsOfInvertedResiduals(int size, int in, int wide, int out, int stride) {
        Random random = new Random(size);
        ConvGeometry depthwise = conv(2, size, wide, wide, 3, stride, wide);
        int left = depthwise.axis(0).output();
        List<Layer> layers = List.of(
                Layer.of(conv(2, size, in, wide, 1, 1, 1), random, false),
                Layer.of(depthwise, random, false),
                Layer.of(conv(2, left, wide, out, 1, 1, 1), random, false));
        check(layers, true, random);
        List<ConvGeometry> geometries = layers.stream().map(Layer::g).toList();
        ConvChain chain = new ConvChain(layers.stream().map(Layer::kernel).toList());
        ConvChain.Plan plan = chain.plan(geometries, 2);
        assertEquals("conv-chain-1x1-dw3x3-1x1", chain.kernelName(plan));
        assertTrue(plan.units() >= 2, "images");
        assertEquals(size > 14 && wide > 40, ConvChain.pays(geometries));
    }

    @Test
    void theFirstOneMayReadChannelsFirst() {
        Random random = new Random(5);
        List<Layer> layers = List.of(
                Layer.of(conv(2, 90, 3, 32, 3, 2, 1), random, true),
                Layer.of(conv(2, 45, 32, 32, 3, 1, 32), random, false),
                Layer.of(conv(2, 45, 32, 16, 1, 1, 1), random, false));
        check(layers, false, random);
    }

    @Test
    void refusesWhatItDoesNotCompute() {
        assertThrows(IllegalArgumentException.class, () -> new ConvChain(List.of()));
        Layer one = Layer.of(conv(1, 4, 2, 2, 1, 1, 1), new Random(1), false);
        ConvChain chain = new ConvChain(List.of(one.kernel));
        assertThrows(IllegalArgumentException.class, () -> chain.plan(List.of(one.g, one.g), 1));
        ConvGeometry patches = conv(1, 8, 2, 2, 2, 2, 1);
        assertThrows(IllegalArgumentException.class, () -> chain.plan(List.of(patches), 1));
        assertFalse(ConvChain.computes(conv(1, 8, 2, 2, 3, 1, 1), false), "gathers rows for each band anew");
        assertTrue(ConvChain.computes(conv(1, 8, 2, 2, 3, 1, 1), true));
        assertFalse(ConvChain.computes(conv(1, 8, 4, 4, 1, 1, 2), true), "groups");
    }
}
