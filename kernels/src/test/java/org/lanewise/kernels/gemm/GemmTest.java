package org.lanewise.kernels.gemm;

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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

class GemmTest {
    private static final float UNTOUCHED = 12345;

    /** A product at odd offsets and strides, with everything around C checked as well. */
    private record Product(
            int m,
            int n,
            int k,
            boolean transB,
            boolean packed,
            float alpha,
            Bias bias,
            Residual residual,
            float scale,
            Activation activation) {
        enum Bias {
            NONE,
            COLUMN,
            ROW
        }

        enum Residual {
            NONE,
            OTHER,
            ITSELF
        }

        void check(Random random) {
            int lda = k + random.nextInt(4);
            int ldb = (transB ? k : n) + random.nextInt(4);
            int ldc = n + random.nextInt(4);
            int aOff = random.nextInt(5);
            int bOff = random.nextInt(5);
            int cOff = random.nextInt(5);
            float[] a = Matrices.random(random, aOff + m * lda);
            float[] b = Matrices.random(random, bOff + (transB ? n : k) * ldb);
            float[] c = Matrices.random(random, cOff + m * ldc + 7);
            for (int i = 0; i < c.length; i++) {
                int at = i - cOff;
                if (at < 0 || at / Math.max(1, ldc) >= m || at % Math.max(1, ldc) >= n) {
                    c[i] = UNTOUCHED;
                }
            }
            float[] biasValues = Matrices.random(random, bias == Bias.ROW ? m : n);
            int resOff = residual == Residual.OTHER ? 3 : cOff;
            float[] res = residual == Residual.OTHER ? Matrices.random(random, resOff + m * ldc) : c.clone();

            float[] expected = c.clone();
            double[] exact = new double[c.length];
            double[] magnitude = new double[c.length];
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    int at = cOff + i * ldc + j;
                    float start = switch (bias) {
                        case NONE -> 0;
                        case COLUMN -> biasValues[j];
                        case ROW -> biasValues[i];
                    };
                    Float r = residual == Residual.NONE ? null : Float.valueOf(res[resOff + i * ldc + j]);
                    float[] column = new float[k];
                    exact[at] = start + (r == null ? 0 : scale * (double) r);
                    magnitude[at] = 3;
                    for (int x = 0; x < k; x++) {
                        column[x] = alpha * b[transB ? bOff + j * ldb + x : bOff + x * ldb + j];
                        exact[at] += (double) column[x] * a[aOff + i * lda + x];
                        magnitude[at] += Math.abs((double) column[x] * a[aOff + i * lda + x]);
                    }
                    float from = r == null ? start : Simd.fma(r, scale, start);
                    float sum = Matrices.element(a, aOff + i * lda, column, k, from);
                    assertEquals(exact[at], sum, (k + 3) * 6e-8 * magnitude[at]);
                    expected[at] = Matrices.activate(activation, sum);
                }
            }
            run(
                    a,
                    aOff,
                    lda,
                    b,
                    bOff,
                    ldb,
                    c,
                    cOff,
                    ldc,
                    residual == Residual.OTHER ? res : c,
                    resOff,
                    biasValues,
                    random);
            assertArrayEquals(expected, c, toString());
        }

        private void run(
                float[] a,
                int aOff,
                int lda,
                float[] b,
                int bOff,
                int ldb,
                float[] c,
                int cOff,
                int ldc,
                float[] res,
                int resOff,
                float[] biasValues,
                Random random) {
            Epilogue e = switch (bias) {
                case NONE -> Epilogue.of(activation);
                case COLUMN -> Epilogue.biasPerColumn(biasValues, activation);
                case ROW -> Epilogue.biasPerRow(biasValues, activation);
            };
            e = scale == 1 ? e : e.withResidualScale(scale);
            float @Nullable [] added = residual == Residual.NONE ? null : res;
            int panels = Gemm.panels(n);
            int rowCut = random.nextInt(m + 1);
            int panelCut = random.nextInt(panels + 1);
            int scratchOff = random.nextInt(3);
            float[] scratch = new float
                    [scratchOff + Math.max(Gemm.scratchLength(m, n, k), Gemm.scratchLengthUnpacked(m, k, panels))];
            Arrays.fill(scratch, Float.NaN);
            PackedB weights = PackedB.pack(b, bOff, ldb, transB, k, n, alpha);
            int[][] parts = { // the first rows last: what they write beyond their range would show
                {rowCut, m, 0, panelCut},
                {0, rowCut, 0, panelCut},
                {rowCut, m, panelCut, panels},
                {0, rowCut, panelCut, panels}
            };
            for (int[] p : parts) {
                if (packed) {
                    Gemm.run(
                            a,
                            aOff,
                            lda,
                            weights,
                            c,
                            cOff,
                            ldc,
                            added,
                            resOff,
                            p[0],
                            p[1],
                            p[2],
                            p[3],
                            e,
                            scratch,
                            scratchOff);
                } else {
                    Gemm.run(
                            a,
                            aOff,
                            lda,
                            b,
                            bOff,
                            ldb,
                            transB,
                            alpha,
                            k,
                            n,
                            c,
                            cOff,
                            ldc,
                            added,
                            resOff,
                            p[0],
                            p[1],
                            p[2],
                            p[3],
                            e,
                            scratch,
                            scratchOff);
                }
            }
        }
    }

    @Test
    void multipliesByHand() {
        float[] a = {1, 2, 3, 4, 5, 6};
        float[] b = {1, 0, 2, -1, 0, -3};
        float[] c = new float[4];
        PackedB packed = PackedB.pack(b, 0, 2, false, 3, 2);
        Epilogue e = Epilogue.biasPerColumn(new float[] {10, 20}, Matrices.activation(Activation.Kind.RELU));
        Gemm.run(
                a,
                0,
                3,
                packed,
                c,
                0,
                2,
                null,
                0,
                0,
                2,
                0,
                packed.panels(),
                e,
                new float[Gemm.scratchLength(2, 2, 3)],
                0);
        assertArrayEquals(new float[] {15, 9, 24, 0}, c);
        assertEquals(-3, packed.get(2, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 15, 17, 23, 49, 70})
    void anySizeGivesTheSameBitsAsOneChainOfMultiplyAdds(int m) {
        Random random = new Random(m);
        for (int n : new int[] {0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 63, 64, 65, 70}) {
            for (int k : new int[] {0, 1, 2, 5, 16, 31, 70}) {
                boolean flip = random.nextBoolean();
                Product.Bias bias = Product.Bias.values()[random.nextInt(3)];
                Product.Residual residual = Product.Residual.values()[random.nextInt(3)];
                Activation activation = Matrices.anyActivation(random);
                float scale = random.nextBoolean() ? 1 : 0.5f;
                new Product(m, n, k, flip, true, 1, bias, residual, scale, activation).check(random);
                new Product(m, n, k, !flip, false, 1.5f, bias, residual, scale, activation).check(random);
            }
        }
    }

    @Property(tries = 60)
    void longSumsAreCutInBlocks(
            @ForAll @IntRange(min = 1, max = 20) int m,
            @ForAll @IntRange(min = 1, max = 80) int n,
            @ForAll @IntRange(min = 700, max = 3100) int k,
            @ForAll boolean packed,
            @ForAll Product.Bias bias,
            @ForAll Product.Residual residual) {
        Random random = new Random(m * 31L + n * 7L + k);
        new Product(m, n, k, packed, packed, 1, bias, residual, 1, Matrices.activation(Activation.Kind.RELU))
                .check(random);
    }

    @Property(tries = 40)
    void manyRowsAndColumnsGiveTheSameBits(
            @ForAll @IntRange(min = 100, max = 330) int m,
            @ForAll @IntRange(min = 64, max = 200) int n,
            @ForAll @IntRange(min = 32, max = 330) int k,
            @ForAll boolean packed,
            @ForAll boolean scaled,
            @ForAll Product.Bias bias,
            @ForAll Product.Residual residual) {
        Random random = new Random(m * 31L + n * 7L + k);
        float scale = scaled ? 0.5f : 1;
        new Product(m, n, k, packed, packed, 1, bias, residual, scale, Matrices.anyActivation(random)).check(random);
    }

    @ParameterizedTest
    @EnumSource(
            value = Activation.Kind.class,
            names = {"NONE", "RELU", "CLIP", "LEAKY_RELU"})
    void activationsPassNaN(Activation.Kind kind) {
        float[] a = {Float.NaN, 0, 0, 1, Float.POSITIVE_INFINITY, 0};
        float[] b = new float[2 * 37];
        Arrays.fill(b, 0, 37, 1);
        float[] c = new float[3 * 37];
        PackedB packed = PackedB.pack(b, 0, 37, false, 2, 37);
        Gemm.run(
                a,
                0,
                2,
                packed,
                c,
                0,
                37,
                null,
                0,
                0,
                3,
                0,
                packed.panels(),
                Epilogue.of(Matrices.activation(kind)),
                new float[Gemm.scratchLength(3, 37, 2)],
                0);
        float top = kind == Activation.Kind.CLIP ? 0.75f : Float.POSITIVE_INFINITY;
        for (int j = 0; j < 37; j++) {
            assertTrue(Float.isNaN(c[j]), "column " + j);
            assertEquals(0f, c[37 + j]);
            assertEquals(top, c[74 + j]);
        }
    }

    @Test
    void infinityTimesZeroIsNaNOnlyWhereItHappens() {
        int n = Gemm.NR + 3;
        float[] a = {Float.POSITIVE_INFINITY, 1};
        float[] b = new float[2 * n];
        Arrays.fill(b, 1);
        b[n - 1] = 0;
        float[] c = new float[n];
        PackedB packed = PackedB.pack(b, 0, n, false, 2, n);
        Gemm.run(
                a,
                0,
                2,
                packed,
                c,
                0,
                n,
                null,
                0,
                0,
                1,
                0,
                packed.panels(),
                Epilogue.NONE,
                new float[Gemm.scratchLength(1, n, 2)],
                0);
        for (int j = 0; j < n - 1; j++) {
            assertEquals(Float.POSITIVE_INFINITY, c[j]);
        }
        assertTrue(Float.isNaN(c[n - 1]));
    }

    @Test
    void blocksPackedByTheCallerAddUp() {
        Random random = new Random(5);
        int m = 13;
        int n = 2 * Gemm.NR + 5;
        int k = 30;
        float[] a = Matrices.random(random, m * k);
        float[] b = Matrices.random(random, k * n);
        float[] bias = Matrices.random(random, m);
        Epilogue e = Epilogue.biasPerRow(bias, Matrices.activation(Activation.Kind.LEAKY_RELU));
        float[] expected = new float[m * n];
        float[] c = new float[m * n];
        PackedB whole = PackedB.pack(b, 0, n, false, k, n);
        Gemm.run(a, 0, k, whole, expected, 0, n, null, 0, 0, m, 0, 3, e, new float[Gemm.scratchLength(m, n, k)], 0);
        int packedOff = Gemm.scratchLength(m, n, k);
        float[] scratch = new float[packedOff + 3 * k * Gemm.NR];
        for (int k0 = 0; k0 < k; k0 += 10) {
            Gemm.pack(b, 0, n, false, k0, 10, n, 0, 3, 1, scratch, packedOff);
            Gemm.runBlock(
                    a,
                    k0,
                    k,
                    scratch,
                    packedOff,
                    10 * Gemm.NR,
                    10,
                    k0 == 0,
                    k0 == 20,
                    n,
                    c,
                    0,
                    n,
                    null,
                    0,
                    0,
                    m,
                    0,
                    3,
                    e,
                    scratch,
                    0);
        }
        assertArrayEquals(expected, c);
    }

    @Test
    void transposes() {
        Random random = new Random(6);
        float[] in = Matrices.random(random, 2 + 21 * 40);
        float[] out = new float[3 + 37 * 25];
        Gemm.transpose(in, 2, 40, 21, 37, out, 3, 25);
        for (int r = 0; r < 21; r++) {
            for (int c = 0; c < 37; c++) {
                assertEquals(in[2 + r * 40 + c], out[3 + c * 25 + r]);
            }
        }
    }

    @Test
    void everyVectorTileEqualsTheScalarTile() {
        if (!Simd.ENABLED) {
            return; // there are none
        }
        Random random = new Random(7);
        int nr = Gemm.NR;
        int stride = 33 * nr + 5;
        float[] a = Matrices.random(random, 9 * 40);
        float[] b = Matrices.random(random, 4 * stride + 1);
        int ldc = 5 * nr;
        for (int rows = 1; rows <= 8; rows++) {
            for (int kc : new int[] {0, 1, 2, 33}) {
                for (int step : new int[] {0, Simd.LANES}) {
                    float[] start = Matrices.random(random, 9 * ldc);
                    if (step == 0) { // one value for the row, in every lane
                        Arrays.fill(start, random.nextFloat());
                    }
                    float[] none = Matrices.random(random, 8 * ldc);
                    float[] expected = none.clone();
                    GemmScalar.run(rows, 4, stride, kc, a, 1, 40, b, 1, expected, 2, ldc, start, 3, ldc, step);
                    String what = rows + " rows, " + kc + " products";
                    float[] c = none.clone();
                    if (rows <= 4) {
                        WideTiles.run(rows, 4, stride, kc, a, 1, 40, b, 1, c, 2, ldc, start, 3, ldc, step);
                        assertArrayEquals(expected, c, what);
                        c = none.clone();
                        NarrowTiles.run(rows, 4, stride, kc, a, 1, 40, b, 1, c, 2, ldc, start, 3, ldc, step);
                        assertArrayEquals(expected, c, what);
                    }
                    if (rows == 5 || rows == 6) {
                        int column = step / Simd.LANES;
                        float[] bias = TallTiles.NO_BIAS;
                        float inf = Float.POSITIVE_INFINITY;
                        BroadTiles.run(
                                rows, 4, stride, kc, a, 1, 40, b, 1, c, 2, ldc, start, 3, ldc, column, bias, 0, 0, -inf,
                                inf);
                        assertArrayEquals(expected, c, what);
                        c = none.clone();
                    }
                    checkClampedTiles(rows, stride, kc, a, b, expected, none, start, step, what);
                    c = expected.clone();
                    SlimTiles.run(rows, 0, a, 1, 40, b, 1, c, 2, ldc, none, 0, 0); // wrong values to overwrite
                    SlimTiles.run(rows, kc, a, 1, 40, b, 1, c, 2, ldc, start, 3, ldc);
                    assertArrayEquals(expected, c, what);
                }
            }
        }
    }

    /** The tiles that end in a clamp, in full panels and in one whose second vector overlaps the first. */
    private static void checkClampedTiles(
            int rows,
            int stride,
            int kc,
            float[] a,
            float[] b,
            float[] expected,
            float[] none,
            float[] start,
            int step,
            String what) {
        int ldc = 5 * Gemm.NR;
        int lanes = Simd.LANES;
        int startColumn = step == 0 ? 0 : 1;
        float lo = Float.NEGATIVE_INFINITY;
        float hi = Float.POSITIVE_INFINITY;
        for (int second = lanes; second > 0; second -= Math.max(1, lanes / 4)) {
            int panels = second == lanes ? 4 : 1;
            float[] c = none.clone();
            float[] whole = second == lanes ? expected : none.clone();
            for (int r = 0; r < rows; r++) {
                System.arraycopy(expected, 2 + r * ldc, whole, 2 + r * ldc, panels == 4 ? 4 * Gemm.NR : second + lanes);
            }
            if (rows > 4) {
                TallTiles.run(
                        rows,
                        panels,
                        stride,
                        kc,
                        a,
                        1,
                        40,
                        b,
                        1,
                        second,
                        c,
                        2,
                        ldc,
                        start,
                        3,
                        ldc,
                        startColumn,
                        TallTiles.NO_BIAS,
                        0,
                        0,
                        lo,
                        hi);
                assertArrayEquals(whole, c, what);
                System.arraycopy(none, 0, c, 0, c.length);
            }
            if (rows >= 4) {
                float[] fromBias = none.clone();
                float[] clamped = none.clone();
                GemmScalar.run(rows, 4, stride, kc, a, 1, 40, b, 1, fromBias, 2, ldc, start, 3, 0, step);
                for (int r = 0; r < rows; r++) {
                    for (int j = 0; j < (panels == 4 ? 4 * Gemm.NR : second + lanes); j++) {
                        int at = 2 + r * ldc + j;
                        clamped[at] = Math.min(Math.max(fromBias[at], -0.5f), 0.75f);
                    }
                }
                BiasTiles.run(
                        rows,
                        panels,
                        stride,
                        kc,
                        a,
                        1,
                        40,
                        b,
                        1,
                        second,
                        c,
                        2,
                        ldc,
                        start,
                        3,
                        startColumn,
                        -0.5f,
                        0.75f);
                assertArrayEquals(clamped, c, what);
                System.arraycopy(none, 0, c, 0, c.length);
                TallTiles.run(
                        rows,
                        panels,
                        stride,
                        kc,
                        a,
                        1,
                        40,
                        b,
                        1,
                        second,
                        c,
                        2,
                        ldc,
                        start,
                        3,
                        0,
                        startColumn,
                        TallTiles.NO_BIAS,
                        0,
                        0,
                        -0.5f,
                        0.75f);
                assertArrayEquals(clamped, c, what);
            }
        }
    }

    @Test
    void namesTheKernel() {
        String expected = switch (Simd.BITS) {
            case 0 -> "gemm-f32-scalar";
            case 512 -> "gemm-f32-6x4x16";
            default -> "gemm-f32-" + (Gemm.MR == 8 ? "6x4x" : "4x2x") + Simd.LANES;
        };
        assertEquals(expected, Gemm.kernelName(49, 320, 1280));
        if (Simd.BITS == 512) {
            assertEquals("gemm-f32-7x2x16", Gemm.kernelName(49, 1280, 160));
            String many = Processor.SHARED_PORTS ? "gemm-f32-12x2x16-packed" : "gemm-f32-6x4x16";
            assertEquals(many, Gemm.kernelName(256, 320, 1280));
        }
    }

    @Test
    void refusesMatricesOutsideTheirArrays() {
        PackedB b = PackedB.pack(new float[6], 0, 2, false, 3, 2);
        float[] scratch = new float[Gemm.scratchLength(2, 2, 3)];
        IllegalArgumentException shortA = assertThrows(
                IllegalArgumentException.class,
                () -> Gemm.run(
                        new float[5], 0, 3, b, new float[4], 0, 2, null, 0, 0, 2, 0, 1, Epilogue.NONE, scratch, 0));
        assertEquals("A (2, 3) with row distance 3 at offset 0 ends outside its array of 5", shortA.getMessage());
        IllegalArgumentException badBias = assertThrows(
                IllegalArgumentException.class,
                () -> Gemm.run(
                        new float[6],
                        0,
                        3,
                        b,
                        new float[4],
                        0,
                        2,
                        null,
                        0,
                        0,
                        2,
                        0,
                        1,
                        Epilogue.biasPerColumn(new float[3], new Activation(Activation.Kind.NONE, 0, 0)),
                        scratch,
                        0));
        assertEquals("bias has 3 values, expected 2", badBias.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> Gemm.run(
                        new float[6], 0, 3, b, new float[4], 0, 2, null, 0, 0, 2, 0, 2, Epilogue.NONE, scratch, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> Gemm.run(
                        new float[6],
                        0,
                        3,
                        b,
                        new float[4],
                        0,
                        2,
                        null,
                        0,
                        0,
                        2,
                        0,
                        1,
                        Epilogue.NONE,
                        new float[3],
                        0));
    }
}
