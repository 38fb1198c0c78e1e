package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/**
 * Cuts a range of C into the tiles of {@link StreamedTiles}, for weights that come from memory: all rows of a block are packed, each panel of B is read once and meets all of them, and the first tiles of a
 * panel read the next one ahead.
 */
final class StreamedBlocks {
    private static final int NR = Gemm.NR;
    private static final int ROWS = StreamedTiles.ROWS;

    /** Longest block of K, a multiple of the squares that are packed: a panel then fits the first-level cache. */
    private static final int KC = 256;

    private static final int SQUARE = PatchRows.CHANNELS;

    /** Most rows that are packed at once: with a panel of B they take half of the second-level cache. */
    private static final int BLOCK = 24 * ROWS;

    /** Fewer rows leave too little time to read a panel ahead, and too many of the last tile in vain. */
    private static final int LEAST_ROWS = 4 * ROWS;

    /** More rows hide by themselves that weights come from memory: 128x768x3072 takes longer here. */
    private static final int MOST_ROWS = 64;

    /** Fewer weights are often in the caches. */
    private static final int LEAST_WEIGHTS = 1 << 20;

    /** A shorter K is computed before much is read ahead. */
    private static final int LEAST_K = 256;

    /** Tiles of a panel that read the next one ahead, {@code STEP * kc} values twice: all of it. */
    private static final int READERS = NR / (2 * StreamedTiles.STEP);

    /** Values of scratch for a tile that is not whole, and for where it starts. */
    private static final int TILES = 2 * ROWS * NR;

    private StreamedBlocks() {}

    /** Whether a product is computed here. */
    static boolean suits(int rows, int columns, int k) {
        return rows <= MOST_ROWS && k >= LEAST_K && (long) columns * k >= LEAST_WEIGHTS && computes(rows, columns, k);
    }

    /** Whether a product can be computed here and is better than by tiles that read rows in place. */
    static boolean computes(int rows, int columns, int k) {
        return Processor.SHARED_PORTS
                && Simd.LANES == SQUARE
                && rows >= LEAST_ROWS
                && columns > 0
                && columns % NR == 0
                && k % SQUARE == 0;
    }

    /** Values of scratch for products of so many rows, columns and steps of k or fewer, of which some may be ones that {@link #suits}. */
    static int scratchLength(int rows, int columns, int k) {
        boolean some = Processor.SHARED_PORTS
                && Simd.LANES == SQUARE
                && rows >= LEAST_ROWS
                && k >= LEAST_K
                && (long) columns * k >= LEAST_WEIGHTS;
        return some ? scratchLength(Math.min(rows, MOST_ROWS), k) : 0;
    }

    /** Values of scratch that {@link #block} needs for so many rows and steps of k, or fewer. */
    static int scratchLength(int rows, int k) {
        int packed = Math.ceilDiv(Math.min(BLOCK, rows), ROWS) * ROWS;
        int kc = Math.min(KC, k);
        // where no weights are left to read ahead, tiles read what is here
        return Math.max(TILES + packed * kc + PackedRows.OVERRUN, StreamedTiles.APART + StreamedTiles.STEP * kc);
    }

    /**
     * See {@link Gemm#run}: rows {@code rowFrom..rowTo} and {@code columns} columns of C from {@code columnFrom} on, whose panels begin at {@code packedOff}.
     *
     * @param patches where rows of A lie if they are patches of an image, whose first value is at {@code aOff}; null if they are {@code lda} apart
     * @param k a multiple of 16
     * @param columns a multiple of {@link Gemm#NR}
     * @param scratch {@link #scratchLength} values from {@code scratchOff}
     */
    static void block(
            float[] a,
            int aOff,
            int lda,
            @Nullable PatchRows patches,
            float[] packed,
            int packedOff,
            int panelStride,
            int k,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rowFrom,
            int rowTo,
            int columnFrom,
            int columns,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        int blocks = Math.ceilDiv(k, KC);
        int step = Math.ceilDiv(Math.ceilDiv(k, blocks), SQUARE) * SQUARE;
        int packedRows = scratchOff + TILES;
        for (int k0 = 0; k0 < k; k0 += step) {
            int kc = Math.min(step, k - k0);
            for (int row = rowFrom; row < rowTo; row += BLOCK) {
                int rows = Math.min(BLOCK, rowTo - row);
                for (int r = 0; r < rows; r += ROWS) {
                    int left = Math.min(ROWS, rows - r);
                    int to = packedRows + r * kc;
                    if (patches == null) {
                        pack(left, a, aOff + (row + r) * lda + k0, lda, kc, scratch, to);
                    } else {
                        patches.pack(left, a, aOff, row + r, k0, kc, scratch, to);
                    }
                }
                panels(
                        packed,
                        packedOff + k0 * NR,
                        panelStride,
                        kc,
                        packedOff + (k0 + kc < k ? k0 + kc : 0) * NR,
                        k0 == 0,
                        k0 + kc == k,
                        c,
                        cOff + row * ldc + columnFrom,
                        ldc,
                        residual,
                        resOff + row * ldc + columnFrom,
                        rows,
                        columns,
                        e,
                        row * e.startRow + columnFrom * e.startColumn,
                        scratch,
                        scratchOff);
            }
        }
    }

    /** Packs as many rows as a tile has; in place of those that are not there, the first one. */
    private static void pack(int rows, float[] a, int ao, int lda, int kc, float[] out, int to) {
        PackedRows.squares(
                ROWS,
                kc / SQUARE,
                a,
                ao,
                rows > 1 ? ao + lda : ao,
                rows > 2 ? ao + 2 * lda : ao,
                rows > 3 ? ao + 3 * lda : ao,
                rows > 4 ? ao + 4 * lda : ao,
                rows > 5 ? ao + 5 * lda : ao,
                rows > 6 ? ao + 6 * lda : ao,
                rows > 7 ? ao + 7 * lda : ao,
                rows > 8 ? ao + 8 * lda : ao,
                rows > 9 ? ao + 9 * lda : ao,
                ao,
                ao,
                out,
                to);
    }

    /**
     * The packed rows by all panels.
     *
     * @param following where the first panel of the next block of K is
     * @param bias index in {@code e.start} of what the first value of C starts from
     */
    private static void panels(
            float[] packed,
            int packedOff,
            int panelStride,
            int kc,
            int following,
            boolean starts,
            boolean ends,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int resOff,
            int rows,
            int columns,
            Epilogue e,
            int bias,
            float[] scratch,
            int tile) {
        SumStart start = SumStart.of(e, starts, residual != null);
        SumEnd end = e.end(ends);
        float[] values = start.values(e, residual, c);
        int startRow = start.row(e, ldc);
        int startColumn = start.column(e);
        float[] added = start.added(e);
        int addedColumn = start.addedColumn(e);
        for (int x = 0; x < columns; x += NR) {
            int panel = packedOff + x / NR * panelStride;
            int next = x + NR < columns ? panel + panelStride : following;
            int co = cOff + x;
            int ro = resOff + x;
            int biasAt = bias + x * e.startColumn;
            start.prepare(e, biasAt, rows, NR, residual, ro, c, co, ldc);
            int so = start.at(biasAt, ro, co);
            for (int r = 0; r < rows; r += ROWS) {
                int reader = r / ROWS;
                int ahead = reader < READERS ? next + piece(reader * StreamedTiles.STEP * kc) : panel;
                boolean inside = ahead + StreamedTiles.APART + StreamedTiles.STEP * kc <= packed.length;
                boolean whole = r + ROWS <= rows;
                int from = so + r * startRow;
                if (!whole) {
                    copy(rows - r, values, from, startRow, startColumn, scratch, tile);
                }
                StreamedTiles.run(
                        kc,
                        scratch,
                        tile + TILES + r * kc,
                        packed,
                        panel,
                        whole ? c : scratch,
                        whole ? co + r * ldc : tile + TILES / 2,
                        whole ? ldc : NR,
                        whole ? values : scratch,
                        whole ? from : tile,
                        whole ? startRow : NR,
                        whole ? startColumn : 1,
                        added,
                        start.addedAt(biasAt),
                        addedColumn,
                        end.lo(),
                        end.hi(),
                        inside ? packed : scratch,
                        inside ? ahead : tile);
                for (int i = r; i < rows && !whole; i++) {
                    System.arraycopy(scratch, tile + TILES / 2 + (i - r) * NR, c, co + i * ldc, NR);
                }
            }
            end.finish(rows, NR, NR, c, co, ldc);
        }
    }

    /** Where the two pieces of a panel begin that are read ahead after {@code done} values of each: {@code APART} values, {@code APART} apart. */
    private static int piece(int done) {
        return done / StreamedTiles.APART * 2 * StreamedTiles.APART + done % StreamedTiles.APART;
    }

    /** Where rows start that fill no tile; the rows that are not there start from what is in the scratch. */
    private static void copy(
            int rows, float[] start, int from, int startRow, int startColumn, float[] scratch, int tile) {
        for (int r = 0; r < rows; r++) {
            for (int j = 0; j < NR; j++) {
                scratch[tile + r * NR + j] = start[from + r * startRow + j * startColumn];
            }
        }
    }
}
