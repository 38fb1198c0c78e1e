package org.lanewise.kernels.gemm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;

/**
 * fp32 times integers of 4 or 8 bits with scales by blocks, {@code C = A * B + bias}, as com.microsoft {@code MatMulNBits}. A few rows turn B into {@code float} in
 * registers, since reading B is what takes the time; many rows expand a panel of B, a part of K at a time, in the first-level cache, and go on as {@link Gemm}.
 */
public final class GemmBlockwise {
    /** Rows that are multiplied one by one. */
    private static final int FEW_ROWS = 3;

    /** Rows of B that are expanded at a time. */
    private static final int DEPTH = 256;

    private static final int NR = Gemm.NR;

    private GemmBlockwise() {}

    /** Elements of scratch that {@link #run} needs. */
    public static int scratchSize(int rows, PackedBlockwiseB b) {
        return rows <= FEW_ROWS ? b.k() + 1 + b.blocks + NR : Gemm.TILE_SCRATCH + Math.max(DEPTH, b.blockSize) * NR;
    }

    /** What a profile calls the kernel. */
    public static String kernelName(int rows, PackedBlockwiseB b) {
        return "gemm-int" + b.bits + "-blocks" + b.blockSize + (rows <= FEW_ROWS ? "-rows" : "-expanded");
    }

    /**
     * Computes rows {@code rowFrom..rowTo} and panels {@code panelFrom..panelTo} of C.
     *
     * @param bias one per column, or null
     * @param scratch {@link #scratchSize} values from {@code scratchOff}, for {@code rowTo - rowFrom} rows
     */
    public static void run(
            float[] a,
            int aOff,
            int lda,
            PackedBlockwiseB b,
            float @Nullable [] bias,
            float[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo,
            int panelFrom,
            int panelTo,
            float[] scratch,
            int scratchOff) {
        Gemm.checkMatrix("A", a.length, aOff, lda, rowTo, b.k());
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        if (rowTo - rowFrom <= FEW_ROWS) {
            for (int row = rowFrom; row < rowTo; row++) {
                row(a, aOff + row * lda, b, c, cOff + row * ldc, panelFrom, panelTo, scratch, scratchOff);
            }
        } else {
            for (int p = panelFrom; p < panelTo; p++) {
                panel(a, aOff, lda, b, c, cOff, ldc, rowFrom, rowTo, p, scratch, scratchOff);
            }
        }
        int columnTo = Math.min(b.n(), panelTo * NR);
        for (int row = rowFrom; bias != null && row < rowTo; row++) {
            for (int j = panelFrom * NR; j < columnTo; j++) {
                c[cOff + row * ldc + j] += bias[j];
            }
        }
    }

    private static void panel(
            float[] a,
            int aOff,
            int lda,
            PackedBlockwiseB b,
            float[] c,
            int cOff,
            int ldc,
            int rowFrom,
            int rowTo,
            int p,
            float[] scratch,
            int scratchOff) {
        int expanded = scratchOff + Gemm.TILE_SCRATCH;
        int step = Math.max(DEPTH, b.blockSize);
        int k0 = 0;
        do {
            int kc = Math.min(step, b.k() - k0);
            b.expand(p, k0, kc, scratch, expanded);
            GemmBlocks.block(
                    a,
                    aOff + k0,
                    lda,
                    scratch,
                    expanded,
                    kc * NR,
                    kc,
                    k0 == 0,
                    k0 + kc == b.k(),
                    Math.min(NR, b.n() - p * NR),
                    c,
                    cOff + p * NR,
                    ldc,
                    null,
                    0,
                    rowFrom,
                    rowTo,
                    0,
                    1,
                    Epilogue.NONE,
                    scratch,
                    scratchOff);
            k0 += kc;
        } while (k0 < b.k());
    }

    /** One row: A's values and their sums by blocks first, then block after block, panel after panel. */
    private static void row(
            float[] a,
            int aOff,
            PackedBlockwiseB b,
            float[] c,
            int cOff,
            int panelFrom,
            int panelTo,
            float[] scratch,
            int scratchOff) {
        int k = b.k();
        int sums = scratchOff + k + 1;
        int out = sums + b.blocks;
        System.arraycopy(a, aOff, scratch, scratchOff, k);
        scratch[scratchOff + k] = 0;
        for (int i = 0; i < b.blocks; i++) {
            float sum = 0;
            for (int x = i * b.blockSize; x < Math.min(k, (i + 1) * b.blockSize); x++) {
                sum += scratch[scratchOff + x];
            }
            scratch[sums + i] = sum;
        }
        for (int p = panelFrom; p < panelTo; p++) {
            Arrays.fill(scratch, out, out + NR, 0f);
            for (int i = 0; i < b.blocks; i++) {
                int first = i * b.blockSize;
                int pairs = Math.ceilDiv(Math.min(b.blockSize, k - first), 2);
                int data = p * b.panelBytes + first / 2 * (b.bits / 4) * NR;
                int parameters = (p * b.blocks + i) * NR;
                if (Simd.BITS < 256) {
                    scalar(b, data, parameters, scratch, scratchOff + first, pairs, scratch[sums + i], out);
                } else if (b.bits == 4) {
                    GemmBlockwiseVector.block4(
                            b, data, parameters, scratch, scratchOff + first, pairs, scratch[sums + i], out);
                } else {
                    GemmBlockwiseVector.block8(
                            b, data, parameters, scratch, scratchOff + first, pairs, scratch[sums + i], out);
                }
            }
            System.arraycopy(scratch, out, c, cOff + p * NR, Math.min(NR, b.n() - p * NR));
        }
    }

    private static void scalar(
            PackedBlockwiseB b, int data, int parameters, float[] x, int xOff, int pairs, float sum, int out) {
        byte[] bytes = b.data;
        boolean four = b.bits == 4;
        for (int j = 0; j < NR; j++) {
            float product = 0;
            for (int i = 0; i < pairs; i++) {
                int low = four ? bytes[data + i * NR + j] & 15 : bytes[data + 2 * i * NR + j] & 0xff;
                int high = four ? bytes[data + i * NR + j] >> 4 & 15 : bytes[data + (2 * i + 1) * NR + j] & 0xff;
                product = Simd.fma(x[xOff + 2 * i], low, product);
                product = Simd.fma(x[xOff + 2 * i + 1], high, product);
            }
            x[out + j] += b.scales[parameters + j] * (product - b.zeros[parameters + j] * sum);
        }
    }
}
