package org.lanewise.kernels.gemm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.quant.Int8End;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;

/**
 * What becomes of sums of products of centred bytes: zero points are taken out, then they end as the caller wants. Rows count from the first row of C, columns from B's first.
 *
 * @param aZeroPoints one for all, or one per row of A from {@code zeroRow} on; null for 0
 * @param end {@code null} for the sums themselves
 * @param channel the channel of B's first column in {@code end}
 * @param aScales one for all, or one per row of A from {@code aScalesOff} on; where {@code end} is a {@link Rescaling}
 * @param c {@code int[]}, {@code byte[]} or {@code float[]}, as {@code end} wants; from {@code cOff} on
 */
record Int8Sums(
        PackedInt8B b,
        boolean aSigned,
        int @Nullable [] aZeroPoints,
        int zeroRow,
        @Nullable Int8End end,
        int channel,
        float @Nullable [] aScales,
        int aScalesOff,
        Object c,
        int cOff,
        int ldc) {

    /** Writes what is added to the sums of each column. */
    void start(int first, int columns, int[] start, int startOff) {
        int zero = hasOneZero() ? zero(0) : 0;
        for (int j = 0; j < columns; j++) {
            int bias = end == null ? 0 : end.bias(channel + first + j);
            start[startOff + j] = bias - zero * b.sums[first + j];
        }
    }

    /** Whether rows need {@link #correct}: B has zero points, or A one for each row. */
    boolean correctsRows() {
        return b.zeros != null || !hasOneZero();
    }

    /** Takes the zero points of one row of A, whose centred values sum to {@code total}, and of B's columns out of a row of sums. */
    void correct(int row, int total, int first, int columns, int[] sums, int sumsOff) {
        int rowZero = hasOneZero() ? 0 : zero(zeroRow + row);
        if (rowZero != 0) {
            for (int j = 0; j < columns; j++) {
                sums[sumsOff + j] -= rowZero * b.sums[first + j];
            }
        }
        int[] zeros = b.zeros;
        if (zeros != null) {
            for (int j = 0; j < columns; j++) {
                sums[sumsOff + j] -= total * zeros[first + j];
            }
        }
    }

    /** The same for {@code rows} rows of sums, {@code ld} apart, from the bytes of A. */
    void correct(
            byte[] a, int aOff, int lda, int row, int rows, int first, int columns, int[] sums, int sumsOff, int ld) {
        for (int r = 0; correctsRows() && r < rows; r++) {
            int total = b.zeros == null ? 0 : total(a, aOff + (row + r) * lda);
            correct(row + r, total, first, columns, sums, sumsOff + r * ld);
        }
    }

    /** Sum of a row of A, centred. */
    private int total(byte[] a, int aOff) {
        int total = 0;
        for (int i = 0; i < b.k(); i++) {
            total += GemmInt8.centred(a[aOff + i], aSigned);
        }
        return total;
    }

    /** Ends rows {@code row..row + rows} of some columns. */
    void store(int row, int rows, int first, int columns, int[] sums, int sumsOff, int ld, int[] start, int startOff) {
        int to = cOff + row * ldc + first;
        int m = channel + first;
        switch (end) {
            case null -> {
                int[] out = (int[]) c;
                for (int r = 0; r < rows; r++) {
                    for (int j = 0; j < columns; j++) {
                        out[to + r * ldc + j] = sums[sumsOff + r * ld + j] + start[startOff + j];
                    }
                }
            }
            case Requantization q -> q.store(sums, sumsOff, ld, start, startOff, rows, m, columns, (byte[]) c, to, ldc);
            case Rescaling q -> {
                float[] scales = Objects.requireNonNull(aScales);
                float[] out = (float[]) c;
                int scale = aScalesOff + row;
                q.store(sums, sumsOff, ld, start, startOff, rows, scales, scale, m, columns, out, to, ldc);
            }
        }
    }

    private boolean hasOneZero() {
        return aZeroPoints == null || aZeroPoints.length == 1;
    }

    /** A's zero point, as far from 0 as A's values once they are centred. */
    private int zero(int row) {
        return GemmInt8.zeroPoint(aZeroPoints, row) - (aSigned ? 0 : 128);
    }
}
