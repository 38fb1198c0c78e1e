package org.lanewise.kernels.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Activation;

/** Sparse 1x1 convolutions of planes against sums in double precision, and whatever way the work is split against the whole. */
class SparsePlanesTest {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);
    private static final Activation CLIP = new Activation(Activation.Kind.CLIP, -0.5f, 0.5f);
    private static final int X_OFF = 3;
    private static final int Y_OFF = 5;
    private static final int SCRATCH_OFF = 12;

    private static float[] normal(int size, Random random) {
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Some rows have no weight at all. */
    private static float[] sparse(int out, int in, double share, Random random) {
        float[] w = new float[out * in];
        for (int i = 0; i < w.length; i++) {
            w[i] = random.nextDouble() < share ? (float) random.nextGaussian() : random.nextBoolean() ? 0f : -0f;
        }
        for (int m = 0; m < out; m++) {
            if (random.nextInt(6) == 0) {
                Arrays.fill(w, m * in, (m + 1) * in, 0f);
            }
        }
        return w;
    }

    private static float[] run(SparsePlanes planes, float[] x, int pixels, float @Nullable [] residual) {
        float[] y = new float[Y_OFF + planes.outChannels() * pixels + 7];
        Arrays.fill(y, 77);
        float[] scratch = new float[SCRATCH_OFF + planes.scratchLength(pixels)];
        Arrays.fill(scratch, Float.NaN);
        planes.run(
                x,
                X_OFF,
                y,
                Y_OFF,
                residual,
                0,
                pixels,
                0,
                planes.tiles(pixels),
                0,
                planes.outChannels(),
                scratch,
                SCRATCH_OFF);
        for (int i = 0; i < y.length; i++) {
            assertTrue(i >= Y_OFF && i < y.length - 7 || y[i] == 77, "wrote beyond the planes");
        }
        return Arrays.copyOfRange(y, Y_OFF, y.length - 7);
    }

    private static float[] placed(float[] x) {
        float[] placed = new float[X_OFF + x.length];
        System.arraycopy(x, 0, placed, X_OFF, x.length);
        return placed;
    }

    @Property(tries = 120)
    void isTheProduct(@ForAll long seed) {
        Random random = new Random(seed);
        int in = random.nextInt(random.nextInt(4) == 0 ? 200 : 20);
        int out = random.nextInt(random.nextInt(4) == 0 ? 90 : 12);
        int pixels = random.nextInt(random.nextInt(3) == 0 ? 700 : 90);
        float[] x = normal(in * pixels, random);
        float[] w = sparse(out, in, random.nextDouble(), random);
        float[] bias = random.nextBoolean() ? normal(out, random) : null;
        float[] residual = random.nextBoolean() ? normal(out * pixels, random) : null;
        Activation activation = new Activation[] {NONE, RELU, CLIP}[random.nextInt(3)];
        SparsePlanes planes = new SparsePlanes(w, 0, out, in, bias, 0, activation);
        float[] y = run(planes, placed(x), pixels, residual);
        for (int i = 0; i < y.length; i++) {
            double sum = (bias == null ? 0 : bias[i / pixels]) + (residual == null ? 0 : residual[i]);
            double scale = Math.abs(sum);
            for (int c = 0; c < in; c++) {
                double product = (double) w[i / pixels * in + c] * x[c * pixels + i % pixels];
                sum += product;
                scale += Math.abs(product);
            }
            double expected = switch (activation.kind()) {
                case RELU -> Math.max(0, sum);
                case CLIP -> Math.clamp(sum, -0.5, 0.5);
                default -> sum;
            };
            assertEquals(expected, y[i], 1e-5 * Math.max(1, scale));
        }
    }

    /** Also where the residual lies where the result goes. */
    @ParameterizedTest
    @CsvSource({"8,32,300", "40,7,36", "5,5,144", "3,9,1", "100,12,577"})
    void piecesGiveTheBitsOfTheWhole(int in, int out, int pixels) {
        Random random = new Random(in);
        float[] x = placed(normal(in * pixels, random));
        float[] residual = normal(out * pixels, random);
        SparsePlanes planes = new SparsePlanes(sparse(out, in, 0.4, random), 0, out, in, normal(out, random), 0, RELU);
        float[] whole = run(planes, x, pixels, residual);
        float[] y = residual.clone();
        float[] scratch = new float[planes.scratchLength(pixels)];
        int tiles = planes.tiles(pixels);
        for (int piece = 0; piece < 3; piece++) {
            for (int tile = 0; tile < tiles; tile++) {
                planes.run(
                        x,
                        X_OFF,
                        y,
                        0,
                        y,
                        0,
                        pixels,
                        tile,
                        tile + 1,
                        planes.cut(3, piece),
                        planes.cut(3, piece + 1),
                        scratch,
                        0);
            }
        }
        assertArrayEquals(whole, y);
        assertEquals(out, planes.cut(3, 3));
    }

    @Test
    void whatHasNoWeightContributesNothing() {
        float[] w = {0, 2, -0f, 0, 0, 0};
        float[] x = new float[3 * 40];
        Arrays.fill(x, 0, 40, Float.NaN);
        Arrays.fill(x, 40, 80, 3);
        Arrays.fill(x, 80, 120, Float.POSITIVE_INFINITY);
        SparsePlanes planes = new SparsePlanes(w, 0, 2, 3, new float[] {1, 4}, 0, NONE);
        assertEquals(1, planes.nonZeros());
        float[] y = run(planes, placed(x), 40, null);
        for (int i = 0; i < 80; i++) {
            assertEquals(i < 40 ? 7 : 4, y[i]);
        }
    }

    @Test
    void aNanStaysOne() {
        float[] x = new float[20];
        x[4] = Float.NaN;
        x[5] = -1;
        float[] y = run(new SparsePlanes(new float[] {1}, 0, 1, 1, null, 0, RELU), placed(x), 20, null);
        assertTrue(Float.isNaN(y[4]));
        assertEquals(0, y[5]);
    }

    @Test
    void moreWeightsAndPixelsTakeLonger() {
        Random random = new Random(1);
        SparsePlanes few = new SparsePlanes(sparse(64, 64, 0.1, random), 0, 64, 64, null, 0, NONE);
        SparsePlanes many = new SparsePlanes(sparse(64, 64, 0.5, random), 0, 64, 64, null, 0, NONE);
        assertTrue(few.nanos(2304) < many.nanos(2304));
        assertTrue(few.nanos(576) < few.nanos(577));
    }

    @Test
    void refusesWhatDoesNotFit() {
        SparsePlanes planes = new SparsePlanes(new float[6], 0, 2, 3, null, 0, NONE);
        float[] scratch = new float[planes.scratchLength(10)];
        float[] x = new float[30];
        float[] y = new float[20];
        assertThrows(
                IllegalArgumentException.class,
                () -> planes.run(new float[29], 0, y, 0, null, 0, 10, 0, 1, 0, 2, scratch, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> planes.run(x, 0, new float[19], 0, null, 0, 10, 0, 1, 0, 2, scratch, 0));
        assertThrows(IllegalArgumentException.class, () -> planes.run(x, 0, y, 0, y, 1, 10, 0, 1, 0, 2, scratch, 0));
        assertThrows(IllegalArgumentException.class, () -> planes.run(x, 0, y, 0, null, 0, 10, 0, 1, 0, 2, scratch, 1));
        assertThrows(IllegalArgumentException.class, () -> planes.cut(2, 3));
        assertThrows(IllegalArgumentException.class, () -> new SparsePlanes(new float[5], 0, 2, 3, null, 0, NONE));
    }
}
