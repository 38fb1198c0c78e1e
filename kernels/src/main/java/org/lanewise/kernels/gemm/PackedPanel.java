package org.lanewise.kernels.gemm;

/** One panel of B by a block of packed rows: tiles of 13 rows ({@link PackedTiles13}), then of 12 ({@link PackedTiles}). */
final class PackedPanel {
    private static final int NR = Gemm.NR;
    private static final int ROWS = PackedTiles.ROWS;

    private PackedPanel() {}

    /**
     * The arguments are those of {@link PackedTiles#run} and {@link PackedRest#run}.
     *
     * @param count number of tiles
     * @param tall how many of them have 13 rows, the first ones
     * @param columns at most {@link Gemm#NR}
     * @param scratch {@link PackedRest#SCRATCH} values from {@code tile}, and from {@code ao} the packed rows
     */
    static void run(
            int count,
            int tall,
            int columns,
            int kc,
            float[] scratch,
            int tile,
            int ao,
            float[] b,
            int bo,
            float[] c,
            int co,
            int ldc,
            float[] start,
            int so,
            int startRow,
            int startColumn,
            boolean wholeStart,
            float[] bias,
            int biasAt,
            int biasColumn,
            float lo,
            float hi) {
        int row = 0;
        for (int t = 0; t < count; t++) {
            int rows = t < tall ? ROWS + 1 : ROWS;
            int from = ao + row * kc;
            int at = co + row * ldc;
            int startAt = so + row * startRow;
            if (columns < NR) {
                PackedRest.run(
                        rows,
                        columns,
                        kc,
                        scratch,
                        tile,
                        from,
                        b,
                        bo,
                        c,
                        at,
                        ldc,
                        start,
                        startAt,
                        startRow,
                        startColumn,
                        wholeStart,
                        bias,
                        biasAt,
                        biasColumn,
                        lo,
                        hi);
            } else if (rows == ROWS) {
                PackedTiles.run(
                        kc,
                        scratch,
                        from,
                        b,
                        bo,
                        c,
                        at,
                        ldc,
                        start,
                        startAt,
                        startRow,
                        startColumn,
                        bias,
                        biasAt,
                        biasColumn,
                        lo,
                        hi);
            } else {
                PackedTiles13.run(
                        kc,
                        scratch,
                        from,
                        b,
                        bo,
                        c,
                        at,
                        ldc,
                        start,
                        startAt,
                        startRow,
                        startColumn,
                        bias,
                        biasAt,
                        biasColumn,
                        lo,
                        hi);
            }
            row += rows;
        }
    }
}
