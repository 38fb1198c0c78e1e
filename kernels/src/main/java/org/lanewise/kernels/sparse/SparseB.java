package org.lanewise.kernels.sparse;

import java.util.Arrays;

/**
 * A constant right-hand matrix B (K, N) of which only the values that are not zero are kept, for products of many rows by {@link SparseGemm}. Column
 * {@code n} holds the weights of output channel {@code n}. Immutable and shared by threads.
 */
public final class SparseB {
    /** What starting and ending a list costs, in entries. */
    private static final int LIST_COST = 4;

    /** Side of the largest squares that are transposed at once. */
    private static final int SQUARE = 16;

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
        int width = width(form);
        int rowStep = transposed ? 1 : ldb;
        int columnStep = transposed ? ldb : 1;
        checkPattern(b, off, rowStep, columnStep, k, n, form);
        int blockRows = blockRows(k, mostRows(b, off, rowStep, columnStep, k, n));
        int blocks = blockRows == 0 ? 0 : Math.ceilDiv(k, blockRows);
        ChannelLists.Builder lists = new ChannelLists.Builder(n, width, blockRows * SparseTiles.ROWS);
        int[] weights = new int[n];
        for (int row = 0; row < k; row += blockRows) {
            int rows = Math.min(blockRows, k - row);
            for (int column = 0; column < n; column += width) {
                int at = off + row * rowStep + column * columnStep;
                for (int i = 0; i < rows; i++) {
                    lists.add(b, at + i * rowStep, columnStep, i * SparseTiles.ROWS);
                    for (int w = 0; w < width; w++) {
                        weights[column + w] += b[at + i * rowStep + w * columnStep] != 0 ? 1 : 0;
                    }
                }
                lists.endList();
            }
        }
        int nonZeros = Arrays.stream(weights).sum();
        long[] costs = new long[n + 1];
        for (int column = 0; column < n; column++) {
            costs[column + 1] = costs[column] + weights[column] + (long) LIST_COST * blocks;
        }
        return new SparseB(lists.build(), blockRows, k, n, form, nonZeros, costs);
    }

    /** Rows of a block where all but the last are alike: whole squares of a transposition that read whole cache lines, if there is more than one block. */
    private static int blockRows(int k, int most) {
        int blocks = Math.ceilDiv(k, most);
        return blocks <= 1 ? k : Math.ceilDiv(Math.ceilDiv(k, blocks), SQUARE) * SQUARE;
    }

    /**
     * Most rows of B in a block. A tile of activations has as many rows, and should stay in the first-level cache beside the lists: the more weights are zeros, the less of both is
     * read and the more it costs to begin and end lists.
     */
    private static int mostRows(float[] b, int off, int rowStep, int columnStep, int k, int n) {
        long weights = 0;
        for (int row = 0; row < k; row++) {
            for (int column = 0; column < n; column++) {
                weights += b[off + row * rowStep + column * columnStep] != 0 ? 1 : 0;
            }
        }
        double share = weights / Math.max(1.0, (double) k * n);
        return share > 0.35 ? 96 : share > 0.15 ? 128 : share > 0.07 ? 192 : 256;
    }

    private static int width(SparseForm form) {
        return switch (form) {
            case LISTS, N_OF_M -> 1;
            case BLOCKS_2 -> 2;
            case BLOCKS_4 -> 4;
            case LANE_LISTS, ROW_BLOCKS ->
                throw new IllegalArgumentException(form + " is for one row, expected a form for many");
        };
    }

    private static void checkPattern(float[] b, int off, int rowStep, int columnStep, int k, int n, SparseForm form) {
        int width = width(form);
        if (n % width != 0) {
            throw new IllegalArgumentException(form + ": B has " + n + " columns, expected a multiple of " + width);
        }
        if (form == SparseForm.N_OF_M
                && !isNOfM(b, off, rowStep, columnStep, k, n, 4)
                && !isNOfM(b, off, rowStep, columnStep, k, n, 8)) {
            throw new IllegalArgumentException("N_OF_M: B (" + k + ", " + n
                    + ") has columns with more weights, expected at most 2 of 4 or 4 of 8 consecutive rows");
        }
    }

    /** Whether of any m rows from a multiple of m on at most m / 2 have a weight in a column. */
    private static boolean isNOfM(float[] b, int off, int rowStep, int columnStep, int k, int n, int m) {
        for (int column = 0; column < n; column++) {
            for (int row = 0; row < k; row += m) {
                int weights = 0;
                for (int i = row; i < Math.min(k, row + m); i++) {
                    weights += b[off + i * rowStep + column * columnStep] != 0 ? 1 : 0;
                }
                if (weights > m / 2) {
                    return false;
                }
            }
        }
        return true;
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

    /** The first channel of a piece out of {@code pieces}, with about as much work as every other, a multiple of the channels whose lists run together; N for {@code piece == pieces}. */
    public int cut(int pieces, int piece) {
        if (pieces <= 0 || piece < 0 || piece > pieces) {
            throw new IllegalArgumentException("piece " + piece + " of " + pieces);
        }
        long want = Math.multiplyExact(costs[n], piece) / pieces;
        int step = lists.group();
        int channel = 0;
        while (channel < n && costs[Math.min(n, channel + step / 2)] < want) {
            channel = Math.min(n, channel + step);
        }
        return piece == pieces ? n : channel;
    }
}
