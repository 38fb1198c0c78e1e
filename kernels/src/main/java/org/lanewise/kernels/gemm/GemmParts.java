package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;

/** Divides a range of C between tiles of packed rows of A ({@link PackedBlocks}) and tiles that read A in place ({@link GemmBlocks}). */
final class GemmParts {
    private static final int NR = Gemm.NR;

    private GemmParts() {}

    /** Length of the blocks of K that suits a product. */
    static int kStep(int rows, int n, int k) {
        return PackedBlocks.rows(rows, n, k) > 0 ? PackedBlocks.kStep(k) : Gemm.kStep(k);
    }

    /** Panels that the rows of A pass over before the next ones. */
    static int group(int rows, int n, int k) {
        return PackedBlocks.rows(rows, n, k) > 0
                ? PackedBlocks.group(PackedBlocks.kStep(k))
                : Gemm.group(Gemm.kStep(k));
    }

    /** Values of scratch that {@link #block} needs for so many rows, columns and steps of k or fewer. */
    static int scratchLength(int rows, int columns, int kc) {
        return Math.addExact(Gemm.TILE_SCRATCH, PackedBlocks.scratchLength(rows, columns, kc));
    }

    /** See {@link Gemm#runBlock}, whose arguments these are. */
    static void block(
            float[] a,
            int aOff,
            int lda,
            float[] packed,
            int packedOff,
            int panelStride,
            int kc,
            boolean first,
            boolean last,
            int n,
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
        int columns = Math.min(n, panelTo * NR) - panelFrom * NR;
        int rows = PackedBlocks.rows(rowTo - rowFrom, columns, kc);
        if (rows > 0) {
            PackedBlocks.block(
                    a,
                    aOff,
                    lda,
                    packed,
                    packedOff,
                    panelStride,
                    kc,
                    first,
                    last,
                    c,
                    cOff,
                    ldc,
                    residual,
                    resOff,
                    rowFrom,
                    rowFrom + rows,
                    panelFrom * NR,
                    columns,
                    e,
                    scratch,
                    scratchOff + Gemm.TILE_SCRATCH);
        }
        if (rowFrom + rows < rowTo) {
            GemmBlocks.block(
                    a,
                    aOff,
                    lda,
                    packed,
                    packedOff,
                    panelStride,
                    kc,
                    first,
                    last,
                    n,
                    c,
                    cOff,
                    ldc,
                    residual,
                    resOff,
                    rowFrom + rows,
                    rowTo,
                    panelFrom,
                    panelTo,
                    e,
                    scratch,
                    scratchOff);
        }
    }
}
