package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Activation;

/** Depthwise 3x3 convolutions with channels first against the definition. */
class DepthwisePlanesTest {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);
    private static final Activation CLIP = new Activation(Activation.Kind.CLIP, -0.5f, 0.5f);
    private static final int Y_OFF = 4;
    private static final int GUARD = 5;

    private static WindowAxis axis(Random random, int stride) {
        int size = 1 + random.nextInt(random.nextInt(4) == 0 ? 120 : 20);
        return WindowAxis.padded(size, 3, stride, random.nextInt(3), 2 + random.nextInt(2), 1, false);
    }

    private static float[] run(
            ConvGeometry g, float[] x, float[] w, float[] bias, Activation activation, float[] residual, int pieces) {
        Conv conv = new Conv(g, w, 0, bias, 0, activation);
        float[] y = new float[Y_OFF + g.outputSize() + GUARD];
        Arrays.fill(y, 77);
        float[] scratch = new float[2 + conv.scratchSize(g)];
        int units = conv.units(g);
        for (int i = 0; i < pieces; i++) {
            Arrays.fill(scratch, Float.NaN);
            conv.run(
                    g,
                    x,
                    0,
                    y,
                    Y_OFF,
                    residual.length == 0 ? null : residual,
                    0,
                    scratch,
                    2,
                    units * i / pieces,
                    units * (i + 1) / pieces);
        }
        for (int i = 0; i < GUARD; i++) {
            assertEquals(77, y[y.length - 1 - i], "wrote behind the planes");
        }
        return Arrays.copyOfRange(y, Y_OFF, y.length - GUARD);
    }

    private static float[] normal(int size, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[] doubles(float[] values) {
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }

    @Property(tries = 150)
    void isTheDefinition(@ForAll long seed) {
        Random random = new Random(seed);
        int stride = 1 + random.nextInt(2);
        int channels = 1 + random.nextInt(6);
        int multiplier = random.nextInt(5) == 0 ? 2 : 1;
        ConvGeometry g = new ConvGeometry(
                1 + random.nextInt(2),
                channels,
                channels * multiplier,
                channels,
                List.of(axis(random, stride), axis(random, stride)));
        float[] x = normal(g.inputSize(), random);
        float[] w = normal(g.weightSize(), random);
        float[] bias = normal(g.outChannels(), random);
        Activation activation = new Activation[] {NONE, RELU, CLIP}[random.nextInt(3)];
        float[] residual = random.nextInt(3) == 0 ? normal(g.outputSize(), random) : new float[0];
        double[] expected = NaiveConv.run(g, doubles(x), doubles(w), doubles(bias));
        float[] y = run(g, x, w, bias, activation, residual, 1 + random.nextInt(3));
        for (int i = 0; i < y.length; i++) {
            double sum = expected[i] + (residual.length == 0 ? 0 : residual[i]);
            double want = switch (activation.kind()) {
                case RELU -> Math.max(0, sum);
                case CLIP -> Math.clamp(sum, -0.5, 0.5);
                default -> sum;
            };
            assertEquals(want, y[i], 1e-4);
        }
    }

    /** Rows lie one after the other in what vectors read: what stands at the end of one must not reach the next. */
    @Test
    void infinitiesStayWithTheirNeighbours() {
        for (int stride = 1; stride <= 2; stride++) {
            for (int size : new int[] {3, 6, 16, 19, 24, 48, 70}) {
                WindowAxis axis = WindowAxis.padded(size, 3, stride, 1, 1, 1, false);
                ConvGeometry g = new ConvGeometry(1, 2, 2, 2, List.of(axis, axis));
                float[] x = new float[g.inputSize()];
                int row = size / 2;
                x[row * size + size - 1] = Float.POSITIVE_INFINITY;
                x[size * size + row * size] = Float.NaN;
                float[] w = new float[18];
                Arrays.fill(w, 1);
                float[] y = run(g, x, w, new float[2], NONE, new float[0], 1);
                for (int i = 0; i < y.length; i++) {
                    int pixels = axis.output() * axis.output();
                    int top = i % pixels / axis.output() * stride - 1;
                    int left = i % axis.output() * stride - 1;
                    int column = i < pixels ? size - 1 : 0;
                    boolean reads = top <= row && row < top + 3 && left <= column && column < left + 3;
                    assertEquals(!reads, Float.isFinite(y[i]), "size " + size + " stride " + stride + " output " + i);
                }
            }
        }
    }

    @Test
    void predictionsGrowWithTheImage() {
        WindowAxis small = WindowAxis.padded(24, 3, 1, 1, 1, 1, false);
        WindowAxis large = WindowAxis.padded(48, 3, 1, 1, 1, 1, false);
        ConvGeometry a = new ConvGeometry(1, 32, 32, 32, List.of(small, small));
        ConvGeometry b = new ConvGeometry(1, 32, 32, 32, List.of(large, large));
        assertTrue(DepthwiseCost.planes(a) < DepthwiseCost.planes(b));
        assertTrue(DepthwiseCost.channelsLast(a) < DepthwiseCost.channelsLast(b));
    }
}
