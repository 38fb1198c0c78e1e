package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

/**
 * Cuts a range of C into the tiles of {@link PackedTiles}. A block of rows is packed, which the second-level cache keeps; then a panel of B, which the first level keeps, meets all
 * of its tiles before the next panel does.
 */
final class PackedBlocks {
    /**
     * Longest block of K. Where the caches hold B, half of this is as fast (a panel then fits the first level); weights that come from memory are read in longer pieces.
     */
    private static final int KC = 512;

    private static final int NR = Gemm.NR;
    private static final int ROWS = PackedTiles.ROWS;

    /** Bytes of packed B in a group: most of the second-level cache of a processor whose ports are shared. */
    private static final int GROUP_BYTES = 1 << 20;

    /** Columns after which an activation that tiles do not compute passes over rows: fewer would be spent on calls. */
    private static final int PASS = 4 * NR;

    /** Most rows that are packed at once. */
    private static final int BLOCK = 8 * ROWS;

    /** A rest of fewer rows than this would run at a fraction of the speed, and is better off with 12 rows more. */
    private static final int LEAST_REST = 4;

    /** Packing does not pay for fewer columns or a shorter K. */
    private static final int LEAST_COLUMNS = 2 * NR;

    private static final int LEAST_K = 32;

    /** Fewer rows hardly hide that weights come from memory, and a rest of rows reads them once more. */
    private static final int LEAST_ROWS = 12 * ROWS;

    private PackedBlocks() {}

    /** How many of {@code rows} rows are computed here, the first ones; the others are left to tiles that read A in place. */
    static int rows(int rows, int columns, int kc) {
        if (!suits(rows, columns, kc)) {
            return 0;
        }
        int rest = rows % ROWS;
        return Math.max(0, rest == 0 || rest >= LEAST_REST ? rows - rest : rows - rest - ROWS);
    }

    /** Length of the blocks that K is cut into, about equal ones. */
    static int kStep(int k) {
        int blocks = Math.max(1, Math.ceilDiv(k, KC));
        return Math.ceilDiv(k, blocks);
    }

    /** Panels that all rows pass over before the next ones: rows are packed anew for each group. */
    static int group(int kStep) {
        return Math.max(2, GROUP_BYTES / (Math.max(1, kStep) * NR * Float.BYTES) & ~1);
    }

    /** Values of scratch that {@link #block} needs for so many rows, columns and steps of k or fewer. */
    static int scratchLength(int rows, int columns, int kc) {
        return suits(rows, columns, kc) ? roomForRows(rows, kc) : 0;
    }

    /** The same, whether this suits them or not. */
    static int roomForRows(int rows, int kc) {
        return PackedRest.SCRATCH + Math.min(BLOCK, rows) * Math.min(KC, kc) + PackedRows.OVERRUN;
    }

    private static boolean suits(int rows, int columns, int kc) {
        return Processor.SHARED_PORTS
                && Simd.LANES == 16
                && rows >= LEAST_ROWS
                && columns >= LEAST_COLUMNS
                && kc >= LEAST_K;
    }

    /**
     * See {@link Gemm#runBlock}: as many rows from {@code rowFrom} on as {@link #rows} says, and {@code columns} columns of C from {@code columnFrom} on, which begin
     * at {@code packedOff}.
     *
     * @param scratch {@link #scratchLength} values from {@code scratchOff}
     */
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
        int step = kStep(kc);
        for (int k = 0; k < kc; k += step) {
            int length = Math.min(step, kc - k);
            step(
                    a,
                    aOff + k,
                    lda,
                    packed,
                    packedOff + k * NR,
                    panelStride,
                    length,
                    first && k == 0,
                    last && k + length == kc,
                    c,
                    cOff,
                    ldc,
                    residual,
                    resOff,
                    rowFrom,
                    rowTo,
                    columnFrom,
                    columns,
                    e,
                    scratch,
                    scratchOff);
        }
    }

    /** One block of K. */
    private static void step(
            float[] a,
            int aOff,
            int lda,
            float[] packed,
            int packedOff,
            int panelStride,
            int kc,
            boolean first,
            boolean last,
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
        SumStart start = SumStart.of(e, first, residual != null);
        SumEnd end = e.end(last);
        float[] values = start.values(e, residual, c);
        int startRow = start.row(e, ldc);
        int startColumn = start.column(e);
        float[] added = start.added(e);
        int addedColumn = start.addedColumn(e);
        int rows = scratchOff + PackedRest.SCRATCH;
        for (int row = rowFrom; row < rowTo; row += BLOCK) {
            int rowEnd = Math.min(rowTo, row + BLOCK);
            for (int r = row; r < rowEnd; r += ROWS) {
                PackedRows.pack(a, aOff + r * lda, lda, kc, scratch, rows + (r - row) * kc);
            }
            for (int x = 0; x < columns; x += PASS) {
                int width = Math.min(PASS, columns - x);
                int column = columnFrom + x;
                int co = cOff + row * ldc + column;
                int ro = resOff + row * ldc + column;
                int bias = row * e.startRow + column * e.startColumn;
                start.prepare(e, bias, rowEnd - row, width, residual, ro, c, co, ldc);
                int so = start.at(bias, ro, co);
                for (int y = 0; y < width; y += NR) {
                    int panel = packedOff + (x + y) / NR * panelStride;
                    int addedAt = start.addedAt(bias) + y * addedColumn;
                    for (int r = 0; r < rowEnd - row; r += ROWS) {
                        int ao = rows + r * kc;
                        int at = co + r * ldc + y;
                        int from = so + r * startRow + y * startColumn;
                        if (width - y < NR) {
                            PackedRest.run(
                                    width - y,
                                    kc,
                                    scratch,
                                    scratchOff,
                                    ao,
                                    packed,
                                    panel,
                                    c,
                                    at,
                                    ldc,
                                    values,
                                    from,
                                    startRow,
                                    startColumn,
                                    start == SumStart.BIAS,
                                    added,
                                    addedAt,
                                    addedColumn,
                                    end.lo(),
                                    end.hi());
                            continue;
                        }
                        PackedTiles.run(
                                kc,
                                scratch,
                                ao,
                                packed,
                                panel,
                                c,
                                at,
                                ldc,
                                values,
                                from,
                                startRow,
                                startColumn,
                                added,
                                addedAt,
                                addedColumn,
                                end.lo(),
                                end.hi());
                    }
                }
                end.finish(rowEnd - row, width, width, c, co, ldc);
            }
        }
    }
}
