package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;

/** Products of patches of an image with packed weights, in tiles of packed rows: {@link Gemm#run} without an A that exists. */
public final class PatchProduct {
    private static final int NR = Gemm.NR;

    private PatchProduct() {}

    /** Whether so many pixels by weights of {@code k} rows and {@code columns} columns are computed here; parts of the columns in whole panels are, too. */
    public static boolean suits(int pixels, int columns, int k) {
        return StreamedBlocks.computes(pixels, columns, k);
    }

    /** What a profile calls the kernel. */
    public static String kernelName() {
        return StreamedTiles.NAME;
    }

    /** Values of scratch that {@link #run} needs for so many rows and steps of k, or fewer. */
    public static int scratchLength(int rows, int k) {
        return StreamedBlocks.scratchLength(rows, k);
    }

    /**
     * Computes rows {@code rowFrom..rowTo}, as many as {@link #suits} allows, and panels {@code panelFrom..panelTo} of C. The arguments are those of {@link Gemm#run}.
     *
     * @param xOff the first value of the image
     * @param cOff index of C(0, 0), which may lie before the array if {@code rowFrom} does not
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
        boolean inside = rowFrom >= 0 && rowTo <= patches.rows() && panelFrom >= 0 && panelTo <= b.panels();
        if (patches.k() != k || !inside || !suits(rowTo - rowFrom, b.n(), k)) {
            throw new IllegalArgumentException("rows " + rowFrom + ".." + rowTo + " of " + patches.rows()
                    + " patches of " + patches.k() + " values by panels " + panelFrom + ".." + panelTo
                    + " of weights of " + k + " by " + b.n());
        }
        int rows = rowTo - rowFrom;
        Gemm.checkMatrix("C", c.length, cOff + rowFrom * ldc, ldc, rows, b.n());
        if (residual != null) {
            Gemm.checkMatrix("residual", residual.length, resOff + rowFrom * ldc, ldc, rows, b.n());
        }
        e.checkBias(rowTo, b.n());
        if (panelFrom >= panelTo) {
            return;
        }
        StreamedBlocks.block(
                x,
                xOff,
                0,
                patches,
                b.data,
                b.start + panelFrom * k * NR,
                k * NR,
                k,
                c,
                cOff,
                ldc,
                residual,
                resOff,
                rowFrom,
                rowTo,
                panelFrom * NR,
                (panelTo - panelFrom) * NR,
                e,
                scratch,
                scratchOff);
    }
}
