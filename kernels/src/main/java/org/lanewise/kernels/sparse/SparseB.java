package org.lanewise.kernels.sparse;

/**
 * A constant right-hand matrix B (K, N) of which only the values that are not zero are kept, for products of many rows by {@link SparseGemm}. Column
 * {@code n} holds the weights of output channel {@code n}. Immutable and shared by threads.
 */
public final class SparseB {
    /** Most rows of B in a block: as many rows of a tile of activations, which should stay in the first-level cache. */
    private static final int MOST_ROWS = Integer.getInteger("KB", 128);

    /** What starting and ending a list costs, in entries. */
    private static final int LIST_COST = 4;

    final ChannelLists lists;
    final int blockRows;

    private final int k;
    private final int n;
    private final SparseForm form;
    private final int nonZeros;

    /** Cost of all channels before channel {@code n}. */
    private final long[] costs;

    private SparseB(ChannelLists lists, int blockRows, int k, int n, SparseForm form, int nonZeros, long[] costs) {
        this.lists = lists;
        this.blockRows = blockRows;
        this.k = k;
        this.n = n;
        this.form = form;
        this.nonZeros = nonZeros;
        this.costs = costs;
    }

    /**
     * Packs B. Zeros of either sign are left out.
     *
     * @param off index of B(0, 0)
     * @param ldb distance between two stored rows: B(k, n) is {@code b[off + k * ldb + n]}, or {@code b[off + n * ldb + k]} if transposed
     * @throws IllegalArgumentException if B does not have the pattern that the form stands for, or the form is for one row
     */
    public static SparseB pack(float[] b, int off, int ldb, boolean transposed, int k, int n, SparseForm form) {
        SparseGemm.checkMatrix("B", b.length, off, ldb, transposed ? n : k, transposed ? k : n);
        if (form != SparseForm.LISTS) {
            throw new IllegalArgumentException(form + ": expected LISTS");
        }
        int blocks = (k + MOST_ROWS - 1) / MOST_ROWS;
        int blockRows = blocks == 0 ? 0 : (k + blocks - 1) / blocks;
        int rowStep = transposed ? 1 : ldb;
        int columnStep = transposed ? ldb : 1;
        ChannelLists.Builder lists = new ChannelLists.Builder(n);
        int[] entries = new int[n];
        int nonZeros = 0;
        for (int row = 0; row < k; row += blockRows) {
            int rows = Math.min(blockRows, k - row);
            for (int column = 0; column < n; column++) {
                int at = off + row * rowStep + column * columnStep;
                for (int i = 0; i < rows; i++) {
                    float value = b[at + i * rowStep];
                    if (value != 0) {
                        lists.add(value, i * SparseTiles.ROWS);
                        entries[column]++;
                        nonZeros++;
                    }
                }
                lists.endList();
            }
        }
        long[] costs = new long[n + 1];
        for (int column = 0; column < n; column++) {
            costs[column + 1] = costs[column] + entries[column] + (long) LIST_COST * blocks;
        }
        return new SparseB(lists.build(), blockRows, k, n, form, nonZeros, costs);
    }

    /** Number of rows of B. */
    public int k() {
        return k;
    }

    /** Number of columns of B: output channels. */
    public int n() {
        return n;
    }

    /** How it is stored. */
    public SparseForm form() {
        return form;
    }

    /** Weights that are not zero. */
    public int nonZeros() {
        return nonZeros;
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return lists.bytes() + 8L * costs.length;
    }

    /** The first channel of a piece out of {@code pieces}, with about as much work as every other; N for {@code piece == pieces}. */
    public int cut(int pieces, int piece) {
        if (pieces <= 0 || piece < 0 || piece > pieces) {
            throw new IllegalArgumentException("piece " + piece + " of " + pieces);
        }
        long want = Math.multiplyExact(costs[n], piece) / pieces;
        int channel = 0;
        while (channel < n && costs[channel] < want) {
            channel++;
        }
        return piece == pieces ? n : channel;
    }
}
