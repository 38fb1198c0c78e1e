package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Alignment;
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

    /** Whether fp64 tiles, which take three rows of A at once, are faster for so many rows. */
    public static boolean inDoubles(int rows, PackedInt8B b) {
        return Int8Triples.suits(rows, b);
    }

    /** Elements of {@code double} scratch for the fp64 tiles, for up to {@code rows} rows; each thread brings its own. */
    public static int doublesSize(int rows, PackedInt8B b) {
        return Int8Triples.doublesSize(rows, b);
    }

    /** Elements of scratch for products of up to {@code rows} rows with B; each thread brings its own. */
    public static int scratchSize(int rows, PackedInt8B b, boolean inDoubles) {
        if (inDoubles) {
            return Int8Triples.scratchSize();
        }
        int most = blockRows(rows, b);
        return Alignment.lines(most * b.depth) + blockScratchSize(most, b);
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
     * @param doubles {@link #doublesSize} values from {@code doublesOff} for the fp64 tiles; null for the integer tiles. Both give the same
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
            int scratchOff,
            double @Nullable [] doubles,
            int doublesOff) {
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        Int8Sums ends = new Int8Sums(b, aSigned, aZeroPoints, 0, null, 0, null, 0, c, cOff, ldc);
        rows(a, aOff, lda, ends, rowFrom, rowTo, panelFrom, panelTo, scratch, scratchOff, doubles, doublesOff);
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
            int scratchOff,
            double @Nullable [] doubles,
            int doublesOff) {
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        checkChannels(end, b.n());
        Int8Sums ends = new Int8Sums(b, aSigned, aZeroPoints, 0, end, 0, null, 0, c, cOff, ldc);
        rows(a, aOff, lda, ends, rowFrom, rowTo, panelFrom, panelTo, scratch, scratchOff, doubles, doublesOff);
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
            int scratchOff,
            double @Nullable [] doubles,
            int doublesOff) {
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        checkChannels(end, b.n());
        Int8Sums ends = new Int8Sums(b, aSigned, aZeroPoints, 0, end, 0, aScales, aScalesOff, c, cOff, ldc);
        rows(a, aOff, lda, ends, rowFrom, rowTo, panelFrom, panelTo, scratch, scratchOff, doubles, doublesOff);
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
            Int8Sums ends,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff,
            double @Nullable [] doubles,
            int doublesOff) {
        PackedInt8B b = ends.b();
        boolean signed = ends.aSigned();
        Gemm.checkMatrix("A", a.length, aOff, lda, rowTo, b.k());
        checkZeroPoints("A", signed, ends.aZeroPoints(), rowTo);
        int rows = rowTo - rowFrom;
        checkScratch("scratch", scratch.length, scratchOff, scratchSize(rows, b, doubles != null));
        if (doubles != null) {
            if (!Int8Triples.takes(b)) {
                throw new IllegalArgumentException("There are no fp64 tiles for B; pass null for doubles");
            }
            checkScratch("doubles", doubles.length, doublesOff, doublesSize(rows, b));
            Int8Triples.run(
                    a, aOff, lda, ends, rowFrom, rowTo, panelFrom, panelTo, scratch, scratchOff, doubles, doublesOff);
            return;
        }
        int most = blockRows(rows, b);
        int sums = scratchOff + Alignment.lines(most * b.depth);
        for (int row = rowFrom; row < rowTo; row += most) {
            int count = Math.min(most, rowTo - row);
            Int8Rows.widen(a, aOff + row * lda, lda, signed, count, b.k(), scratch, scratchOff, b.depth);
            block(scratch, scratchOff, row, count, ends, panelFrom, panelTo, scratch, sums);
        }
    }

    private static void checkScratch(String name, int length, int off, int size) {
        if (off < 0 || size > length - off) {
            throw new IllegalArgumentException(
                    name + " of " + length + " values from " + off + ", expected " + size + " after it");
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
        Int8Sums ends = new Int8Sums(b, aSigned, aZeroPoints, zeroRow, end, channel, aScales, aScalesOff, c, cOff, ldc);
        block(a, aOff, 0, rows, ends, panelFrom, panelTo, scratch, scratchOff);
    }

    private static void block(
            int[] a,
            int aOff,
            int row,
            int rows,
            Int8Sums ends,
            int panelFrom,
            int panelTo,
            int[] scratch,
            int scratchOff) {
        PackedInt8B b = ends.b();
        int start = scratchOff;
        int sums = scratchOff + LDC;
        int wide = sums + Math.ceilDiv(rows, ROW_STEP) * ROW_STEP * LDC;
        int ld = b.paired ? Simd.LANES : LDC;
        if (b.paired) {
            Int8Rows.pair(a, aOff, rows, b.depth);
        }
        for (int p = panelFrom; p < panelTo; p += PANELS) {
            int to = Math.min(panelTo, p + PANELS);
            int first = p * Gemm.NR;
            int columns = Math.min(b.n(), to * Gemm.NR) - first;
            ends.start(first, columns, scratch, start);
            if (b.paired) {
                Int8Tiles.run(a, aOff, b.depth, Math.ceilDiv(rows, 2), b, p, to, scratch, sums, Gemm.NR, wide);
            } else {
                Int8Tiles.run(a, aOff, b.depth, rows, b, p, to, scratch, sums, LDC, wide);
            }
            for (int r = 0; ends.correctsRows() && r < rows; r++) {
                int total = b.zeros == null ? 0 : Int8Rows.sum(a, aOff + r * b.depth, b.k());
                ends.correct(row + r, total, first, columns, scratch, sums + r * ld);
            }
            ends.store(row, rows, first, columns, scratch, sums, ld, scratch, start);
        }
    }

    /** A byte of A as the tiles see it, -128..127. */
    static int centred(byte value, boolean signed) {
        return signed ? value : (value & 0xFF) - 128;
    }

    /** What a profile calls the kernel. */
    public static String kernelName(int rows, PackedInt8B b, boolean inDoubles) {
        if (inDoubles) {
            return Int8Triples.NAME;
        }
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
