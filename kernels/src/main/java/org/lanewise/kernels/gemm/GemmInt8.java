package org.lanewise.kernels.gemm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Int8End;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.Rescaling;

/**
 * Matrix multiplication of 8-bit integers: {@code sum(i, j) = sum over k of (A(i, k) - za(i)) * (B(k, j) - zb(j))}, exact for all values, in int32 that
 * wraps around. It ends as the sums (ONNX MatMulInteger), as bytes ({@link Requantization}: QLinearMatMul, QGemm) or as {@code float} ({@link Rescaling}).
 *
 * <p>Both sides are centred to -128..127 and multiplied as they are; zero points come in by the sums of B's columns and A's rows:
 * {@code sum = A'B' - za' * (sum of B(k, j) - zb(j)) - zb' * (sum of A'(i, k))}.
 */
public final class GemmInt8 {
    /** Widened values of A at a time: they share the second-level cache with panels of B. */
    private static final int BLOCK_VALUES = 64 << 10;

    private static final int LEAST_ROWS = 32;
    private static final int MOST_ROWS = 256;

    /** Panels whose sums are in the scratch at a time. */
    private static final int PANELS = 4;

    private static final int LDC = PANELS * Gemm.NR;

    /** What numbers of widened rows are filled up to. */
    public static final int ROW_STEP = Int8Tiles.MR;

    private GemmInt8() {}

    /** Elements of scratch for products of up to {@code rows} rows with B; each thread brings its own. */
    public static int scratchSize(int rows, PackedInt8B b) {
        int most = blockRows(rows, b);
        return most * b.depth + blockScratchSize(most, b);
    }

    /** Rows of A that are widened at a time: at most {@code rows} filled up to whole tiles. */
    public static int blockRows(int rows, PackedInt8B b) {
        int most = Math.clamp(BLOCK_VALUES / Math.max(1, b.depth), LEAST_ROWS, MOST_ROWS) / Int8Tiles.MR * Int8Tiles.MR;
        return Math.min(most, Math.ceilDiv(rows, Int8Tiles.MR) * Int8Tiles.MR);
    }

    /** Elements of scratch of {@link #block} for {@code rows} rows. */
    public static int blockScratchSize(int rows, PackedInt8B b) {
        return Math.ceilDiv(rows, Int8Tiles.MR) * Int8Tiles.MR * LDC + LDC + Int8Tiles.scratchSize(rows, b);
    }

    /**
     * Computes rows {@code rowFrom..rowTo} and panels {@code panelFrom..panelTo} of C, as sums.
     *
     * @param aSigned whether A's bytes are int8; otherwise uint8
     * @param aZeroPoints one for all, or one per row of A; null for 0
     * @param scratch {@link #scratchSize} values from {@code scratchOff}
     */
    public static void run(
            byte[] a,
            int aOff,
            int lda,
            boolean aSigned,
            int @Nullable [] aZeroPoints,
            PackedInt8B b,
            int[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff) {
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        rows(
                a,
                aOff,
                lda,
                aSigned,
                aZeroPoints,
                b,
                null,
                null,
                0,
                c,
                cOff,
                ldc,
                rowFrom,
                rowTo,
                panelFrom,
                panelTo,
                scratch,
                scratchOff);
    }

    /** The same, as bytes. */
    public static void run(
            byte[] a,
            int aOff,
            int lda,
            boolean aSigned,
            int @Nullable [] aZeroPoints,
            PackedInt8B b,
            Requantization end,
            byte[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff) {
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        checkChannels(end, b.n());
        rows(
                a,
                aOff,
                lda,
                aSigned,
                aZeroPoints,
                b,
                end,
                null,
                0,
                c,
                cOff,
                ldc,
                rowFrom,
                rowTo,
                panelFrom,
                panelTo,
                scratch,
                scratchOff);
    }

    /**
     * The same, as {@code float}.
     *
     * @param aScales one for all, or one per row of A from {@code aScalesOff} on
     */
    public static void run(
            byte[] a,
            int aOff,
            int lda,
            boolean aSigned,
            int @Nullable [] aZeroPoints,
            PackedInt8B b,
            Rescaling end,
            float[] aScales,
            int aScalesOff,
            float[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff) {
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        checkChannels(end, b.n());
        rows(
                a,
                aOff,
                lda,
                aSigned,
                aZeroPoints,
                b,
                end,
                aScales,
                aScalesOff,
                c,
                cOff,
                ldc,
                rowFrom,
                rowTo,
                panelFrom,
                panelTo,
                scratch,
                scratchOff);
    }

    private static void checkChannels(Int8End end, int n) {
        if (end.channels() != n) {
            throw new IllegalArgumentException("B has " + n + " columns, its end " + end.channels());
        }
    }

    private static void rows(
            byte[] a,
            int aOff,
            int lda,
            boolean aSigned,
            int @Nullable [] aZeroPoints,
            PackedInt8B b,
            @Nullable Int8End end,
            float @Nullable [] aScales,
            int aScalesOff,
            Object c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff) {
        Gemm.checkMatrix("A", a.length, aOff, lda, rowTo, b.k());
        checkZeroPoints("A", aSigned, aZeroPoints, rowTo);
        int size = scratchSize(rowTo - rowFrom, b);
        if (scratchOff < 0 || size > scratch.length - scratchOff) {
            throw new IllegalArgumentException(
                    "scratch of " + scratch.length + " values from " + scratchOff + ", expected " + size + " after it");
        }
        int most = blockRows(rowTo - rowFrom, b);
        int sums = scratchOff + most * b.depth;
        for (int row = rowFrom; row < rowTo; row += most) {
            int count = Math.min(most, rowTo - row);
            Int8Rows.widen(a, aOff + row * lda, lda, aSigned, count, b.k(), scratch, scratchOff, b.depth);
            block(
                    scratch,
                    scratchOff,
                    count,
                    aSigned,
                    aZeroPoints,
                    row,
                    b,
                    end,
                    0,
                    aScales,
                    aScalesOff + row,
                    c,
                    cOff + row * ldc,
                    ldc,
                    panelFrom,
                    panelTo,
                    scratch,
                    sums);
        }
    }

    /**
     * The product of rows that are already widened (by {@link Int8Rows}), {@code b.depth()} values each, with room to a multiple of {@link #ROW_STEP} rows.
     *
     * @param a overwritten where B has few columns
     * @param zeroRow the row of {@code aZeroPoints} that the first row has
     * @param end {@code null} for sums
     * @param channel the channel of B's first column in {@code end}
     * @param c {@code int[]}, {@code byte[]} or {@code float[]}, as {@code end} wants; from {@code cOff} on the first row and column of the product
     * @param scratch {@link #blockScratchSize} values from {@code scratchOff}
     */
    public static void block(
            int[] a,
            int aOff,
            int rows,
            boolean aSigned,
            int @Nullable [] aZeroPoints,
            int zeroRow,
            PackedInt8B b,
            @Nullable Int8End end,
            int channel,
            float @Nullable [] aScales,
            int aScalesOff,
            Object c,
            int cOff,
            int ldc,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff) {
        int start = scratchOff;
        int sums = scratchOff + LDC;
        int wide = sums + Math.ceilDiv(rows, ROW_STEP) * ROW_STEP * LDC;
        boolean oneZero = aZeroPoints == null || aZeroPoints.length == 1;
        int centre = aSigned ? 0 : 128;
        int zero = oneZero ? zeroPoint(aZeroPoints, 0) - centre : 0;
        int ld = b.paired ? Simd.LANES : LDC;
        if (b.paired) {
            Int8Rows.pair(a, aOff, rows, b.depth);
        }
        for (int p = panelFrom; p < panelTo; p += PANELS) {
            int to = Math.min(panelTo, p + PANELS);
            int first = p * Gemm.NR;
            int columns = Math.min(b.n(), to * Gemm.NR) - first;
            for (int j = 0; j < columns; j++) {
                int bias = end == null ? 0 : end.bias(channel + first + j);
                scratch[start + j] = bias - zero * b.sums[first + j];
            }
            if (b.paired) {
                Int8Tiles.run(a, aOff, b.depth, Math.ceilDiv(rows, 2), b, p, to, scratch, sums, Gemm.NR, wide);
            } else {
                Int8Tiles.run(a, aOff, b.depth, rows, b, p, to, scratch, sums, LDC, wide);
            }
            if (b.zeros != null || !oneZero) {
                for (int r = 0; r < rows; r++) {
                    int rowZero = oneZero ? 0 : zeroPoint(aZeroPoints, zeroRow + r) - centre;
                    correct(a, aOff + r * b.depth, b, first, columns, rowZero, scratch, sums + r * ld);
                }
            }
            store(
                    end,
                    scratch,
                    sums,
                    ld,
                    start,
                    rows,
                    channel + first,
                    columns,
                    aScales,
                    aScalesOff,
                    c,
                    cOff + first,
                    ldc);
        }
    }

    private static void store(
            @Nullable Int8End end,
            int[] scratch,
            int sums,
            int ld,
            int start,
            int rows,
            int channel,
            int columns,
            float @Nullable [] aScales,
            int aScalesOff,
            Object c,
            int cOff,
            int ldc) {
        switch (end) {
            case null -> {
                int[] out = (int[]) c;
                for (int r = 0; r < rows; r++) {
                    for (int j = 0; j < columns; j++) {
                        out[cOff + r * ldc + j] = scratch[sums + r * ld + j] + scratch[start + j];
                    }
                }
            }
            case Requantization q ->
                q.store(scratch, sums, ld, scratch, start, rows, channel, columns, (byte[]) c, cOff, ldc);
            case Rescaling q -> {
                float[] scales = Objects.requireNonNull(aScales);
                float[] out = (float[]) c;
                q.store(scratch, sums, ld, scratch, start, rows, scales, aScalesOff, channel, columns, out, cOff, ldc);
            }
        }
    }

    /** Takes the zero points of one row of A and of B's columns out of a row of sums. */
    private static void correct(
            int[] a, int aOff, PackedInt8B b, int first, int columns, int rowZero, int[] sums, int sumsOff) {
        int[] columnSums = b.sums;
        if (rowZero != 0) {
            for (int j = 0; j < columns; j++) {
                sums[sumsOff + j] -= rowZero * columnSums[first + j];
            }
        }
        int[] zeros = b.zeros;
        if (zeros != null) {
            int total = Int8Rows.sum(a, aOff, b.k());
            for (int j = 0; j < columns; j++) {
                sums[sumsOff + j] -= total * zeros[first + j];
            }
        }
    }

    /** What a profile calls the kernel. */
    public static String kernelName(int rows, PackedInt8B b) {
        return "gemm-int8-" + (Simd.ENABLED ? "g" + b.run : "scalar")
                + (rows == 1 ? "-1x4" : rows == 2 ? "-2x2" : "-3x2");
    }

    static int widen(byte value, boolean signed) {
        return signed ? value : value & 0xFF;
    }

    static int zeroPoint(int @Nullable [] zeroPoints, int i) {
        return zeroPoints == null ? 0 : zeroPoints[zeroPoints.length == 1 ? 0 : i];
    }

    /** Refuses zero points that the type does not have: sums would not be exact. */
    static void checkZeroPoints(String name, boolean signed, int @Nullable [] zeroPoints, int count) {
        if (zeroPoints == null) {
            return;
        }
        if (zeroPoints.length != 1 && zeroPoints.length < count) {
            throw new IllegalArgumentException(
                    name + " has " + zeroPoints.length + " zero points, expected 1 or " + count);
        }
        int lowest = signed ? -128 : 0;
        for (int zero : zeroPoints) {
            if (zero < lowest || zero > lowest + 255) {
                throw new IllegalArgumentException(
                        name + " has the zero point " + zero + ", expected " + lowest + ".." + (lowest + 255));
            }
        }
    }
}
