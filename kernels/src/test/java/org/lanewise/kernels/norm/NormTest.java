package org.lanewise.kernels.norm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NormTest {
    private static float[] random(int n, long seed, double scale) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) (random.nextGaussian() * scale);
        }
        return x;
    }

    @Test
    void softmaxOfLinesAlongAnyAxis() {
        for (int[] s : new int[][] {
            {3, 5, 1}, {3, 100, 1}, {2, 7, 37}, {1, 33, 3}, {1, 9000, 1}, {4, 1, 1}, {4, 0, 1}, {1, 16, 16}
        }) {
            int outer = s[0];
            int axis = s[1];
            int inner = s[2];
            float[] x = random(outer * axis * inner + 3, 1, 9);
            float[] soft = new float[x.length];
            float[] log = new float[x.length];
            float[] parts = new float[x.length];
            int lines = outer * inner;
            Softmax.softmax(x, 3, soft, 3, axis, inner, 0, lines);
            Softmax.logSoftmax(x, 3, log, 3, axis, inner, 0, lines);
            for (int from = 0; from < lines; from += 5) {
                Softmax.softmax(x, 3, parts, 3, axis, inner, from, Math.min(lines, from + 5));
            }
            assertArrayEquals(soft, parts, "a split changes no bit");
            for (int line = 0; line < lines; line++) {
                int at = 3 + line / inner * axis * inner + line % inner;
                double max = Double.NEGATIVE_INFINITY;
                double sum = 0;
                for (int k = 0; k < axis; k++) {
                    max = Math.max(max, x[at + k * inner]);
                }
                for (int k = 0; k < axis; k++) {
                    sum += Math.exp(x[at + k * inner] - max);
                }
                for (int k = 0; k < axis; k++) {
                    double exact = Math.exp(x[at + k * inner] - max) / sum;
                    assertEquals(exact, soft[at + k * inner], 6e-6 * exact + 1e-44);
                    double exactLog = x[at + k * inner] - max - Math.log(sum);
                    assertEquals(exactLog, log[at + k * inner], 4e-6);
                }
            }
            Softmax.softmax(x, 3, x, 3, axis, inner, 0, lines);
            assertArrayEquals(Arrays.copyOfRange(soft, 3, soft.length), Arrays.copyOfRange(x, 3, x.length), "in place");
        }
    }

    @Test
    void softmaxOfSpecialValues() {
        float[] x = new float[20];
        Arrays.fill(x, Float.NEGATIVE_INFINITY);
        x[18] = 1000f;
        x[2] = 1000f;
        float[] y = new float[20];
        Softmax.softmax(x, 0, y, 0, 20, 1, 0, 1);
        assertEquals(0.5f, y[2]);
        assertEquals(0.5f, y[18]);
        assertEquals(0f, y[0]);
        x[5] = Float.NaN;
        Softmax.softmax(x, 0, y, 0, 20, 1, 0, 1);
        for (float v : y) {
            assertEquals(Float.NaN, v);
        }
    }

    @Test
    void hardmaxMarksTheFirstGreatest() {
        float[] y = new float[6];
        Softmax.hardmax(new float[] {1, 3, 3, 5, 2, 5}, 0, y, 0, 3, 1, 0, 2);
        assertArrayEquals(new float[] {0, 1, 0, 1, 0, 0}, y);
        Softmax.hardmax(new float[] {1, 3, 3, 5, 2, 5}, 0, y, 0, 2, 3, 0, 3);
        assertArrayEquals(new float[] {0, 1, 0, 1, 0, 1}, y);
    }

    @Test
    void layerAndRmsNormalization() {
        for (int n : new int[] {1, 3, 16, 37, 384, 5000}) {
            int rows = 3;
            float[] x = random(rows * n + 2, 3, 2);
            for (int i = 0; i < x.length; i++) {
                x[i] += 50; // a mean far from zero: one-pass variances fail here
            }
            float[] skip = random(rows * n, 4, 2);
            float[] scale = random(n + 1, 5, 1);
            float[] bias = random(n + 2, 6, 1);
            float[] y = new float[rows * n];
            float[] z = new float[rows * n];
            float[] means = new float[rows];
            float[] inverses = new float[rows];
            LayerNorm.layer(x, 2, scale, 1, bias, 2, 1e-5f, y, 0, means, inverses, n, 0, rows);
            LayerNorm.layer(x, 2, scale, 1, null, 0, 1e-5f, z, 0, null, null, n, 0, rows);
            float[] rms = new float[rows * n];
            LayerNorm.rms(x, 2, scale, 1, 1e-5f, rms, 0, n, 0, rows);
            for (int r = 0; r < rows; r++) {
                double mean = 0;
                double squares = 0;
                double variance = 0;
                for (int i = 0; i < n; i++) {
                    mean += x[2 + r * n + i] / (double) n;
                    squares += (double) x[2 + r * n + i] * x[2 + r * n + i] / n;
                }
                for (int i = 0; i < n; i++) {
                    variance += Math.pow(x[2 + r * n + i] - mean, 2) / n;
                }
                double inverse = 1 / Math.sqrt(variance + 1e-5);
                assertEquals(mean, means[r], 1e-5);
                assertEquals(inverse, inverses[r], 1e-4 * inverse);
                for (int i = 0; i < n; i++) {
                    double v = (x[2 + r * n + i] - mean) * inverse * scale[1 + i];
                    double tolerance = 4e-6 * inverse * 50 * 0.1 + 3e-5 * Math.abs(v) + 1e-5;
                    assertEquals(v + bias[2 + i], y[r * n + i], tolerance);
                    assertEquals(v, z[r * n + i], tolerance);
                    double u = x[2 + r * n + i] / Math.sqrt(squares + 1e-5) * scale[1 + i];
                    assertEquals(u, rms[r * n + i], 1e-6 * Math.abs(u));
                }
            }
            float[] sum = new float[rows * n];
            float[] a = new float[rows * n];
            float[] b = new float[rows * n];
            LayerNorm.skipLayer(x, 2, skip, 0, scale, 1, bias, 2, 1e-5f, sum, 0, a, 0, n, 0, rows);
            LayerNorm.layer(sum, 0, scale, 1, bias, 2, 1e-5f, b, 0, null, null, n, 0, rows);
            assertEquals(x[2] + skip[0], sum[0]);
            assertArrayEquals(b, a);
            LayerNorm.skipRms(x, 2, skip, 0, scale, 1, 1e-5f, sum, 0, a, 0, n, 0, rows);
            LayerNorm.rms(sum, 0, scale, 1, 1e-5f, b, 0, n, 0, rows);
            assertArrayEquals(b, a);
        }
    }

    @Test
    void batchNormalizationByHand() {
        float[] factor = new float[2];
        float[] addend = new float[2];
        ChannelNorm.fold(
                new float[] {1, 2},
                0,
                new float[] {0, 1},
                0,
                new float[] {3, 4},
                0,
                new float[] {3, 15},
                0,
                1f,
                factor,
                addend);
        assertArrayEquals(new float[] {0.5f, 0.5f}, factor);
        assertArrayEquals(new float[] {-1.5f, -1f}, addend);
        float[] x = random(2 * 2 * 21, 1, 1);
        float[] y = new float[x.length];
        ChannelNorm.affine(x, 0, factor, addend, 2, 21, y, 0, 0, 4);
        float[] z = new float[x.length];
        ChannelNorm.affineChannelsLast(x, 0, factor, addend, 2, z, 0, 0, 42);
        for (int i = 0; i < x.length; i++) {
            assertEquals(x[i] * 0.5f + addend[i / 21 % 2], y[i], 1e-6f);
            assertEquals(x[i] * 0.5f + addend[i % 2], z[i], 1e-6f);
        }
    }

    @Test
    void groupAndInstanceNormalization() {
        int channels = 6;
        for (int area : new int[] {1, 5, 40}) {
            float[] x = random(2 * channels * area, 8, 3);
            float[] scale = random(channels, 9, 1);
            float[] bias = random(channels, 10, 1);
            for (int groups : new int[] {1, 2, 6}) {
                float[] y = new float[x.length];
                ChannelNorm.group(x, 0, scale, 0, bias, 0, 1e-3f, channels, groups, area, y, 0, 0, 2 * groups);
                if (groups == 6) {
                    float[] z = new float[x.length];
                    ChannelNorm.instance(x, 0, scale, 0, bias, 0, 1e-3f, channels, area, z, 0, 0, 12);
                    assertArrayEquals(y, z);
                }
                int n = channels / groups * area;
                for (int g = 0; g < 2 * groups; g++) {
                    double mean = 0;
                    double variance = 0;
                    for (int i = 0; i < n; i++) {
                        mean += x[g * n + i] / (double) n;
                    }
                    for (int i = 0; i < n; i++) {
                        variance += Math.pow(x[g * n + i] - mean, 2) / n;
                    }
                    for (int i = 0; i < n; i++) {
                        int c = (g * n + i) / area % channels;
                        double v = (x[g * n + i] - mean) / Math.sqrt(variance + 1e-3) * scale[c] + bias[c];
                        assertEquals(v, y[g * n + i], 2e-5);
                    }
                }
            }
        }
    }

    @Test
    void lpNormalization() {
        float[] x = {3, 4, 0, 0, -6, 8};
        float[] y = new float[6];
        LineNorm.lp(2, x, 0, y, 0, 2, 1, 0, 3);
        assertArrayEquals(new float[] {0.6f, 0.8f, 0, 0, -0.6f, 0.8f}, y, 1e-7f);
        LineNorm.lp(1, x, 0, y, 0, 2, 3, 0, 3);
        assertArrayEquals(new float[] {1f, 4f / 10, 0, 0, -0.6f, 1f}, y, 1e-7f);
    }

    @Test
    void localResponseNormalization() {
        int channels = 5;
        int area = 1100;
        float[] x = random(channels * area, 2, 2);
        float[] y = new float[x.length];
        for (int size : new int[] {1, 2, 3, 5}) {
            LineNorm.localResponse(x, 0, channels, area, size, 0.3f, 0.75f, 1.5f, y, 0, 0, 1);
            for (int i = 0; i < x.length; i++) {
                int c = i / area;
                double sum = 0;
                int first = c - (int) Math.floor((size - 1) / 2.0);
                int last = c + (int) Math.ceil((size - 1) / 2.0);
                for (int k = Math.max(0, first); k <= Math.min(channels - 1, last); k++) {
                    sum += Math.pow(x[k * area + i % area], 2);
                }
                assertEquals(x[i] / Math.pow(1.5 + 0.1 * 3 / size * sum, 0.75), y[i], 2e-6 * Math.abs(x[i]));
            }
        }
    }

    @Test
    void meanVarianceNormalization() {
        float[] x = {1, 2, 3, 4, 5, 6, 7, 8};
        float[] y = new float[8];
        LineNorm.meanVariance(x, 0, new int[] {2, 2, 2}, new int[] {0, 2}, y, 0);
        double s = Math.sqrt(4.25);
        assertEquals((1 - 3.5) / s, y[0], 1e-6);
        assertEquals((4 - 5.5) / s, y[3], 1e-6);
        assertEquals((8 - 5.5) / s, y[7], 1e-6);
    }
}
