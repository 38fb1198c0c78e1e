package org.lanewise.runtime.ops.nn;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.sparse.DenseCost;
import org.lanewise.kernels.sparse.LaneLists;
import org.lanewise.kernels.sparse.RowBlocks;
import org.lanewise.kernels.sparse.SparseB;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.kernels.sparse.SparseGemm;
import org.lanewise.kernels.sparse.SparseGemv;
import org.lanewise.kernels.sparse.Sparsity;

/**
 * A constant matrix B (K, N) with zeros, in the forms that products with it can use, each packed when it is first wanted. Says which is predicted to be
 * fastest for a number of rows. Shared by threads.
 */
public final class SparseMatrix {
    /** A sparse form must be expected to be this much faster than dense: predictions are right to about a tenth. */
    public static final double LEAST_GAIN = 1.1;

    /** Rows that may be computed one after the other by a kernel for one row. */
    private static final int SINGLE_ROWS = 16;

    /** How a product is computed. */
    public enum Kernel {
        /** By {@link org.lanewise.kernels.gemm.Gemm}. */
        DENSE,
        /** By {@link SparseGemm}. */
        ROWS,
        /** Row by row by {@link SparseGemv} on {@link LaneLists}. */
        LANES,
        /** Row by row by {@link SparseGemv} on {@link RowBlocks}. */
        BLOCKS
    }

    /**
     * What is expected of a product.
     *
     * @param kernel the fastest
     * @param sparse the fastest sparse form, whether or not it is the fastest
     * @param gain how many times as fast as dense that is
     */
    public record Choice(Kernel kernel, SparseForm sparse, double gain) {}

    private final int k;
    private final int n;
    private final SparseForm form;
    private float @Nullable [] values;
    private final int ldb;
    private final boolean transposed;
    private volatile @Nullable PackedB dense;
    private volatile @Nullable SparseB rows;
    private volatile @Nullable LaneLists lanes;
    private volatile @Nullable RowBlocks blocks;

    /**
     * Over values that must not change.
     *
     * @param values B from index 0 on, its stored rows {@code ldb} apart; it is stored as (N, K) if {@code transposed}
     * @param form the form for many rows
     */
    public SparseMatrix(float[] values, int ldb, boolean transposed, int k, int n, SparseForm form) {
        this.values = values;
        this.ldb = ldb;
        this.transposed = transposed;
        this.k = k;
        this.n = n;
        this.form = form;
    }

    /** Share of zeros, 0 to 1. */
    public static double zeroShare(float[] values) {
        return (double) Sparsity.zeros(values, 0, values.length) / Math.max(1, values.length);
    }

    /** Rows of B. */
    public int k() {
        return k;
    }

    /** Columns of B. */
    public int n() {
        return n;
    }

    /** What is fastest for so many rows: dense unless a sparse form is expected to be faster by {@link #LEAST_GAIN}. */
    public Choice choice(int m) {
        double time = SparseGemm.nanos(m, rows());
        Kernel kernel = Kernel.ROWS;
        if (m >= 1 && m <= SINGLE_ROWS) {
            double inLanes = m * SparseGemv.nanos(lanes());
            double inBlocks = m * SparseGemv.nanos(blocks());
            if (Math.min(inLanes, inBlocks) < time) {
                time = Math.min(inLanes, inBlocks);
                kernel = inLanes <= inBlocks ? Kernel.LANES : Kernel.BLOCKS;
            }
        }
        double gain = DenseCost.product(m, k, n) / Math.max(1, time);
        SparseForm sparse = switch (kernel) {
            case LANES -> SparseForm.LANE_LISTS;
            case BLOCKS -> SparseForm.ROW_BLOCKS;
            default -> form;
        };
        return new Choice(gain >= LEAST_GAIN ? kernel : Kernel.DENSE, sparse, gain);
    }

    /** Keeps one form, and lets the others and the values go: for products whose number of rows is known. */
    void keepOnly(Kernel kernel) {
        synchronized (this) {
            pack(kernel);
            dense = kernel == Kernel.DENSE ? dense : null;
            rows = kernel == Kernel.ROWS ? rows : null;
            lanes = kernel == Kernel.LANES ? lanes : null;
            blocks = kernel == Kernel.BLOCKS ? blocks : null;
            values = null;
        }
    }

    private void pack(Kernel kernel) {
        switch (kernel) {
            case DENSE -> dense();
            case ROWS -> rows();
            case LANES -> lanes();
            case BLOCKS -> blocks();
        }
    }

    /** For {@link Kernel#DENSE}. */
    PackedB dense() {
        PackedB packed = dense;
        if (packed == null) {
            synchronized (this) {
                packed = dense;
                if (packed == null) {
                    packed = PackedB.pack(source(), 0, ldb, transposed, k, n);
                    dense = packed;
                }
            }
        }
        return packed;
    }

    /** For {@link Kernel#ROWS}. */
    SparseB rows() {
        SparseB packed = rows;
        if (packed == null) {
            synchronized (this) {
                packed = rows;
                if (packed == null) {
                    packed = SparseB.pack(source(), 0, ldb, transposed, k, n, form);
                    rows = packed;
                }
            }
        }
        return packed;
    }

    /** For {@link Kernel#LANES}. */
    LaneLists lanes() {
        LaneLists packed = lanes;
        if (packed == null) {
            synchronized (this) {
                packed = lanes;
                if (packed == null) {
                    packed = LaneLists.of(source(), 0, ldb, transposed, k, n);
                    lanes = packed;
                }
            }
        }
        return packed;
    }

    /** For {@link Kernel#BLOCKS}. */
    RowBlocks blocks() {
        RowBlocks packed = blocks;
        if (packed == null) {
            synchronized (this) {
                packed = blocks;
                if (packed == null) {
                    packed = RowBlocks.of(source(), 0, ldb, transposed, k, n);
                    blocks = packed;
                }
            }
        }
        return packed;
    }

    private float[] source() {
        return Objects.requireNonNull(values, "the values were let go");
    }
}
