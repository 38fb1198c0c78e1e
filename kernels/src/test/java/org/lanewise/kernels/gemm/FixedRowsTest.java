package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/** {@link FixedRows} gives the bits that {@link Gemm} gives. */
class FixedRowsTest {
    private static final Activation[] ACTIVATIONS = {
        new Activation(Activation.Kind.NONE, 0, 0),
        new Activation(Activation.Kind.RELU, 0, 0),
        new Activation(Activation.Kind.CLIP, -0.5f, 0.75f),
        new Activation(Activation.Kind.SIGMOID, 0, 0),
    };

    private static float[] values(int count, Random random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    @Property(tries = 200)
    void equalsGemm(
            @ForAll long seed,
            @ForAll @IntRange(min = 0, max = 50) int rows,
            @ForAll @IntRange(min = 4, max = 47) int k,
            @ForAll @IntRange(min = 1, max = 5) int tiles,
            @ForAll boolean biased) {
        int n = tiles * FixedRowTiles.VECTORS * Simd.LANES;
        if (!FixedRows.computes(k, n)) {
            return; // K is too short, or vectors of this width have no such tiles
        }
        Random random = new Random(seed);
        int lda = k + random.nextInt(4);
        int ldc = n + random.nextInt(4);
        int aOff = random.nextInt(20);
        int cOff = random.nextInt(20);
        float[] a = values(aOff + Math.max(0, (rows - 1) * lda + k), random);
        if (rows > 0) {
            a[aOff + random.nextInt(rows) * lda] = Float.NaN;
        }
        PackedB b = PackedB.pack(values(k * n, random), 0, n, false, k, n);
        Activation activation = ACTIVATIONS[random.nextInt(ACTIVATIONS.length)];
        Epilogue e = biased ? Epilogue.biasPerColumn(values(n, random), activation) : Epilogue.of(activation);
        float[] expected = new float[cOff + rows * ldc];
        Arrays.fill(expected, 7);
        float[] c = expected.clone();
        float[] scratch = new float[3 + Math.max(Gemm.TILE_SCRATCH, FixedRows.SCRATCH)];
        int done = FixedRows.run(a, aOff, lda, b, c, cOff, ldc, rows, e, scratch, 3);
        assertEquals(rows / 8 * 8, done);
        Gemm.run(a, aOff, lda, b, expected, cOff, ldc, null, 0, 0, done, 0, b.panels(), e, scratch, 0);
        assertArrayEquals(expected, c);
    }

    @Test
    void isForSomeProcessorsAndShapes() {
        int n = FixedRowTiles.VECTORS * Simd.LANES;
        boolean vectors = Simd.ENABLED && Simd.REGISTERS == 32;
        assertEquals(vectors, FixedRows.computes(Simd.LANES, n));
        assertEquals(vectors && Processor.SHARED_PORTS, FixedRows.suits(Simd.LANES, n));
        assertFalse(FixedRows.computes(Simd.LANES, n + 1));
        assertFalse(FixedRows.computes(GemmBlocks.SHORT_K, n));
        PackedB b = PackedB.pack(new float[64 * n], 0, n, false, 64, n);
        float[] c = new float[8 * n];
        assertThrows(
                IllegalArgumentException.class,
                () -> FixedRows.run(new float[512], 0, 64, b, c, 0, n, 8, Epilogue.NONE, new float[1024], 0));
    }
}
