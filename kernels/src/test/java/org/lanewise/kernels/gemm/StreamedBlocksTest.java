package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/** Tiles that read weights ahead against those that read rows in place, on every processor with vectors that long. */
class StreamedBlocksTest {
    private static final int NR = Gemm.NR;

    @ParameterizedTest
    @EnumSource(
            value = Activation.Kind.class,
            names = {"NONE", "RELU", "CLIP", "GELU"})
    void givesTheBitsOfTilesInPlace(Activation.Kind kind) {
        assumeTrue(Simd.BITS == 512, "tiles of 10 rows by two vectors need 32 registers of 512 bits");
        Random random = new Random(kind.ordinal());
        for (int k : new int[] {16, 48, 256, 512, 528, 1040}) {
            int m = 1 + random.nextInt(300);
            int n = NR * (1 + random.nextInt(5));
            float[] a = Matrices.random(random, 3 + m * (k + 2));
            a[3 + random.nextInt(m) * (k + 2)] = Float.NaN;
            a[3 + random.nextInt(m) * (k + 2)] = Float.POSITIVE_INFINITY;
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
                    a,
                    3,
                    k + 2,
                    b.data,
                    b.start,
                    k * NR,
                    k,
                    true,
                    true,
                    n,
                    expected,
                    1,
                    n,
                    residual,
                    1,
                    0,
                    m,
                    0,
                    b.panels(),
                    e,
                    tile,
                    0);
            float[] scratch = new float[StreamedBlocks.scratchLength(m, k)];
            Arrays.fill(scratch, Float.NaN);
            StreamedBlocks.block(
                    a, 3, k + 2, null, b.data, b.start, k * NR, k, c, 1, n, residual, 1, 0, m, 0, n, e, scratch, 0);
            assertArrayEquals(expected, c, m + "x" + k + "x" + n);
        }
    }

    @Test
    void takesFewRowsOfManyWeights() {
        boolean streams = Processor.SHARED_PORTS && Simd.BITS == 512;
        assertEquals(streams, StreamedBlocks.suits(49, 2048, 512));
        assertEquals(streams, StreamedBlocks.suits(64, 512, 2048));
        assertEquals(streams, Gemm.kernelName(49, 2048, 512).equals("gemm-f32-10x2x16-streamed"));
        for (int[] other : new int[][] {
            {39, 2048, 512}, {65, 2048, 512}, {49, 2016, 512}, {49, 2079, 512}, {49, 2048, 520}, {49, 8192, 240}
        }) {
            assertEquals(false, StreamedBlocks.suits(other[0], other[1], other[2]), Arrays.toString(other));
        }
    }

    /** Scratch for many rows serves fewer, of which only some products are computed here. */
    @Test
    void scratchOfManyRowsServesFewer() {
        int all = StreamedBlocks.scratchLength(3000, 1100, 1100);
        for (int rows = 40; rows <= 64; rows++) {
            if (StreamedBlocks.suits(rows, 1088, 1088)) {
                assertTrue(StreamedBlocks.scratchLength(rows, 1088) <= all, "rows " + rows);
            }
        }
    }
}
