package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;

class TriplesWholeTest {
    private static void check(int rows, int k, int n, float[] w, byte[] x, boolean signed, int zero, Random random) {
        int[] bias = random.ints(n, -5000, 5000).toArray();
        float[] starts = new float[n];
        float[] scales = new float[n];
        for (int j = 0; j < n; j++) {
            starts[j] = bias[j];
            scales[j] = (float) Math.exp(random.nextGaussian() - 6) / (float) Math.sqrt(k);
        }
        int yZero = random.nextInt(256);
        Requantization end = Requantization.of(n, scales, bias, yZero, true).within(3, 250);
        TriplesWhole tiles = TriplesWhole.of(w, k, n, starts, end, signed, zero);
        if (Simd.BITS != 512 || !Simd.FMA || n < TriplesWhole.NR || !fit(w, k, n)) {
            assertNull(tiles);
            return;
        }
        assertNotNull(tiles);
        float[] floats = new float[rows * k];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = GemmInt8.widen(x[3 + i], signed) - zero;
        }
        float[] c = new float[5 + TriplesWhole.roomForRows(rows) * n];
        float[] same = c.clone();
        Arrays.fill(c, Float.NaN);
        double[] doubles = new double[7 + tiles.doublesSize(rows)];
        Arrays.fill(doubles, Double.NaN);
        tiles.run(x, 3, c, 5, rows, doubles, 7);
        Arrays.fill(doubles, Double.NaN);
        tiles.run(floats, 0, same, 5, rows, doubles, 7);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < n; j++) {
                int sum = 0;
                for (int t = 0; t < k; t++) {
                    sum += (int) (floats[i * k + t] * w[j * k + t]);
                }
                int expected = (end.apply(sum, j) & 0xff) - yZero;
                assertEquals(expected, c[5 + i * n + j], "row " + i + ", column " + j + " of bytes");
                assertEquals(expected, same[5 + i * n + j], "row " + i + ", column " + j + " of float");
            }
        }
    }

    /** Whether sums of eight products with any bytes are from -65408 to 65663. */
    private static boolean fit(float[] w, int k, int n) {
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < k; i += 8) {
                float least = 0;
                float most = 0;
                for (int t = i; t < Math.min(k, i + 8); t++) {
                    float weight = w[j * k + t];
                    least += Math.min(-128 * weight, 127 * weight);
                    most += Math.max(-128 * weight, 127 * weight);
                }
                if (least < -65408 || most > 65663) {
                    return false;
                }
            }
        }
        return true;
    }

    @Property(tries = 150)
    void equalsTheFormula(@ForAll long seed) {
        Random random = new Random(seed);
        int rows = 1 + random.nextInt(70);
        int k = 1 + random.nextInt(random.nextBoolean() ? 20 : 300);
        int n = 12 + random.nextInt(90);
        int shift = random.nextInt(-60, 60);
        int reach = 1 + random.nextInt(random.nextBoolean() ? 128 - Math.abs(shift) : 60);
        float[] w = new float[n * k];
        for (int i = 0; i < w.length; i++) {
            w[i] = random.nextInt(-reach, reach) + shift;
        }
        boolean signed = random.nextBoolean();
        byte[] x = new byte[3 + rows * k];
        random.nextBytes(x);
        check(rows, k, n, w, x, signed, (signed ? -128 : 0) + random.nextInt(256), random);
    }

    @ParameterizedTest
    @ValueSource(ints = {-63, 63, 62, -1})
    void extremesDoNotMeet(int weight) {
        Random random = new Random(weight);
        int k = 504;
        int n = 33;
        int rows = 50;
        float[] w = new float[n * k];
        Arrays.fill(w, weight);
        for (int first : new int[] {-128, 127}) {
            for (int pattern = 0; pattern < 4; pattern++) {
                byte[] x = new byte[3 + rows * k];
                for (int i = 3; i < x.length; i++) {
                    int row = (i - 3) / k;
                    boolean other = pattern == 1 && row % 3 == 1
                            || pattern == 2 && row % 3 != 1
                            || pattern == 3 && row % 2 == 0;
                    x[i] = (byte) (other ? -1 - first : first);
                }
                check(rows, k, n, w, x, true, 0, random);
                check(rows, k, n, w, x, true, first, random);
                check(rows, k, n, w, x, false, first & 0xff, random);
            }
        }
    }

    @Test
    void manyRowsAreSeveralBlocks() {
        Random random = new Random(1);
        int k = 16;
        int n = 16;
        float[] w = new float[n * k];
        for (int i = 0; i < w.length; i++) {
            w[i] = random.nextInt(-128, 128);
        }
        byte[] x = new byte[3 + 7000 * k];
        random.nextBytes(x);
        check(7000, k, n, w, x, false, 128, random);
    }

    @Test
    void weightsThatSpanMoreThanBytesHaveNoSuchTiles() {
        Requantization end = Requantization.of(16, new float[] {1}, null, 0, true);
        float[] w = new float[16];
        w[3] = 128;
        w[4] = -128;
        assertNull(TriplesWhole.of(w, 1, 16, new float[16], end, true, 0));
    }

    @Test
    void runsThatDoNotFitHaveNoSuchTiles() {
        Requantization end = Requantization.of(16, new float[] {1}, null, 0, true);
        float[] w = new float[4 * 16];
        Arrays.fill(w, 128);
        assertNull(TriplesWhole.of(w, 4, 16, new float[16], end, true, 0));
    }
}
