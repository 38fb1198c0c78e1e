package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/** Rows of bytes widened into panels of {@link Gemm#NR} columns of {@code float}, as {@link Gemm#runBlock} reads its right-hand side. */
public final class BytePanels {
    private static final int NR = Gemm.NR;
    private static final int TOGETHER = 4;

    private BytePanels() {}

    /**
     * Widens X (k, columns), less its zero point, into {@code k * NR} values a panel; columns that fill up the last panel are 0.
     *
     * @param ld distance of two rows of X
     * @param unsigned whether X holds uint8; int8 otherwise
     */
    public static void pack(
            byte[] x, int off, int ld, int k, int columns, int zero, boolean unsigned, float[] out, int to) {
        Gemm.checkMatrix("X", x.length, off, ld, k, columns);
        Gemm.checkMatrix("panels", out.length, to, k * NR, Gemm.panels(columns), k * NR);
        int whole = Simd.BITS >= 256 ? columns / NR : 0;
        int done = 0;
        for (; done + TOGETHER <= whole; done += TOGETHER) {
            BytePanelsVector.fourPanels(x, off + done * NR, ld, k, zero, unsigned, out, to + done * k * NR);
        }
        for (; done < whole; done++) {
            BytePanelsVector.panel(x, off + done * NR, ld, k, zero, unsigned, out, to + done * k * NR);
        }
        for (; done < Gemm.panels(columns); done++) {
            int at = to + done * k * NR;
            scalar(x, off + done * NR, ld, k, Math.min(NR, columns - done * NR), zero, unsigned, out, at);
        }
    }

    private static void scalar(
            byte[] x, int off, int ld, int k, int columns, int zero, boolean unsigned, float[] out, int to) {
        int mask = unsigned ? 0xff : -1;
        for (int i = 0; i < k; i++) {
            int at = to + i * NR;
            for (int j = 0; j < columns; j++) {
                out[at + j] = (x[off + i * ld + j] & mask) - zero;
            }
            Arrays.fill(out, at + columns, at + NR, 0);
        }
    }
}
