package org.lanewise.kernels.gemm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.AlignedFloats;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;

/**
 * A constant right-hand matrix B (K, N) in the order the tiles read it: panels of {@link Gemm#NR} columns, each panel K rows of NR
 * consecutive values, the last panel filled up with zeros. Immutable and shared by threads.
 */
public final class PackedB {
    /** Index in {@link #columns} of the first value. */
    static final int FIRST_COLUMN = Alignment.FIRST_FLOAT;

    /** Rows from which on few columns are also kept as rows of their own. */
    private static final int DOTS_K = 512;

    /** Has the panels, and maybe other matrices. */
    final float[] data;

    /** Index in {@link #data} of the first panel. */
    final int start;

    /** The transpose (N, K) of a tall B whose columns do not fill a vector, for products of one row; null for others. */
    final float @Nullable [] columns;

    private final int k;
    private final int n;

    private PackedB(AlignedFloats room, float @Nullable [] columns, int k, int n) {
        this.data = room.array();
        this.start = room.start();
        this.columns = columns;
        this.k = k;
        this.n = n;
    }

    /**
     * Packs B.
     *
     * @param off index of B(0, 0)
     * @param ldb distance between two stored rows: B(k, n) is {@code b[off + k * ldb + n]}, or {@code b[off + n * ldb + k]} if transposed
     * @param alpha factor on every value: how {@code alpha * A * B} is computed
     */
    public static PackedB pack(float[] b, int off, int ldb, boolean transB, int k, int n, float alpha) {
        Gemm.checkMatrix("B", b.length, off, ldb, transB ? n : k, transB ? k : n);
        int panels = Gemm.panels(n);
        AlignedFloats room = AlignedFloats.of(Math.multiplyExact(Math.multiplyExact(panels, Gemm.NR), k));
        Packing.pack(b, off, ldb, transB, 0, k, n, 0, panels, alpha, room.array(), room.start());
        boolean dots = Simd.ENABLED && n <= Simd.LANES && k >= DOTS_K;
        return new PackedB(room, dots ? columns(b, off, ldb, transB, k, n, alpha) : null, k, n);
    }

    private static float[] columns(float[] b, int off, int ldb, boolean transB, int k, int n, float alpha) {
        float[] columns = new float[FIRST_COLUMN + n * k];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < k; i++) {
                columns[FIRST_COLUMN + j * k + i] = alpha * b[off + (transB ? j * ldb + i : i * ldb + j)];
            }
        }
        return columns;
    }

    /** Packs B with {@code alpha = 1}. */
    public static PackedB pack(float[] b, int off, int ldb, boolean transB, int k, int n) {
        return pack(b, off, ldb, transB, k, n, 1);
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

    /** Memory held, in bytes. */
    public long bytes() {
        return 4L * ((long) panels() * Gemm.NR * k + (columns == null ? 0 : columns.length));
    }

    /** The value B(row, column), times alpha. */
    public float get(int row, int column) {
        Objects.checkIndex(row, k);
        Objects.checkIndex(column, n);
        return data[start + (column / Gemm.NR * k + row) * Gemm.NR + column % Gemm.NR];
    }
}
