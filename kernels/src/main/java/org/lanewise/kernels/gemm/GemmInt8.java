package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;

/**
 * Matrix multiplication of 8-bit integers (ONNX MatMulInteger): {@code C(i, j) = sum over k of (A(i, k) - za(i)) * (B(k, j) - zb(j))}, exact, in
 * int32 that wraps around. The products run on the fp32 tiles in blocks of K that are too short for a sum to lose a bit
 * (255 * 255 * 258 &lt; 2^24), so this is as fast as {@link Gemm}.
 */
public final class GemmInt8 {
    /** Largest magnitude of a byte minus its zero point. */
    static final int LARGEST_A = 255;

    /** Longest block of K. */
    static final int MAX_STEP = 512;

    private static final int ROWS = 4 * Gemm.MR;
    private static final int PANELS = 8;
    private static final int LDC = PANELS * Gemm.NR;

    /** Length of the scratch of {@link #run}. */
    public static final int SCRATCH = Gemm.TILE_SCRATCH + ROWS * MAX_STEP + ROWS * LDC;

    private GemmInt8() {}

    /**
     * Computes rows {@code rowFrom..rowTo} and panels {@code panelFrom..panelTo} of C.
     *
     * @param aSigned whether A's bytes are int8; otherwise uint8
     * @param aZeroPoints one for all, or one per row of A; null for 0
     * @param scratch {@link #SCRATCH} values from {@code scratchOff}
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
            float[] scratch,
            int scratchOff) {
        int k = b.k();
        int n = b.n();
        Gemm.checkMatrix("A", a.length, aOff, lda, rowTo, k);
        Gemm.checkMatrix("C", c.length, cOff, ldc, rowTo, n);
        checkZeroPoints("A", aSigned, aZeroPoints, rowTo);
        if (scratchOff < 0 || SCRATCH > scratch.length - scratchOff) {
            throw new IllegalArgumentException("scratch of " + scratch.length + " values from " + scratchOff
                    + ", expected " + SCRATCH + " after it");
        }
        int blockA = scratchOff + Gemm.TILE_SCRATCH;
        int blockC = blockA + ROWS * MAX_STEP;
        for (int row = rowFrom; row < rowTo; row += ROWS) {
            int rows = Math.min(ROWS, rowTo - row);
            int k0 = 0;
            do {
                int kc = Math.min(b.kStep, k - k0);
                widenRows(a, aOff + k0, lda, aSigned, aZeroPoints, row, rows, kc, scratch, blockA);
                for (int p0 = panelFrom; p0 < panelTo; p0 += PANELS) {
                    int p1 = Math.min(panelTo, p0 + PANELS);
                    int columns = Math.min(n, p1 * Gemm.NR) - p0 * Gemm.NR;
                    GemmBlocks.block(
                            scratch,
                            blockA,
                            kc,
                            b.data,
                            (p0 * k + k0) * Gemm.NR,
                            k * Gemm.NR,
                            kc,
                            true,
                            true,
                            columns,
                            scratch,
                            blockC,
                            LDC,
                            null,
                            0,
                            0,
                            rows,
                            0,
                            p1 - p0,
                            Epilogue.NONE,
                            scratch,
                            scratchOff);
                    for (int r = 0; r < rows; r++) {
                        int to = cOff + (row + r) * ldc + p0 * Gemm.NR;
                        store(scratch, blockC + r * LDC, c, to, columns, k0 == 0);
                    }
                }
                k0 += kc;
            } while (k0 < k);
        }
    }

    private static void widenRows(
            byte[] a,
            int aOff,
            int lda,
            boolean signed,
            int @Nullable [] zeroPoints,
            int row,
            int rows,
            int kc,
            float[] out,
            int outOff) {
        int mask = signed ? -1 : 0xFF;
        for (int r = 0; r < rows; r++) {
            int zero = zeroPoint(zeroPoints, row + r);
            int from = aOff + (row + r) * lda;
            int to = outOff + r * kc;
            for (int x = 0; x < kc; x++) {
                out[to + x] = (a[from + x] & mask) - zero;
            }
        }
    }

    private static void store(float[] sums, int from, int[] c, int to, int columns, boolean first) {
        if (first) {
            for (int j = 0; j < columns; j++) {
                c[to + j] = (int) sums[from + j];
            }
        } else {
            for (int j = 0; j < columns; j++) {
                c[to + j] += (int) sums[from + j];
            }
        }
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
