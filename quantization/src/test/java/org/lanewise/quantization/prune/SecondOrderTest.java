package org.lanewise.quantization.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.model.Hessian;

/** Weights that make up for others, against sums on paper and against plain pruning. */
class SecondOrderTest {
    /** Of H = (2 1; 1 2), H^-1 = (2 -1; -1 2) / 3: {@code U^T U = H^-1}. */
    private static final double[] U = {Math.sqrt(2.0 / 3), -1 / Math.sqrt(6), 0, Math.sqrt(0.5)};

    private static final double[] H = {2, 1, 1, 2};

    private static final Curvature INPUTS = new Curvature(H, 2, 1, null);

    private static WeightMatrix row(float... w) {
        return new WeightMatrix(w, 1, w.length, w.length);
    }

    @Test
    void theFirstOfTwoWeightsGoes() {
        WeightMatrix matrix = row(1, 3);
        // 1^2 / (2/3) = 1.5 against 3^2 / (1/2) = 18; the second becomes 3 + 1 / (2/3) * (1/3) = 3.5
        boolean[] mask = SecondOrder.prune(matrix, U, SparsityPattern.UNSTRUCTURED, 1);
        assertArrayEquals(new boolean[] {true, false}, mask);
        assertEquals(0, matrix.w()[0]);
        assertEquals(3.5, matrix.w()[1], 1e-6);
    }

    @Test
    void thoseThatWerePassedOverAreFittedAfterwards() {
        WeightMatrix dense = row(3, 1);
        WeightMatrix matrix = dense.copy();
        // 3^2 / (2/3) = 13.5 against 1^2 / (1/2) = 2: the second goes, and the first is behind it
        boolean[] mask = SecondOrder.prune(matrix, U, SparsityPattern.UNSTRUCTURED, 1);
        assertArrayEquals(new float[] {3, 0}, matrix.w());
        // 2 w = 2 * 3 + 1 * 1
        Refit.apply(matrix, dense, INPUTS, mask);
        assertArrayEquals(new float[] {3.5f, 0}, matrix.w(), 1e-6f);
    }

    @Test
    void theSurgeonTakesWhatCostsLeastNow() {
        boolean[] mask = new Surgeon(row(3, 1), SparsityPattern.UNSTRUCTURED, INPUTS).mask(1);
        assertArrayEquals(new boolean[] {false, true}, mask);
        // Rows together: the smallest of 1.5, 6 (2^2 / (2/3)), 13.5 and 0.375
        WeightMatrix two = new WeightMatrix(new float[] {3, 1, 2, 0.5f}, 2, 2, 2);
        assertArrayEquals(
                new boolean[] {false, false, false, true},
                new Surgeon(two, SparsityPattern.UNSTRUCTURED, INPUTS).mask(1));
        // As a block the columns cost (9 + 4) / (2/3) and (1 + 0.25) / (2/3)
        assertArrayEquals(
                new boolean[] {false, true, false, true}, new Surgeon(two, SparsityPattern.BLOCK2, INPUTS).mask(2));
    }

    private static Hessian correlated(Random random, int k) {
        Hessian hessian = new Hessian(k);
        float[] x = new float[k];
        for (int row = 0; row < 6 * k; row++) {
            float common = (float) random.nextGaussian();
            for (int i = 0; i < k; i++) {
                x[i] = common + (float) random.nextGaussian() * (0.3f + i % 3);
            }
            hessian.add(x, 0);
        }
        return hessian;
    }

    private static double error(Hessian hessian, WeightMatrix a, WeightMatrix b) {
        double sum = 0;
        for (int row = 0; row < a.rows(); row++) {
            double[] change = new double[a.columns()];
            for (int i = 0; i < change.length; i++) {
                change[i] = a.w()[row * change.length + i] - b.w()[row * change.length + i];
            }
            sum += hessian.square(change);
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource
    void errorsAreSmallerThanByMagnitude(SparsityPattern pattern) {
        Random random = new Random(3);
        int k = 144;
        Hessian hessian = correlated(random, k);
        WeightMatrix dense = new WeightMatrix(Models.gaussian(random, 34 * k, 1), 34, k, 18);
        long zeros = 34 * k / 2;
        WeightMatrix plain = dense.copy();
        plain.clear(Masks.of(List.of(dense), pattern, zeros).getFirst());
        WeightMatrix once = dense.copy();
        boolean[] passed = SecondOrder.prune(once, hessian.inverseFactor(0.01), pattern, zeros);
        double passing = error(hessian, dense, once);
        Curvature curvature = new Curvature(hessian.damped(0.01), k, hessian.rows(), null);
        Refit.apply(once, dense, curvature, passed);
        WeightMatrix exact = dense.copy();
        boolean[] mask = new Surgeon(dense, pattern, curvature).mask(zeros);
        exact.clear(mask);
        Refit.apply(exact, dense, curvature, mask);
        double byMagnitude = error(hessian, dense, plain);
        double fitted = error(hessian, dense, once);
        double operated = error(hessian, dense, exact);
        assertTrue(passing < 0.7 * byMagnitude, passing + " against " + byMagnitude);
        assertTrue(fitted < passing, fitted + " against " + passing);
        assertTrue(operated < fitted, operated + " against " + fitted);
        MasksTest.assertObeys(pattern, dense, passed);
        MasksTest.assertObeys(pattern, dense, mask);
        MasksTest.assertCount(pattern, dense, zeros, passed);
        MasksTest.assertCount(pattern, dense, zeros, mask);
    }
}
