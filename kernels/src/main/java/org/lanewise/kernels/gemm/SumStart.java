package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;

/**
 * What the sums of a block of K start from. Tiles read a matrix and may add a bias to it; both are arrays, an index of the first element and the distances of rows and columns, for which there is a method each.
 * {@code bias}, {@code ro} and {@code co} are the indices of a tile's first element in {@link Epilogue#start}, the residual and C.
 */
enum SumStart {
    /** The first block without a residual: the bias, which is as good as free. */
    BIAS,
    /** The first block with a residual to which tiles add the bias themselves, in the order of {@link RowPasses#start}. */
    RESIDUAL,
    /** The first block with any other residual: a pass has put bias and residual into C. */
    PASS,
    /** Later blocks: the sums so far, which are in C. */
    SUMS;

    static SumStart of(Epilogue e, boolean first, boolean residual) {
        if (!first) {
            return SUMS;
        }
        return !residual ? BIAS : e.startRow == 0 && e.residualScale == 1f ? RESIDUAL : PASS;
    }

    /** The same for tiles that add no bias. */
    SumStart withoutAdding() {
        return this == RESIDUAL ? PASS : this;
    }

    /** Does to a (rows, columns) part of C what must come before its tiles: the pass of {@link #PASS}. */
    void prepare(
            Epilogue e,
            int bias,
            int rows,
            int columns,
            float @Nullable [] residual,
            int ro,
            float[] c,
            int co,
            int ldc) {
        if (this == PASS && residual != null) {
            RowPasses.start(e, bias, rows, columns, residual, ro, c, co, ldc);
        }
    }

    /** The array of what is read. */
    float[] values(Epilogue e, float @Nullable [] residual, float[] c) {
        return this == BIAS ? e.start : this == RESIDUAL && residual != null ? residual : c;
    }

    /** Its first element. */
    int at(int bias, int ro, int co) {
        return this == BIAS ? bias : this == RESIDUAL ? ro : co;
    }

    /** Distance of its rows. */
    int row(Epilogue e, int ldc) {
        return this == BIAS ? e.startRow : ldc;
    }

    /** Distance of its columns, 0 or 1. */
    int column(Epilogue e) {
        return this == BIAS ? e.startColumn : 1;
    }

    /** The array of what is added, {@link TallTiles#NO_BIAS} for nothing. */
    float[] added(Epilogue e) {
        return this == RESIDUAL ? e.start : TallTiles.NO_BIAS;
    }

    /** The first element of what is added. */
    int addedAt(int bias) {
        return this == RESIDUAL ? bias : 0;
    }

    /** Distance of its columns, 0 or 1. */
    int addedColumn(Epilogue e) {
        return this == RESIDUAL ? e.startColumn : 0;
    }
}
