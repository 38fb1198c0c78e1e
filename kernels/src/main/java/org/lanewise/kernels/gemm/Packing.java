package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/** Copies matrices into the orders the tiles read. */
final class Packing {
    private static final int NR = Gemm.NR;
    private static final int STRIP = 8;
    private static final int BLOCK = 128;

    private Packing() {}

    /**
     * Copies rows {@code kFrom..kFrom+kc} of the panels {@code panelFrom..panelTo} of B (n columns) to {@code out}, one panel of kc * NR
     * values after the other.
     */
    static void pack(
            float[] b,
            int off,
            int ldb,
            boolean transB,
            int kFrom,
            int kc,
            int n,
            int panelFrom,
            int panelTo,
            float alpha,
            float[] out,
            int outOff) {
        int p = panelFrom;
        int size = kc * NR;
        int to = outOff;
        if (Simd.ENABLED && !transB) {
            for (; (p + 4) * NR <= n && p + 4 <= panelTo; p += 4, to += 4 * size) {
                PackingVector.fourPanels(b, off + kFrom * ldb + p * NR, ldb, kc, out, to);
            }
        }
        for (; p < panelTo; p++, to += size) {
            int columns = Math.min(NR, n - p * NR);
            if (transB) {
                packTransposed(b, off + p * NR * ldb + kFrom, ldb, kc, columns, out, to);
            } else {
                packRows(b, off + kFrom * ldb + p * NR, ldb, kc, columns, out, to);
            }
        }
        if (alpha != 1) {
            for (int i = outOff; i < to; i++) {
                out[i] *= alpha;
            }
        }
    }

    private static void packRows(float[] b, int from, int ldb, int kc, int columns, float[] out, int to) {
        if (Simd.ENABLED && columns == NR) {
            PackingVector.panel(b, from, ldb, kc, out, to);
            return;
        }
        Arrays.fill(out, to, to + kc * NR, 0);
        for (int k = 0; k < kc; k++) {
            // A call for so few values would take longer
            for (int j = 0; j < columns; j++) {
                out[to + k * NR + j] = b[from + k * ldb + j];
            }
        }
    }

    private static void packTransposed(float[] b, int from, int ldb, int kc, int columns, float[] out, int to) {
        if (columns < NR) {
            Arrays.fill(out, to, to + kc * NR, 0);
        }
        transpose(b, from, ldb, columns, kc, out, to, NR);
    }

    /** Writes the transpose of a (rows, columns) matrix: {@code out[outOff + c * ldOut + r] = in[off + r * ld + c]}. */
    static void transpose(float[] in, int off, int ld, int rows, int columns, float[] out, int outOff, int ldOut) {
        int r = 0;
        for (; r + STRIP <= rows; r += STRIP) {
            for (int c0 = 0; c0 < columns; c0 += BLOCK) {
                int count = Math.min(BLOCK, columns - c0);
                strip(in, off + r * ld + c0, ld, count, out, outOff + c0 * ldOut + r, ldOut);
            }
        }
        for (; r < rows; r++) {
            int from = off + r * ld;
            for (int c = 0, to = outOff + r; c < columns; c++, to += ldOut) {
                out[to] = in[from + c];
            }
        }
    }

    /** Eight rows to eight columns: each row is read in order, each piece of a line written whole. */
    private static void strip(float[] in, int r0, int ld, int columns, float[] out, int to, int ldOut) {
        int r1 = r0 + ld;
        int r2 = r1 + ld;
        int r3 = r2 + ld;
        int r4 = r3 + ld;
        int r5 = r4 + ld;
        int r6 = r5 + ld;
        int r7 = r6 + ld;
        for (int c = 0, at = to; c < columns; c++, at += ldOut) {
            out[at] = in[r0 + c];
            out[at + 1] = in[r1 + c];
            out[at + 2] = in[r2 + c];
            out[at + 3] = in[r3 + c];
            out[at + 4] = in[r4 + c];
            out[at + 5] = in[r5 + c];
            out[at + 6] = in[r6 + c];
            out[at + 7] = in[r7 + c];
        }
    }
}
