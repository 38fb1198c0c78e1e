package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

class PointwisePlanesTest {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);

    @ParameterizedTest
    @CsvSource({
        "1, 3, 5",
        "4, 7, 64",
        "6, 1, 17",
        "7, 20, 70",
        "13, 9, 33",
        "25, 30, 128",
        "49, 40, 100",
        "50, 1030, 65",
        "100, 2100, 20",
        "196, 64, 130"
    })
    void equalsTheSumsOfDoubles(int pixels, int in, int out) {
        assumeTrue(Simd.ENABLED);
        for (Activation activation : new Activation[] {NONE, RELU}) {
            for (boolean adds : new boolean[] {false, true}) {
                compare(pixels, in, out, activation, adds, 1, 1);
            }
        }
    }

    @Test
    void bandsAndGroupsChangeNoBit() {
        assumeTrue(Simd.ENABLED);
        float[] whole = compare(53, 1050, 150, RELU, true, 1, 1);
        assertArrayEquals(whole, compare(53, 1050, 150, RELU, true, 3, 2));
        assertArrayEquals(whole, compare(53, 1050, 150, RELU, true, 8, 1));
    }

    @Test
    void suitsImagesThatDoNotFillPanels() {
        assertEquals(PointwisePlanes.ENABLED, PointwisePlanes.suits(49, 512, 2048));
        assertFalse(PointwisePlanes.suits(3136, 256, 64));
        assertFalse(PointwisePlanes.suits(49, 512, 3));
        assertFalse(PointwisePlanes.suits(49, 8, 64));
    }

    /** What is computed in bands and groups, compared with sums in double. */
    private static float[] compare(
            int pixels, int in, int out, Activation activation, boolean adds, int parts, int groupCuts) {
        Random random = new Random(7);
        float[] w = values(random, 3 + out * in);
        float[] x = values(random, 5 + in * pixels);
        float[] bias = values(random, 2 + out);
        float[] residual = adds ? values(random, 1 + out * pixels) : null;
        PointwisePlanes kernel = new PointwisePlanes(out, in, w, 3, bias, 2, activation);
        int bands = kernel.bands(pixels, parts);
        assertTrue(bands >= 1 && bands <= Math.max(1, pixels), "bands " + bands);
        float[] y = new float[4 + out * pixels];
        float[] scratch = new float[9 + kernel.scratchSize(pixels, bands)];
        Arrays.fill(scratch, Float.NaN);
        int groups = kernel.groups();
        for (int band = 0; band < bands; band++) {
            for (int cut = 0; cut < groupCuts; cut++) {
                kernel.run(
                        pixels,
                        x,
                        5,
                        y,
                        4,
                        residual,
                        1,
                        band * pixels / bands,
                        (band + 1) * pixels / bands,
                        cut * groups / groupCuts,
                        (cut + 1) * groups / groupCuts,
                        scratch,
                        9);
            }
        }
        check(pixels, in, w, x, bias, residual, activation, y);
        return y;
    }

    private static void check(
            int pixels,
            int in,
            float[] w,
            float[] x,
            float[] bias,
            float @Nullable [] residual,
            Activation activation,
            float[] y) {
        int out = bias.length - 2;
        for (int m = 0; m < out; m++) {
            for (int p = 0; p < pixels; p++) {
                double sum = bias[2 + m] + (residual == null ? 0 : residual[1 + m * pixels + p]);
                double size = Math.abs(sum);
                for (int k = 0; k < in; k++) {
                    double product = (double) w[3 + m * in + k] * x[5 + k * pixels + p];
                    sum += product;
                    size += Math.abs(product);
                }
                double expected = activation.kind() == Activation.Kind.RELU ? Math.max(0, sum) : sum;
                assertEquals(expected, y[4 + m * pixels + p], 1e-6 * size + 1e-6, "channel " + m + ", pixel " + p);
            }
        }
    }

    private static float[] values(Random random, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }
}
