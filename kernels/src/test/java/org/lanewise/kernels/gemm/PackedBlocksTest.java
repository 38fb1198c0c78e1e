package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/** Tiles of packed rows against those that read A in place, on every processor with vectors that long. */
class PackedBlocksTest {
    private static final int NR = Gemm.NR;

    @ParameterizedTest
    @EnumSource(
            value = Activation.Kind.class,
            names = {"NONE", "RELU", "CLIP", "GELU"})
    void givesTheBitsOfTilesInPlace(Activation.Kind kind) {
        assumeTrue(Simd.BITS == 512, "tiles of 12 rows need 32 registers of 512 bits");
        Random random = new Random(kind.ordinal());
        for (int k : new int[] {1, 15, 16, 37, 256, 300, 700}) {
            int m = 12 * (1 + random.nextInt(11));
            int n = 1 + random.nextInt(5 * NR);
            float[] a = Matrices.random(random, 3 + m * (k + 2));
            a[3 + random.nextInt(m) * (k + 2)] = Float.NaN;
            a[3 + random.nextInt(m) * (k + 2)] = Float.POSITIVE_INFINITY;
            int panels = Gemm.panels(n);
            PackedB b = PackedB.pack(Matrices.random(random, k * n), 0, n, false, k, n);
            float[] residual = random.nextBoolean() ? Matrices.random(random, m * n + 1) : null;
            Epilogue e = random.nextBoolean()
                    ? Epilogue.biasPerRow(Matrices.random(random, m), Matrices.activation(kind))
                    : Epilogue.biasPerColumn(Matrices.random(random, n), Matrices.activation(kind));
            e = random.nextBoolean() ? e.withResidualScale(0.5f) : e;
            float[] expected = new float[m * n + 2];
            float[] c = new float[m * n + 2];
            float[] tile = new float[Gemm.TILE_SCRATCH];
            GemmBlocks.block(
                    a, 3, k + 2, b.data, b.start, k * NR, k, true, true, n, expected, 1, n, residual, 1, 0, m, 0,
                    panels, e, tile, 0);
            float[] scratch = new float[PackedRest.SCRATCH + 96 * 512 + PackedRows.OVERRUN];
            Arrays.fill(scratch, Float.NaN);
            PackedBlocks.block(
                    a, 3, k + 2, b.data, b.start, k * NR, k, true, true, c, 1, n, residual, 1, 0, m, 0, n, e, scratch,
                    0);
            assertArrayEquals(expected, c, m + "x" + k + "x" + n);
        }
    }

    @Test
    void leavesNoRestOfOneToThreeRows() {
        boolean packs = Processor.SHARED_PORTS && Simd.BITS == 512;
        assertEquals(packs ? 156 : 0, PackedBlocks.rows(156, 64, 64));
        assertEquals(packs ? 144 : 0, PackedBlocks.rows(157, 64, 64));
        assertEquals(packs ? 156 : 0, PackedBlocks.rows(160, 64, 64));
        assertEquals(0, PackedBlocks.rows(143, 64, 64));
        assertEquals(0, PackedBlocks.rows(156, 63, 64));
        assertEquals(0, PackedBlocks.rows(156, 64, 31));
    }
}
