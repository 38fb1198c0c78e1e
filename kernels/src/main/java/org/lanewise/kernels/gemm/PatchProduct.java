package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/** Products of patches of an image with packed weights, in tiles of packed rows: {@link Gemm#run} without an A that exists. */
public final class PatchProduct {
    private static final int NR = Gemm.NR;

    private PatchProduct() {}

    /** Whether layers of so many output channels are computed here, for the numbers of pixels that {@link #cuts} names. */
    public static boolean suits(int columns) {
        return Processor.SHARED_PORTS && Simd.LANES == PatchRows.CHANNELS && columns >= PackedBlocks.LEAST_COLUMNS;
    }

    /** Whether so many rows are worth it and are made up by tiles: all from {@link PackedBlocks#LEAST_ROWS} on. */
    public static boolean cuts(int rows) {
        return rows >= PackedBlocks.LEAST_ROWS && PackedBlocks.cuts(rows);
    }

    /** What a profile calls the kernel. */
    public static String kernelName() {
        return "gemm-f32-" + PackedTiles.ROWS + "x2x" + Simd.LANES + "-packed";
    }

    /** Values of scratch that {@link #run} needs for so many rows and steps of k, or fewer. */
    public static int scratchLength(int rows, int k) {
        return PackedBlocks.scratchLength(rows, k);
    }

    /**
     * Computes rows {@code rowFrom..rowTo}, as many as {@link #cuts} allows, and panels {@code panelFrom..panelTo} of C. The arguments are those of {@link Gemm#run}.
     *
     * @param xOff the first value of the image
     * @param scratch {@link #scratchLength} values from {@code scratchOff}
     */
    public static void run(
            float[] x,
            int xOff,
            PatchRows patches,
            PackedB b,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        int k = b.k();
        if (patches.k() != k || rowFrom < 0 || rowTo > patches.rows() || !cuts(rowTo - rowFrom)) {
            throw new IllegalArgumentException("rows " + rowFrom + ".." + rowTo + " of " + patches.rows()
                    + " patches of " + patches.k() + " values by weights of " + k);
        }
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        if (residual != null) {
            Gemm.checkMatrix("residual", residual.length, resOff, ldc, rowTo, b.n());
        }
        e.checkBias(rowTo, b.n());
        int kStep = PackedBlocks.kStep(k);
        int group = PackedBlocks.group(kStep);
        for (int p0 = panelFrom; p0 < panelTo; p0 += group) {
            int p1 = Math.min(panelTo, p0 + group);
            PackedBlocks.block(
                    x,
                    xOff,
                    0,
                    patches,
                    b.data,
                    PackedB.START + p0 * k * NR,
                    k * NR,
                    k,
                    true,
                    true,
                    c,
                    cOff,
                    ldc,
                    residual,
                    resOff,
                    rowFrom,
                    rowTo,
                    p0 * NR,
                    Math.min(b.n(), p1 * NR) - p0 * NR,
                    e,
                    scratch,
                    scratchOff);
        }
    }
}
