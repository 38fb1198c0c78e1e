package org.lanewise.kernels.gemm;

import org.jspecify.annotations.Nullable;

/**
 * A right-hand matrix of bytes (K, N), zero points subtracted, for {@link GemmInt8}: panels as in {@link PackedB}, of floats, because the
 * fp32 tiles compute integer products exactly as long as no sum passes 2^24. Immutable.
 */
public final class PackedInt8B {
    private static final int EXACT = 1 << 24;

    final float[] data;

    /** Products that may be summed in fp32 whatever the left-hand bytes are. */
    final int kStep;

    private final int k;
    private final int n;

    private PackedInt8B(float[] data, int kStep, int k, int n) {
        this.data = data;
        this.kStep = kStep;
        this.k = k;
        this.n = n;
    }

    /**
     * Packs B.
     *
     * @param ldb distance between two stored rows of B: B(k, n) is {@code b[off + k * ldb + n]}, or {@code b[off + n * ldb + k]} if transposed
     * @param signed whether the bytes are int8; otherwise uint8
     * @param zeroPoints one for all, or one per column; null for 0
     */
    public static PackedInt8B pack(
            byte[] b, int off, int ldb, boolean transB, boolean signed, int k, int n, int @Nullable [] zeroPoints) {
        Gemm.checkMatrix("B", b.length, off, ldb, transB ? n : k, transB ? k : n);
        GemmInt8.checkZeroPoints("B", signed, zeroPoints, n);
        float[] data = new float[Math.multiplyExact(Math.multiplyExact(Gemm.panels(n), Gemm.NR), k)];
        int largest = 1;
        for (int j = 0; j < n; j++) {
            int zero = GemmInt8.zeroPoint(zeroPoints, j);
            int from = off + (transB ? j * ldb : j);
            int step = transB ? 1 : ldb;
            int to = j / Gemm.NR * Gemm.NR * k + j % Gemm.NR;
            for (int x = 0; x < k; x++) {
                int value = GemmInt8.widen(b[from + x * step], signed) - zero;
                largest = Math.max(largest, Math.abs(value));
                data[to + x * Gemm.NR] = value;
            }
        }
        int products = EXACT / (GemmInt8.LARGEST_A * largest);
        return new PackedInt8B(data, Math.min(products, GemmInt8.MAX_STEP), k, n);
    }

    /** Number of rows of B. */
    public int k() {
        return k;
    }

    /** Number of columns of B. */
    public int n() {
        return n;
    }

    /** Number of panels, the unit in which columns are split between threads. */
    public int panels() {
        return Gemm.panels(n);
    }
}
