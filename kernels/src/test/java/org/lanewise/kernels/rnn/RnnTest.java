package org.lanewise.kernels.rnn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.kernels.math.ScalarMath;

class RnnTest {
    private static final float NO_CLIP = Float.POSITIVE_INFINITY;

    private static float[] random(int n, long seed) {
        Random random = new Random(seed);
        float[] x = new float[n];
        for (int i = 0; i < n; i++) {
            x[i] = (float) random.nextGaussian() * 2;
        }
        return x;
    }

    @ParameterizedTest
    @EnumSource(RnnActivation.Kind.class)
    void everyActivationOnArrays(RnnActivation.Kind kind) {
        for (RnnActivation a : new RnnActivation[] {
            new RnnActivation(kind, kind.alpha(), kind.beta()), new RnnActivation(kind, 0.7f, 0.3f)
        }) {
            float[] x = random(40, 1);
            x[7] = a.alpha();
            float[] y = new float[40];
            a.apply(x, 0, y, 0, 40);
            for (int i = 0; i < 40; i++) {
                assertEquals(a.apply((double) x[i]), y[i], 2e-6, a + " of " + x[i]);
            }
        }
    }

    @Test
    void lstmStepWithAllOptions() {
        int hidden = 37;
        for (int option = 0; option < 16; option++) {
            boolean usual = (option & 1) == 0;
            float[] p = (option & 2) == 0 ? null : random(3 * hidden + 1, 5);
            float clip = (option & 4) == 0 ? NO_CLIP : 0.8f;
            boolean coupled = (option & 8) != 0;
            RnnActivation f =
                    usual ? RnnActivation.SIGMOID : new RnnActivation(RnnActivation.Kind.HARD_SIGMOID, 0.2f, 0.5f);
            RnnActivation g = usual ? RnnActivation.TANH : new RnnActivation(RnnActivation.Kind.SOFTSIGN, 0, 0);
            LstmCell cell = new LstmCell(f, g, RnnActivation.TANH, clip, coupled);
            float[] gates = random(4 * hidden + 2, 6);
            float[] x = random(4 * hidden + 1, 8);
            float[] before = new float[4 * hidden + 2];
            for (int i = 0; i < 4 * hidden; i++) {
                before[2 + i] = gates[2 + i] + x[1 + i];
            }
            float[] c = random(hidden + 3, 7);
            float[] old = c.clone();
            float[] y = new float[hidden];
            cell.step(hidden, x, 1, gates, 2, c, 3, y, 0, p, 1);
            for (int k = 0; k < hidden; k++) {
                double previous = old[3 + k];
                double[] peep = new double[3];
                for (int q = 0; q < 3 && p != null; q++) {
                    peep[q] = p[1 + q * hidden + k];
                }
                double i = f.apply(limit(before[2 + k] + peep[0] * previous, clip));
                double forget = coupled ? 1 - i : f.apply(limit(before[2 + 2 * hidden + k] + peep[2] * previous, clip));
                double next = forget * previous + i * g.apply(limit(before[2 + 3 * hidden + k], clip));
                double o = f.apply(limit(before[2 + hidden + k] + peep[1] * next, clip));
                assertEquals(next, c[3 + k], 1e-5, "state, option " + option);
                assertEquals(o * Math.tanh(next), y[k], 1e-5, "output, option " + option);
            }
        }
    }

    private static double limit(double x, float clip) {
        return Math.clamp(x, -clip, clip);
    }

    @Test
    void gruStepBothWays() {
        int hidden = 37;
        for (float clip : new float[] {NO_CLIP, 0.6f}) {
            GruCell cell = new GruCell(RnnActivation.SIGMOID, RnnActivation.TANH, clip);
            for (boolean after : new boolean[] {false, true}) {
                float[] gates = random(3 * hidden, 1);
                float[] given = random(2 * hidden, 5);
                float[] before = gates.clone();
                for (int i = 0; i < 2 * hidden; i++) {
                    before[i] += given[i];
                }
                float[] x = random(hidden, 2);
                float[] bias = random(hidden, 3);
                float[] h = random(hidden, 4);
                float[] old = h.clone();
                cell.gates(hidden, given, 0, gates, 0);
                if (after) {
                    cell.resetAfter(hidden, gates, 0, x, 0, bias, 0, h, 0);
                } else {
                    cell.finish(hidden, gates, 0, x, 0, h, 0);
                }
                for (int k = 0; k < hidden; k++) {
                    double z = RnnActivation.SIGMOID.apply(limit(before[k], clip));
                    double r = RnnActivation.SIGMOID.apply(limit(before[hidden + k], clip));
                    double product = before[2 * hidden + k];
                    double n = Math.tanh(limit(x[k] + (after ? r * (product + bias[k]) : product), clip));
                    assertEquals((1 - z) * n + z * old[k], h[k], 2e-6);
                }
            }
        }
    }

    @Test
    void vectorsGetTheBitsOfScalars() {
        int n = 53; // whole vectors and a rest at any width
        float[] x = random(n, 11);
        float[] special = {0f, -0f, 1e-30f, 200f, -200f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        System.arraycopy(special, 0, x, 0, special.length);
        float[] y = random(n, 12);
        Arrays.fill(y, 0, special.length, -0f);
        float[] sigmoid = y.clone();
        CellPasses.sigmoidSum(x, 0, sigmoid, 0, n);
        float[] tanh = y.clone();
        CellPasses.tanhSum(x, 0, tanh, 0, n);
        float[] times = new float[n];
        CellPasses.tanhTimes(x, 0, y, 0, times, 0, n);
        for (int i = 0; i < n; i++) {
            assertEquals(ScalarMath.sigmoid(x[i] + y[i]), sigmoid[i], "sigmoid of " + x[i]);
            assertEquals(ScalarMath.tanh(x[i] + y[i]), tanh[i], "tanh of " + x[i]);
            assertEquals(y[i] * ScalarMath.tanh(x[i]), times[i], "tanh of " + x[i]);
        }
    }
}
