package org.lanewise.kernels.sparse;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.Epilogue;

/**
 * Matrix multiplication by constant weights that are mostly zeros: {@code C = activation(A * B + bias + residualScale * residual)}, A being (M, K), B
 * (K, N), C (M, N), all with rows one after the other.
 *
 * <p>A tile of {@link SparseTiles#ROWS} rows of A is transposed, a block of K at a time; each output channel then adds up its few weights times rows of that
 * tile, and the sums are transposed into C. A weight that is exactly zero contributes nothing, even where A is infinite or NaN: there the result
 * differs from that of a dense product. Only zeros beside other weights in blocks of channels that share a pattern multiply as in a dense product. Every value of C is one chain of operations whatever the ranges: results do not depend on how rows and channels are
 * split between threads.
 */
public final class SparseGemm {
    private SparseGemm() {}

    /**
     * Computes rows {@code rowFrom..rowTo} of channels {@code channelFrom..channelTo}. Offsets are those of element (0, 0) of whole matrices. Ranges that do not
     * overlap may be computed by different threads, each with its own scratch.
     *
     * @param lda distance between rows of A
     * @param residual null, or a matrix laid out like C (rows {@code ldc} apart) that is added; it may be C itself
     * @param e what happens to the sums; a bias, if any, has one value a column
     * @param scratch {@link #scratchLength} values from {@code scratchOff} that nobody else uses now; {@code scratchOff} best begins a cache line
     */
    public static void run(
            float[] a,
            int aOff,
            int lda,
            SparseB b,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int residualOff,
            int rowFrom,
            int rowTo,
            int channelFrom,
            int channelTo,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        checkMatrix("A", a.length, aOff, lda, rowTo, b.k());
        checkMatrix("C", c.length, cOff, ldc, rowTo, b.n());
        if (residual != null) {
            checkMatrix("residual", residual.length, residualOff, ldc, rowTo, b.n());
        }
        tiles(
                false,
                a,
                aOff,
                lda,
                b,
                c,
                cOff,
                ldc,
                residual,
                residualOff,
                rowFrom,
                rowTo,
                channelFrom,
                channelTo,
                e,
                scratch,
                scratchOff);
    }

    /**
     * The same product with A and C stored by columns: A is (K, M) and C is (N, M), as the pixels of an image whose channels come first. Nothing is transposed. Arguments are as of
     * {@link #run}; rows, columns {@code rowFrom..rowTo} of what is stored, lie one value apart.
     *
     * @param lda distance between the inputs of one row, {@code A(row, k)} being {@code a[aOff + k * lda + row]}
     * @param ldc likewise between the outputs of one row, in C and in the residual
     */
    public static void runColumns(
            float[] a,
            int aOff,
            int lda,
            SparseB b,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int residualOff,
            int rowFrom,
            int rowTo,
            int channelFrom,
            int channelTo,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        checkMatrix("A", a.length, aOff, lda, b.k(), rowTo);
        checkMatrix("C", c.length, cOff, ldc, b.n(), rowTo);
        if (residual != null) {
            checkMatrix("residual", residual.length, residualOff, ldc, b.n(), rowTo);
        }
        tiles(
                true,
                a,
                aOff,
                lda,
                b,
                c,
                cOff,
                ldc,
                residual,
                residualOff,
                rowFrom,
                rowTo,
                channelFrom,
                channelTo,
                e,
                scratch,
                scratchOff);
    }

    private static void tiles(
            boolean columns,
            float[] a,
            int aOff,
            int lda,
            SparseB b,
            float[] c,
            int cOff,
            int ldc,
            float @Nullable [] residual,
            int residualOff,
            int rowFrom,
            int rowTo,
            int channelFrom,
            int channelTo,
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        if (rowFrom < 0 || rowFrom > rowTo || channelFrom < 0 || channelFrom > channelTo || channelTo > b.n()) {
            throw new IllegalArgumentException("rows " + rowFrom + ".." + rowTo + " and channels " + channelFrom + ".."
                    + channelTo + ": expected ordered ranges, at most " + b.n() + " channels");
        }
        int width = b.lists.width();
        if (channelFrom % width != 0 || channelTo % width != 0) {
            throw new IllegalArgumentException("channels " + channelFrom + ".." + channelTo + ": expected multiples of "
                    + width + ", channels that share a pattern");
        }
        e.checkColumns(b.n());
        if (scratchOff < 0 || scratchLength(b) > scratch.length - scratchOff) {
            throw new IllegalArgumentException("scratch of " + scratch.length + " values from " + scratchOff
                    + ", expected " + scratchLength(b) + " after it");
        }
        TiledProduct product =
                new TiledProduct(columns, a, aOff, lda, b, c, cOff, ldc, residual, residualOff, e, scratch, scratchOff);
        product.run(rowFrom, rowTo, channelFrom, channelTo);
    }

    /** Length of the scratch that a product needs, whatever its ranges. */
    public static int scratchLength(SparseB b) {
        return TiledProduct.scratchLength(b);
    }

    /** What a profile calls the kernel, such as {@code sparse-lists-4x16}: form, vectors of rows in a tile, lanes. */
    public static String kernelName(SparseB b) {
        String form = switch (b.form()) {
            case LISTS -> "lists";
            case BLOCKS_2 -> "blocks2";
            case BLOCKS_4 -> "blocks4";
            case N_OF_M -> "n-of-m";
            case LANE_LISTS, ROW_BLOCKS -> throw new IllegalArgumentException(b.form() + " is for one row");
        };
        return "sparse-" + form + (Simd.ENABLED ? "-4x" + Simd.LANES : "-scalar");
    }

    /** Predicted time of a product of {@code rows} rows on one thread, in nanoseconds on the machine the model was fitted on (Zen 5). */
    public static double nanos(int rows, SparseB b) {
        return SparseGemmCost.rows(rows, b);
    }

    /** The same for {@link #runColumns}. */
    public static double columnNanos(int rows, SparseB b) {
        return SparseGemmCost.columns(rows, b);
    }

    /** Refuses a (rows, columns) matrix that does not lie in its array. */
    static void checkMatrix(String name, int length, int off, int ld, int rows, int columns) {
        boolean shaped = rows >= 0 && columns >= 0 && off >= 0 && (rows <= 1 || ld >= columns);
        if (!shaped || rows > 0 && columns > 0 && off + (rows - 1L) * ld + columns > length) {
            throw new IllegalArgumentException(name + " (" + rows + ", " + columns + ") with row distance " + ld
                    + " at offset " + off + " does not lie in its array of " + length);
        }
    }
}
