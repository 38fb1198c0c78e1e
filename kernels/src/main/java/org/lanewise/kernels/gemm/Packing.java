package org.lanewise.kernels.gemm;

import java.util.Arrays;

/** Copies matrices into the orders the tiles read. */
final class Packing {
    private static final int NR = Gemm.NR;
    private static final int BLOCK = 16;

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
        for (int p = panelFrom; p < panelTo; p++) {
            int to = outOff + (p - panelFrom) * kc * NR;
            int columns = Math.min(NR, n - p * NR);
            if (transB) {
                packTransposed(b, off + p * NR * ldb + kFrom, ldb, kc, columns, out, to);
            } else {
                packRows(b, off + kFrom * ldb + p * NR, ldb, kc, columns, out, to);
            }
            if (alpha != 1) {
                for (int i = to, end = to + kc * NR; i < end; i++) {
                    out[i] *= alpha;
                }
            }
        }
    }

    private static void packRows(float[] b, int from, int ldb, int kc, int columns, float[] out, int to) {
        for (int k = 0; k < kc; k++) {
            System.arraycopy(b, from + k * ldb, out, to + k * NR, columns);
            if (columns < NR) {
                Arrays.fill(out, to + k * NR + columns, to + (k + 1) * NR, 0);
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
        for (int r0 = 0; r0 < rows; r0 += BLOCK) {
            int r1 = Math.min(rows, r0 + BLOCK);
            for (int c0 = 0; c0 < columns; c0 += BLOCK) {
                int c1 = Math.min(columns, c0 + BLOCK);
                for (int c = c0; c < c1; c++) {
                    int to = outOff + c * ldOut;
                    int from = off + c;
                    for (int r = r0; r < r1; r++) {
                        out[to + r] = in[from + r * ld];
                    }
                }
            }
        }
    }
}
