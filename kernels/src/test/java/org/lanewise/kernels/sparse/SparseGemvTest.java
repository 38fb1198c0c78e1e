package org.lanewise.kernels.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

class SparseGemvTest {
    private static final Activation NONE = new Activation(Activation.Kind.NONE, 0, 0);
    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);

    /** Every form that has a kernel here, and some that only the scalar kernel has. */
    private static List<SparseGemvForm> forms() {
        List<SparseGemvForm> forms = new ArrayList<>(SparseGemvForm.CHOICES);
        forms.add(new SparseGemvForm(1, 256, 1));
        forms.add(new SparseGemvForm(3, 5, 3));
        return forms;
    }

    private static float[] random(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat(-1, 1);
        }
        return values;
    }

    /** A (k, n) matrix; some columns and some blocks of columns are much denser than others. */
    private static float[] sparse(Random random, int k, int n, float density) {
        float[] b = new float[k * n];
        for (int j = 0; j < n; j++) {
            float d = j % 7 == 3 ? 0 : j % 5 == 1 ? Math.min(1, 3 * density) : density;
            for (int i = 0; i < k; i++) {
                b[i * n + j] = random.nextFloat() < d ? random.nextFloat(-1, 1) : random.nextBoolean() ? 0f : -0f;
            }
        }
        return b;
    }

    /** The sums over weights other than zero; infinities and NaN come out as fp32 would have them. */
    private static double[] product(float[] x, int xOff, float[] b, int k, int n) {
        double[] y = new double[n];
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < n; j++) {
                if (b[i * n + j] != 0) {
                    y[j] += (double) x[xOff + i] * b[i * n + j];
                }
            }
        }
        return y;
    }

    private static float[] run(float[] x, int xOff, LaneLists b, float @Nullable [] bias, Activation f, int pieces) {
        float[] y = new float[b.n() + 3];
        int[] cuts = b.cuts(pieces);
        for (int i = 0; i < pieces; i++) {
            int length = SparseGemv.scratchLength(b, cuts[i + 1] - cuts[i]);
            float[] scratch = random(new Random(9), length + 2);
            SparseGemv.run(x, xOff, b, bias, null, 0, f, y, 1, cuts[i], cuts[i + 1], scratch, 2);
        }
        assertEquals(0, y[0]);
        assertEquals(0, y[b.n() + 1]);
        return Arrays.copyOfRange(y, 1, 1 + b.n());
    }

    private static float[] run(float[] x, int xOff, RowBlocks b, float @Nullable [] bias, Activation f, int pieces) {
        float[] y = new float[b.n() + 3];
        int[] cuts = b.cuts(pieces);
        for (int i = 0; i < pieces; i++) {
            float[] scratch = new float[SparseGemv.scratchLength(b, cuts[i + 1] - cuts[i]) + 2];
            SparseGemv.run(x, xOff, b, bias, null, 0, f, y, 1, cuts[i], cuts[i + 1], scratch, 2);
        }
        assertEquals(0, y[0]);
        assertEquals(0, y[b.n() + 1]);
        return Arrays.copyOfRange(y, 1, 1 + b.n());
    }

    private static void assertNear(double[] expected, float[] actual, int k, String what) {
        for (int j = 0; j < expected.length; j++) {
            float e = (float) expected[j];
            if (Float.isFinite(e)) {
                assertEquals(e, actual[j], 1e-6 * Math.sqrt(k + 1) + 1e-6 * Math.abs(e), what + ", column " + j);
            } else {
                assertEquals(e, actual[j], what + ", column " + j);
            }
        }
    }

    private static void assertProducts(float[] x, int xOff, float[] b, int k, int n, String what) {
        double[] expected = product(x, xOff, b, k, n);
        SparseGemvColumns columns = SparseGemvColumns.of(b, 0, n, false, k, n);
        for (SparseGemvForm form : forms()) {
            for (boolean sort : new boolean[] {false, true}) {
                LaneLists lists = LaneLists.of(columns, form, sort);
                assertEquals(columns.values.length, lists.nonZeros());
                float[] y = run(x, xOff, lists, null, NONE, 1);
                assertNear(expected, y, k, what + ", " + lists + ", sorted " + sort);
                assertArrayEquals(y, run(x, xOff, lists, null, NONE, 3), what + ", in 3 pieces");
            }
        }
        RowBlocks blocks = RowBlocks.of(b, 0, n, false, k, n);
        float[] y = run(x, xOff, blocks, null, NONE, 1);
        assertNear(expected, y, k, what + ", " + blocks);
        assertArrayEquals(y, run(x, xOff, blocks, null, NONE, 3), what + ", in 3 pieces");
    }

    @Property(tries = 60)
    void isTheProduct(
            @ForAll @IntRange(min = 1, max = 300) int k,
            @ForAll @IntRange(min = 1, max = 70) int n,
            @ForAll @FloatRange(min = 0, max = 1) float density,
            @ForAll int seed) {
        Random random = new Random(seed);
        float d = density * density * density;
        assertProducts(random(random, k + 3), 3, sparse(random, k, n, d), k, n, k + "x" + n + " at " + d);
    }

    @Property(tries = 60)
    void leavesOutZerosUnderInfinitiesAndNan(
            @ForAll @IntRange(min = 1, max = 150) int k,
            @ForAll @IntRange(min = 1, max = 40) int n,
            @ForAll @FloatRange(min = 0, max = 0.5f) float density,
            @ForAll @IntRange(min = 1, max = 3) int special,
            @ForAll int seed) {
        Random random = new Random(seed);
        float[] x = random(random, k);
        float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
        for (int i = 0; i < special; i++) {
            x[random.nextInt(k)] = values[random.nextInt(3)];
        }
        assertProducts(x, 0, sparse(random, k, n, density), k, n, k + "x" + n + " at " + density);
    }

    @Test
    void handComputed() {
        // columns: (0, 0), (2, 0), (0, -3), (4, 5)
        float[] b = {0, 2, 0, 4, 0, 0, -3, 5};
        float[] x = {10, 100};
        for (LaneLists lists : List.of(
                LaneLists.of(b, 0, 4, false, 2, 4),
                LaneLists.of(new float[] {0, 0, 2, 0, 0, -3, 4, 5}, 0, 2, true, 2, 4))) {
            assertArrayEquals(new float[] {0, 20, -300, 540}, run(x, 0, lists, null, NONE, 1));
            assertArrayEquals(new float[] {1, 22, 0, 544}, run(x, 0, lists, new float[] {1, 2, 3, 4}, RELU, 1));
            assertEquals(4, lists.nonZeros());
            assertEquals(2, lists.k());
            assertEquals(4, lists.n());
        }
        RowBlocks blocks = RowBlocks.of(b, 0, 4, false, 2, 4);
        assertArrayEquals(new float[] {0, 20, -300, 540}, run(x, 0, blocks, null, NONE, 1));
        assertArrayEquals(new float[] {1, 22, 0, 544}, run(x, 0, blocks, new float[] {1, 2, 3, 4}, RELU, 1));
    }

    @Test
    void infinityMeetsOnlyItsOwnWeights() {
        int k = 40;
        int n = 17;
        float[] b = new float[k * n];
        Arrays.fill(b, 20 * n, 21 * n, 1);
        b[3 * n + 5] = 2;
        b[7 * n + 6] = 0;
        float[] x = new float[k];
        Arrays.fill(x, 1);
        x[3] = Float.NEGATIVE_INFINITY;
        x[7] = Float.NaN;
        float[] expected = new float[n];
        Arrays.fill(expected, 1);
        expected[5] = Float.NEGATIVE_INFINITY;
        for (SparseGemvForm form : forms()) {
            LaneLists lists = LaneLists.of(SparseGemvColumns.of(b, 0, n, false, k, n), form, true);
            assertArrayEquals(expected, run(x, 0, lists, null, NONE, 1), form.toString());
        }
        assertArrayEquals(expected, run(x, 0, RowBlocks.of(b, 0, n, false, k, n), null, NONE, 1));
    }

    @Test
    void nanAndInfiniteWeightsAreKept() {
        float[] b = {Float.NaN, 0, Float.POSITIVE_INFINITY, 1};
        float[] x = {1};
        float[] expected = {Float.NaN, 0, Float.POSITIVE_INFINITY, 1};
        assertArrayEquals(expected, run(x, 0, LaneLists.of(b, 0, 4, false, 1, 4), null, NONE, 1));
        assertArrayEquals(expected, run(x, 0, RowBlocks.of(b, 0, 4, false, 1, 4), null, NONE, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 100})
    void emptyMatrices(int k) {
        for (int n : new int[] {0, 1, 33}) {
            float[] b = new float[k * n];
            float[] x = random(new Random(1), k);
            float[] bias = random(new Random(2), n);
            LaneLists lists = LaneLists.of(b, 0, n, false, k, n);
            assertEquals(0, lists.slots());
            assertArrayEquals(bias, run(x, 0, lists, bias, NONE, 2));
            RowBlocks blocks = RowBlocks.of(b, 0, n, false, k, n);
            assertEquals(0, blocks.slots());
            assertArrayEquals(bias, run(x, 0, blocks, bias, NONE, 2));
        }
    }

    @Test
    void aSingleNonZeroAnywhere() {
        int k = 70;
        int n = 35;
        float[] x = random(new Random(1), k);
        for (int at = 0; at < k * n; at += 13) {
            float[] b = new float[k * n];
            b[at] = 3;
            float[] expected = new float[n];
            expected[at % n] = 3 * x[at / n];
            assertArrayEquals(expected, run(x, 0, LaneLists.of(b, 0, n, false, k, n), null, NONE, 2));
            assertArrayEquals(expected, run(x, 0, RowBlocks.of(b, 0, n, false, k, n), null, NONE, 2));
        }
    }

    @Test
    void biasResidualAndActivation() {
        int k = 90;
        int n = 53;
        Random random = new Random(4);
        float[] b = sparse(random, k, n, 0.2f);
        float[] x = random(random, k);
        float[] bias = random(random, n);
        float[] residual = random(random, n + 5);
        double[] expected = product(x, 0, b, k, n);
        for (int j = 0; j < n; j++) {
            expected[j] = Math.max(0, expected[j] + bias[j] + residual[5 + j]);
        }
        for (boolean sort : new boolean[] {false, true}) {
            LaneLists lists =
                    LaneLists.of(SparseGemvColumns.of(b, 0, n, false, k, n), SparseGemvForm.CHOICES.getFirst(), sort);
            float[] scratch = new float[SparseGemv.scratchLength(lists, lists.groups())];
            float[] y = residual.clone();
            SparseGemv.run(x, 0, lists, bias, y, 5, RELU, y, 5, 0, lists.groups(), scratch, 0);
            assertNear(expected, Arrays.copyOfRange(y, 5, n + 5), k, "in place, sorted " + sort);
        }
        RowBlocks blocks = RowBlocks.of(b, 0, n, false, k, n);
        float[] scratch = new float[SparseGemv.scratchLength(blocks, blocks.blocks())];
        float[] y = residual.clone();
        SparseGemv.run(x, 0, blocks, bias, y, 5, RELU, y, 5, 0, blocks.blocks(), scratch, 0);
        assertNear(expected, Arrays.copyOfRange(y, 5, n + 5), k, "blocks, in place");
    }

    @Test
    void vectorSumsAreThoseOfTheScalarKernel() {
        int k = 200;
        int n = 40;
        Random random = new Random(5);
        float[] b = sparse(random, k, n, 0.3f);
        SparseGemvColumns columns = SparseGemvColumns.of(b, 0, n, false, k, n);
        for (SparseGemvForm form : SparseGemvForm.CHOICES) {
            LaneLists lists = LaneLists.of(columns, form, false);
            float[] x = Arrays.copyOf(random(random, k), lists.paddedK());
            float[] vector = run(x, 0, lists, null, NONE, 1);
            float[] scalar = new float[lists.groups() * form.lanes()];
            for (int g = 0; g < lists.groups(); g++) {
                SparseGemvScalar.group(lists, g, x, 0, scalar, g * form.lanes());
            }
            assertArrayEquals(Arrays.copyOf(scalar, n), vector, form.toString());
        }
    }

    @Test
    void formatsGiveBackTheirValues() {
        int k = 50;
        int n = 37;
        float[] b = sparse(new Random(6), k, n, 0.15f);
        LaneLists lists = LaneLists.of(b, 0, n, false, k, n);
        RowBlocks blocks = RowBlocks.of(b, 0, n, false, k, n);
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < n; j++) {
                assertEquals(b[i * n + j] + 0f, lists.get(i, j));
                assertEquals(b[i * n + j] + 0f, blocks.get(i, j));
            }
        }
    }

    @Test
    void largeSparseMatricesAreSmallerAndPredictedFaster() {
        if (!Simd.ENABLED) {
            return;
        }
        int k = 768;
        int n = 768;
        float[] b = new float[k * n];
        Random random = new Random(7);
        for (int i = 0; i < b.length; i++) {
            b[i] = random.nextFloat() < 0.1f ? 1 : 0;
        }
        LaneLists lists = LaneLists.of(b, 0, n, false, k, n);
        assertTrue(lists.bytes() < 2L * b.length, lists + " takes " + lists.bytes() + " bytes");
        assertTrue(SparseGemv.relativeTime(lists) < 0.6, "predicted " + SparseGemv.relativeTime(lists));
        assertTrue(SparseGemv.pays(lists));
        RowBlocks blocks = RowBlocks.of(b, 0, n, false, k, n);
        assertTrue(SparseGemv.nanos(blocks) > SparseGemv.nanos(lists), "predicted " + SparseGemv.nanos(blocks));
        // Few bytes less than B pay at most where the second-level cache does not hold B
        RowBlocks near = RowBlocks.of(b, 0, n, false, k / 3, n / 3);
        assertFalse(SparseGemv.pays(near), "predicted " + SparseGemv.relativeTime(near));
        Arrays.fill(b, 1);
        assertFalse(SparseGemv.pays(LaneLists.of(b, 0, n, false, k, n)), "not sparse at all");
    }

    @Test
    void cutsAreBalanced() {
        int[] starts = {0, 10, 20, 30, 140, 150, 160};
        assertArrayEquals(new int[] {0, 3, 6}, SparseGemvCost.cuts(starts, 2));
        assertArrayEquals(new int[] {0, 6}, SparseGemvCost.cuts(starts, 1));
        assertArrayEquals(new int[] {0, 0, 0}, SparseGemvCost.cuts(new int[] {0}, 2));
        int[] many = SparseGemvCost.cuts(starts, 20);
        for (int i = 0; i < 20; i++) {
            assertTrue(many[i] <= many[i + 1]);
        }
        assertEquals(6, many[20]);
        assertThrows(IllegalArgumentException.class, () -> SparseGemvCost.cuts(starts, 0));
    }

    @Test
    void refusesWhatDoesNotFit() {
        LaneLists b = LaneLists.of(new float[8 * 40], 0, 40, false, 8, 40);
        float[] y = new float[40];
        float[] scratch = new float[SparseGemv.scratchLength(b, b.groups())];
        assertThrows(
                IllegalArgumentException.class,
                () -> SparseGemv.run(new float[7], 0, b, null, null, 0, NONE, y, 0, 0, b.groups(), scratch, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> SparseGemv.run(new float[8], 0, b, null, null, 0, NONE, y, 1, 0, b.groups(), scratch, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> SparseGemv.run(new float[8], 0, b, null, null, 0, NONE, y, 0, 0, b.groups(), scratch, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> SparseGemv.run(new float[8], 0, b, null, null, 0, NONE, y, 0, 0, b.groups() + 1, scratch, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> SparseGemv.run(
                        new float[8], 0, b, new float[39], null, 0, NONE, y, 0, 0, b.groups(), scratch, 0));
        assertThrows(IllegalArgumentException.class, () -> LaneLists.of(new float[319], 0, 40, false, 8, 40));
        assertThrows(IllegalArgumentException.class, () -> RowBlocks.of(new float[320], 1, 40, false, 8, 40));
        assertThrows(IllegalArgumentException.class, () -> new SparseGemvForm(16, 17, 1));
    }
}
