package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Simd;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.kernels.quant.WholeEnd;

/**
 * Products of whole numbers in {@code float} with constant whole weights whose sums become whole numbers again, by {@link Requantization#whole}: in tiles that end with it on registers, so that it costs no pass over the
 * result. Exact where no sum reaches 2^24. Immutable.
 */
public final class GemmWhole {
    private static final int NR = Gemm.NR;

    private final PackedB b;
    private final Epilogue start;
    private final Requantization end;
    private final WholeEnd registers;

    /**
     * Of weights and what their sums start from.
     *
     * @param start a bias per column, or none; no activation
     * @param end without a table
     */
    public GemmWhole(PackedB b, Epilogue start, Requantization end) {
        if (end.channels() != b.n()) {
            throw new IllegalArgumentException("B has " + b.n() + " columns, its end " + end.channels());
        }
        start.checkColumns(b.n());
        this.b = b;
        this.start = start;
        this.end = end;
        this.registers = end.wholeEnd();
    }

    /** Length of the scratch that {@link #run} needs for so many rows or fewer. */
    public int scratchLength(int rows) {
        return Gemm.scratchLength(rows, b.n(), b.k());
    }

    /**
     * Computes {@code rows} rows of C, which is as wide as B.
     *
     * @param scratch {@link #scratchLength} values from {@code scratchOff}
     */
    public void run(float[] a, int aOff, int lda, float[] c, int cOff, int rows, float[] scratch, int scratchOff) {
        int n = b.n();
        int k = b.k();
        Gemm.checkMatrix("A", a.length, aOff, lda, rows, k);
        Gemm.checkMatrix("C", c.length, cOff, n, rows, n);
        int done = 0;
        if (inTiles()) {
            int group = Gemm.group(k);
            int tall = rows % 8 != 0 && rows % 7 == 0 ? 7 : 8;
            for (int p = 0; p < b.panels(); p += group) {
                int to = Math.min(b.panels(), p + group);
                done = 0;
                for (; done + tall <= rows; done += tall) {
                    tiles(tall, a, aOff + done * lda, lda, c, cOff + done * n, p, to);
                }
                if (done + 4 <= rows) {
                    tiles(4, a, aOff + done * lda, lda, c, cOff + done * n, p, to);
                    done += 4;
                }
            }
            if (n % NR == Simd.LANES) {
                int last = b.panels() - 1;
                Gemm.run(a, aOff, lda, b, c, cOff, n, null, 0, 0, done, last, last + 1, start, scratch, scratchOff);
                end.wholeColumns(c, cOff + n - Simd.LANES, n, done, n - Simd.LANES);
            }
        }
        if (done < rows) {
            int in = aOff + done * lda;
            int out = cOff + done * n;
            Gemm.run(a, in, lda, b, c, out, n, null, 0, 0, rows - done, 0, b.panels(), start, scratch, scratchOff);
            end.whole(c, out, rows - done);
        }
    }

    /** Whether tiles cover all columns: two vectors of the last ones may overlap, one is computed apart and may not be partly empty. */
    private boolean inTiles() {
        int last = b.n() % NR;
        return Simd.ENABLED && Simd.REGISTERS == 32 && Gemm.kStep(b.k()) == b.k() && (last == 0 || last >= Simd.LANES);
    }

    private void tiles(int rows, float[] a, int ao, int lda, float[] c, int co, int from, int to) {
        int n = b.n();
        int stride = b.k() * NR;
        int whole = Math.min(to, n / NR) - from;
        part(rows, whole, Simd.LANES, a, ao, lda, b.start + from * stride, c, co, from * NR);
        if (from + whole < to && n % NR > Simd.LANES) {
            int panel = from + whole;
            int second = n - panel * NR - Simd.LANES;
            part(rows, 1, second, a, ao, lda, b.start + panel * stride, c, co, panel * NR);
        }
    }

    private void part(
            int rows, int panels, int second, float[] a, int ao, int lda, int bo, float[] c, int co, int column) {
        WholeTiles.run(
                rows,
                panels,
                b.k() * NR,
                b.k(),
                a,
                ao,
                lda,
                b.data,
                bo,
                second,
                c,
                co + column,
                b.n(),
                start.start,
                column * start.startColumn,
                start.startColumn,
                registers.scales(),
                column,
                registers.low(),
                registers.high());
    }
}
