package org.lanewise.kernels.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;

class SparseGemmTest {
    private static final float UNTOUCHED = 12345;

    private static final Activation LINEAR = new Activation(Activation.Kind.NONE, 0, 0);

    private static final Activation RELU = new Activation(Activation.Kind.RELU, 0, 0);

    /** Matrices at odd offsets and strides. */
    private static final class Product {
        final int m;
        final int k;
        final int n;
        final boolean transposed;
        final int lda;
        final int ldb;
        final int ldc;
        final int aOff;
        final int bOff;
        final int cOff;
        final float[] a;
        final float[] b;
        final SparseForm form;

        Product(Random random, int m, int k, int n, boolean transposed, double zeros, SparseForm form) {
            this.m = m;
            this.k = k;
            this.n = n;
            this.transposed = transposed;
            this.form = form;
            lda = k + random.nextInt(4);
            ldb = (transposed ? k : n) + random.nextInt(4);
            ldc = n + random.nextInt(4);
            aOff = random.nextInt(5);
            bOff = random.nextInt(5);
            cOff = random.nextInt(5);
            a = random(random, aOff + m * lda);
            b = random(random, bOff + (transposed ? n : k) * ldb);
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < n; j++) {
                    if (random.nextDouble() < zeros) {
                        b[b(i, j)] = random.nextBoolean() ? 0 : -0f;
                    }
                }
            }
            shape(random);
        }

        private void shape(Random random) {
            int width = SparseGemmTest.width(form);
            for (int i = 0; i < k; i++) {
                for (int j = 0; j < n; j++) {
                    if (width > 1 && j % width != 0 && (b[b(i, j / width * width)] != 0) != (b[b(i, j)] != 0)) {
                        b[b(i, j)] = b[b(i, j / width * width)] == 0 ? 0 : random.nextFloat() + 1;
                    }
                    if (form == SparseForm.N_OF_M && i % 4 >= 2) {
                        b[b(i, j)] = 0;
                    }
                }
            }
        }

        int b(int row, int column) {
            return bOff + (transposed ? column * ldb + row : row * ldb + column);
        }

        SparseB pack() {
            return SparseB.pack(b, bOff, ldb, transposed, k, n, form);
        }

        float[] c() {
            float[] c = new float[cOff + m * ldc + 7];
            Arrays.fill(c, UNTOUCHED);
            return c;
        }

        void run(SparseB packed, float[] c, float @Nullable [] residual, int resOff, int[] range, Epilogue e) {
            float[] scratch = new float[SparseGemm.scratchLength(packed) + 3];
            Arrays.fill(scratch, Float.NaN);
            SparseGemm.run(
                    a, aOff, lda, packed, c, cOff, ldc, residual, resOff, range[0], range[1], range[2], range[3], e,
                    scratch, 3);
        }

        float[] run(Epilogue e) {
            float[] c = c();
            run(pack(), c, null, 0, new int[] {0, m, 0, n}, e);
            return c;
        }

        /** Compares with sums in double of the products whose weight is not zero, and everything around C with what was there. */
        void check(
                float[] c,
                float[] before,
                float @Nullable [] bias,
                float @Nullable [] residual,
                int resOff,
                float scale) {
            double[] exact = new double[c.length];
            double[] size = new double[c.length];
            boolean[] inside = new boolean[c.length];
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    int at = cOff + i * ldc + j;
                    inside[at] = true;
                    exact[at] = bias == null ? 0 : bias[j];
                    exact[at] += residual == null ? 0 : (double) scale * residual[resOff + i * ldc + j];
                    size[at] = Math.abs(exact[at]);
                    for (int p = 0; p < k; p++) {
                        if (b[b(p, j)] != 0) {
                            double product = (double) a[aOff + i * lda + p] * b[b(p, j)];
                            exact[at] += product;
                            size[at] += Math.abs(product);
                        }
                    }
                }
            }
            for (int at = 0; at < c.length; at++) {
                double tolerance = inside[at] ? 1e-6 * size[at] + 1e-30 : 0;
                assertEquals(inside[at] ? exact[at] : before[at], c[at], tolerance, "element " + at);
            }
        }
    }

    private static int width(SparseForm form) {
        return form == SparseForm.BLOCKS_2 ? 2 : form == SparseForm.BLOCKS_4 ? 4 : 1;
    }

    private static float[] random(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Property(tries = 120)
    void equalsSumsOfProductsWithWeights(
            @ForAll @IntRange(min = 0, max = 150) int m,
            @ForAll @IntRange(min = 0, max = 300) int k,
            @ForAll @IntRange(min = 0, max = 40) int n,
            @ForAll @IntRange(min = 0, max = 20) int twentieths,
            @ForAll boolean transposed,
            @ForAll @IntRange(min = 0, max = 2) int residualKind,
            @ForAll SparseForm anyForm,
            @ForAll long seed) {
        SparseForm form = ROWS_FORMS[anyForm.ordinal() % ROWS_FORMS.length];
        Random random = new Random(seed);
        int whole = n / width(form) * width(form);
        Product p = new Product(random, m, k, whole, transposed, twentieths / 20.0, form);
        float[] bias = random.nextBoolean() ? random(random, whole) : null;
        Epilogue e = (bias == null ? Epilogue.NONE : Epilogue.biasPerColumn(bias, LINEAR)).withResidualScale(0.5f);
        float[] c = p.c();
        if (residualKind == 2) {
            for (int i = 0; i < c.length; i++) {
                c[i] = (float) random.nextGaussian();
            }
        }
        float[] before = c.clone();
        int resOff = residualKind == 1 ? 3 : p.cOff;
        float[] other = residualKind == 1 ? random(random, resOff + m * p.ldc) : c;
        float[] residual = residualKind == 0 ? null : other;
        float[] added = residual == null ? null : residual.clone();
        p.run(p.pack(), c, residual, resOff, new int[] {0, m, 0, whole}, e);
        p.check(c, before, bias, added, resOff, 0.5f);
    }

    private static final SparseForm[] ROWS_FORMS = {
        SparseForm.LISTS, SparseForm.BLOCKS_2, SparseForm.BLOCKS_4, SparseForm.N_OF_M
    };

    @Property(tries = 40)
    void rangesGiveTheBitsOfTheWhole(
            @ForAll @IntRange(min = 1, max = 150) int m,
            @ForAll @IntRange(min = 1, max = 140) int blocks,
            @ForAll SparseForm anyForm,
            @ForAll long seed) {
        SparseForm form = ROWS_FORMS[anyForm.ordinal() % ROWS_FORMS.length];
        Random random = new Random(seed);
        int n = blocks * 4;
        Product p = new Product(random, m, 1 + random.nextInt(200), n, false, 0.8, form);
        SparseB b = p.pack();
        Epilogue e = Epilogue.biasPerColumn(random(random, n), new Activation(Activation.Kind.SIGMOID, 0, 0));
        float[] whole = p.c();
        p.run(b, whole, null, 0, new int[] {0, m, 0, n}, e);
        float[] parts = p.c();
        int row = random.nextInt(m + 1);
        int pieces = 1 + random.nextInt(5);
        int somewhere = random.nextInt(blocks + 1) * 4;
        for (int piece = 0; piece <= pieces; piece++) {
            int from = piece == pieces ? Math.min(somewhere, n) : b.cut(pieces, piece);
            int to = piece == pieces ? n : b.cut(pieces, piece + 1);
            p.run(b, parts, null, 0, new int[] {0, row, from, to}, e);
            p.run(b, parts, null, 0, new int[] {row, m, from, to}, e);
        }
        assertArrayEquals(whole, parts);
    }

    @Property(tries = 40)
    void columnsGiveTheBitsOfRows(
            @ForAll @IntRange(min = 1, max = 150) int m,
            @ForAll @IntRange(min = 0, max = 200) int k,
            @ForAll @IntRange(min = 1, max = 70) int blocks,
            @ForAll SparseForm anyForm,
            @ForAll boolean withResidual,
            @ForAll boolean clamped,
            @ForAll long seed) {
        SparseForm form = ROWS_FORMS[anyForm.ordinal() % ROWS_FORMS.length];
        Random random = new Random(seed);
        int n = blocks * 4;
        Product p = new Product(random, m, k, n, false, 0.8, form);
        SparseB b = p.pack();
        Epilogue e = Epilogue.biasPerColumn(random(random, n), clamped ? RELU : LINEAR)
                .withResidualScale(0.5f);
        float[] rows = p.c();
        float[] added = withResidual ? random(random, p.cOff + m * p.ldc) : null;
        p.run(b, rows, added, p.cOff, new int[] {0, m, 0, n}, e);

        int ld = m + random.nextInt(3);
        float[] a = new float[2 + k * ld];
        float[] residual = new float[1 + n * ld];
        float[] columns = new float[4 + n * ld];
        float[] expected = new float[columns.length];
        Arrays.fill(columns, UNTOUCHED);
        Arrays.fill(expected, UNTOUCHED);
        for (int row = 0; row < m; row++) {
            for (int i = 0; i < k; i++) {
                a[2 + i * ld + row] = p.a[p.aOff + row * p.lda + i];
            }
            for (int j = 0; j < n; j++) {
                residual[1 + j * ld + row] = added == null ? 0 : added[p.cOff + row * p.ldc + j];
                expected[4 + j * ld + row] = rows[p.cOff + row * p.ldc + j];
            }
        }
        float[] scratch = new float[SparseGemm.scratchLength(b)];
        Arrays.fill(scratch, Float.NaN);
        int cut = random.nextInt(m + 1);
        for (int[] range : new int[][] {{0, cut}, {cut, m}}) {
            SparseGemm.runColumns(
                    a,
                    2,
                    ld,
                    b,
                    columns,
                    4,
                    ld,
                    withResidual ? residual : null,
                    1,
                    range[0],
                    range[1],
                    0,
                    n,
                    e,
                    scratch,
                    0);
        }
        assertArrayEquals(expected, columns);
    }

    @ParameterizedTest
    @CsvSource({"LISTS, 70, 150", "LISTS, 64, 0", "BLOCKS_2, 70, 200", "BLOCKS_4, 130, 100", "N_OF_M, 66, 300"})
    void sumsBelowZeroAreClampedOnce(SparseForm form, int m, int k) {
        Product p = new Product(new Random(7), m, k, 72, false, 0.8, form);
        if (k > 0) {
            p.a[p.aOff + 2 * p.lda] = Float.NaN;
            Arrays.fill(p.b, p.b(0, 4), p.b(0, 8), -1);
        }
        float[] bias = random(new Random(8), 72);
        float[] sums = p.run(Epilogue.biasPerColumn(bias, LINEAR));
        for (int row = 0; row < m; row++) {
            for (int at = p.cOff + row * p.ldc; at < p.cOff + row * p.ldc + 72; at++) {
                sums[at] = sums[at] < 0 ? 0 : sums[at];
            }
        }
        assertArrayEquals(sums, p.run(Epilogue.biasPerColumn(bias, RELU)));
    }

    @ParameterizedTest
    @CsvSource({
        "LISTS, 64, 700",
        "LISTS, 70, 260",
        "LISTS, 150, 1301",
        "BLOCKS_2, 66, 514",
        "BLOCKS_4, 64, 260",
        "N_OF_M, 33, 300"
    })
    void manyChannelsKeepTheTile(SparseForm form, int m, int n) {
        Product p = new Product(new Random(4), m, 300, n, true, 0.9, form);
        float[] c = p.run(Epilogue.NONE);
        p.check(c, p.c(), null, null, 0, 1);
    }

    /** Rows of C so far apart that they are turned in two steps. */
    @ParameterizedTest
    @CsvSource({"512, 512", "260, 512", "600, 1024"})
    void rowsOnTheSameLinesAreStaged(int n, int ldc) {
        Product p = new Product(new Random(9), 70, 130, n, false, 0.9, SparseForm.LISTS);
        SparseB b = p.pack();
        Activation sigmoid = new Activation(Activation.Kind.SIGMOID, 0, 0);
        Epilogue e = Epilogue.biasPerColumn(random(new Random(10), n), sigmoid);
        float[] scratch = new float[SparseGemm.scratchLength(b)];
        float[] near = new float[70 * n];
        SparseGemm.run(p.a, p.aOff, p.lda, b, near, 0, n, null, 0, 0, 70, 0, n, e, scratch, 0);
        float[] far = new float[5 + 70 * ldc];
        Arrays.fill(far, UNTOUCHED);
        float[] expected = far.clone();
        for (int row = 0; row < 70; row++) {
            System.arraycopy(near, row * n, expected, 5 + row * ldc, n);
        }
        SparseGemm.run(p.a, p.aOff, p.lda, b, far, 5, ldc, null, 0, 0, 70, 0, n, e, scratch, 0);
        assertArrayEquals(expected, far);
    }

    /** Tiles that begin with lines of C leave rows in two places. */
    @ParameterizedTest
    @CsvSource({"320, 0", "336, 5", "400, 12", "304, 300"})
    void shiftedTilesGiveTheBitsOfOthers(int m, int from) {
        Random random = new Random(11);
        Product p = new Product(random, 1, 100, 70, false, 0.7, SparseForm.LISTS);
        SparseB b = p.pack();
        float[] a = random(random, 100 * m);
        float[] residual = random(random, 70 * m);
        float[] scratch = new float[SparseGemm.scratchLength(b)];
        Epilogue e = Epilogue.biasPerColumn(random(random, 70), RELU);
        for (float[] added : new float[][] {null, residual}) {
            float[] whole = new float[70 * m];
            SparseGemm.runColumns(a, 0, m, b, whole, 0, m, added, 0, from, m, 0, 70, e, scratch, 0);
            float[] parts = new float[70 * m];
            for (int row = from; row < m; row += 50) {
                int to = Math.min(m, row + 50);
                SparseGemm.runColumns(a, 0, m, b, parts, 0, m, added, 0, row, to, 0, 70, e, scratch, 0);
            }
            assertArrayEquals(whole, parts);
        }
    }

    @Test
    void zerosHideWhatIsNotFiniteInPairs() {
        Product p = new Product(new Random(3), 70, 150, 64, false, 0.5, SparseForm.LISTS);
        for (int column = 0; column < 64; column++) {
            p.b[p.b(7, column)] = column == 5 ? 1 : 0;
        }
        for (int row = 0; row < p.m; row++) {
            p.a[p.aOff + row * p.lda + 7] = Float.POSITIVE_INFINITY;
        }
        SparseB b = p.pack();
        assertEquals(ChannelLists.PAIRS, b.lists.pairedSteps() > 0);
        float[] c = p.run(Epilogue.NONE);
        for (int row = 0; row < p.m; row++) {
            for (int column = 0; column < 64; column++) {
                float value = c[p.cOff + row * p.ldc + column];
                assertEquals(column != 5, Float.isFinite(value), "row " + row + ", column " + column);
            }
        }
    }

    @Test
    void aMatrixOfZerosLeavesTheBias() {
        Product p = new Product(new Random(1), 5, 130, 4, false, 1, SparseForm.LISTS);
        float[] bias = {1, -2, 3, 4};
        float[] c = p.run(Epilogue.biasPerColumn(bias, RELU));
        for (int row = 0; row < 5; row++) {
            int at = p.cOff + row * p.ldc;
            assertArrayEquals(new float[] {1, 0, 3, 4}, Arrays.copyOfRange(c, at, at + 4));
        }
        assertEquals(0, p.pack().nonZeros());
    }

    @Test
    void oneWeight() {
        Product p = new Product(new Random(1), 3, 200, 3, false, 1, SparseForm.LISTS);
        p.b[p.b(150, 1)] = 2;
        float[] c = p.run(Epilogue.NONE);
        assertEquals(1, p.pack().nonZeros());
        for (int row = 0; row < 3; row++) {
            int at = p.cOff + row * p.ldc;
            float expected = 2 * p.a[p.aOff + row * p.lda + 150];
            assertArrayEquals(new float[] {0, expected, 0}, Arrays.copyOfRange(c, at, at + 3));
        }
    }

    @Test
    void zerosHideWhatIsNotFinite() {
        Product p = new Product(new Random(3), 70, 150, 12, false, 0.9, SparseForm.LISTS);
        for (int column = 0; column < 12; column++) {
            p.b[p.b(7, column)] = column == 5 ? 1 : 0;
            p.b[p.b(149, column)] = 0;
        }
        for (int row = 0; row < p.m; row++) {
            p.a[p.aOff + row * p.lda + 7] = row % 2 == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
            p.a[p.aOff + row * p.lda + 149] = Float.NEGATIVE_INFINITY;
        }
        float[] c = p.run(Epilogue.NONE);
        for (int row = 0; row < p.m; row++) {
            for (int column = 0; column < 12; column++) {
                float value = c[p.cOff + row * p.ldc + column];
                float expected = row % 2 == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
                if (column == 5) {
                    assertEquals(expected, value);
                } else {
                    assertTrue(Float.isFinite(value), "row " + row + ", column " + column + ": " + value);
                }
            }
        }
    }

    @Test
    void piecesCoverAllChannels() {
        SparseB b = new Product(new Random(5), 1, 64, 320, false, 0.9, SparseForm.LISTS).pack();
        assertEquals(0, b.cut(3, 0));
        assertEquals(128, b.cut(3, 1));
        assertEquals(192, b.cut(3, 2));
        assertEquals(320, b.cut(3, 3));
        assertThrows(IllegalArgumentException.class, () -> b.cut(3, 4));
    }

    @ParameterizedTest
    @EnumSource(names = {"LANE_LISTS", "ROW_BLOCKS"})
    void formsOfOneRowAreRefused(SparseForm form) {
        float[] b = new float[16];
        Throwable refused =
                assertThrows(IllegalArgumentException.class, () -> SparseB.pack(b, 0, 4, false, 4, 4, form));
        assertTrue(String.valueOf(refused.getMessage()).contains(form.name()));
    }

    @Test
    void patternsAreChecked() {
        float[] b = new float[64];
        Arrays.fill(b, 0, 40, 1);
        assertThrows(IllegalArgumentException.class, () -> SparseB.pack(b, 0, 8, false, 8, 8, SparseForm.N_OF_M));
        Arrays.fill(b, 16, 40, 0);
        assertEquals(16, SparseB.pack(b, 0, 8, false, 8, 8, SparseForm.N_OF_M).nonZeros());
        Arrays.fill(b, 0, 32, 1);
        assertThrows(IllegalArgumentException.class, () -> SparseB.pack(b, 0, 6, false, 8, 6, SparseForm.BLOCKS_4));
        assertThrows(IllegalArgumentException.class, () -> SparseB.pack(b, 0, 3, false, 8, 3, SparseForm.BLOCKS_2));
    }

    /** Four weights in one group of four are fine where eight rows have no more. */
    @Test
    void fourOfEightIsAPattern() {
        float[] b = {1, 2, 3, 4, 0, 0, 0, 0, 5};
        assertEquals(5, SparseB.pack(b, 0, 1, false, 9, 1, SparseForm.N_OF_M).nonZeros());
    }

    @Test
    void zerosInsideBlocksAreAllowed() {
        float[] b = {1, 0, 0, 2, 0, 0, 0, 0};
        SparseB packed = SparseB.pack(b, 0, 4, false, 2, 4, SparseForm.BLOCKS_2);
        assertEquals(2, packed.nonZeros());
        float[] c = new float[4];
        float[] scratch = new float[SparseGemm.scratchLength(packed)];
        SparseGemm.run(new float[] {3, 5}, 0, 2, packed, c, 0, 4, null, 0, 0, 1, 0, 4, Epilogue.NONE, scratch, 0);
        assertArrayEquals(new float[] {3, 0, 0, 6}, c);
        assertThrows(
                IllegalArgumentException.class,
                () -> SparseGemm.run(
                        new float[2], 0, 2, packed, c, 0, 4, null, 0, 0, 1, 1, 4, Epilogue.NONE, scratch, 0));
    }

    @Test
    void argumentsAreChecked() {
        Product p = new Product(new Random(1), 4, 8, 4, false, 0.5, SparseForm.LISTS);
        SparseB b = p.pack();
        float[] c = p.c();
        assertThrows(IllegalArgumentException.class, () -> p.run(b, c, null, 0, new int[] {0, 4, 0, 5}, Epilogue.NONE));
        assertThrows(IllegalArgumentException.class, () -> p.run(b, c, null, 0, new int[] {3, 2, 0, 4}, Epilogue.NONE));
        assertThrows(
                IllegalArgumentException.class, () -> p.run(b, c, null, 0, new int[] {0, 400, 0, 4}, Epilogue.NONE));
        Epilogue rows = Epilogue.biasPerRow(new float[4], LINEAR);
        assertThrows(IllegalArgumentException.class, () -> p.run(b, c, null, 0, new int[] {0, 4, 0, 4}, rows));
        Epilogue wrong = Epilogue.biasPerColumn(new float[3], LINEAR);
        assertThrows(IllegalArgumentException.class, () -> p.run(b, c, null, 0, new int[] {0, 4, 0, 4}, wrong));
        assertThrows(
                IllegalArgumentException.class,
                () -> SparseGemm.run(
                        p.a, p.aOff, p.lda, b, c, p.cOff, p.ldc, null, 0, 0, 4, 0, 4, Epilogue.NONE, new float[9], 0));
    }
}
