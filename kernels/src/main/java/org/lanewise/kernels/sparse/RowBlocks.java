package org.lanewise.kernels.sparse;

import java.util.Arrays;
import java.util.Objects;
import org.lanewise.kernels.Alignment;

/**
 * A constant sparse matrix B (K, N) in which {@value #WIDTH} consecutive columns have their non-zeros in about the same rows, packed for
 * {@link SparseGemv}: for each block of {@value #WIDTH} columns a list of rows, each with the {@value #WIDTH} values that stand there, zeros included. A row of a
 * block that is zero throughout is not stored.
 *
 * <p>Immutable; it does not depend on the width of vectors.
 */
public final class RowBlocks {
    /** Columns of a block. */
    public static final int WIDTH = 16;

    /** Lists have a multiple of this many entries. */
    static final int STEP = 4;

    /** Index of the first stored value, at the beginning of a cache line. */
    static final int START = Alignment.FIRST_FLOAT;

    private final int k;
    private final int n;
    private final int nonZeros;

    /** First entry of each block, and the end of the last. */
    final int[] starts;

    /** The row of each entry. */
    final int[] rows;

    /** {@link #WIDTH} values for each entry, from {@link #START} on. */
    final float[] values;

    private RowBlocks(int k, int n, int nonZeros, int[] starts) {
        this.k = k;
        this.n = n;
        this.nonZeros = nonZeros;
        this.starts = starts;
        int entries = starts[starts.length - 1];
        rows = new int[entries];
        values = new float[Math.addExact(START, Math.multiplyExact(entries, WIDTH))];
    }

    /** Packs a (K, N) matrix, its stored rows {@code ldb} values apart; it is stored as (N, K) if {@code transB}. */
    public static RowBlocks of(float[] b, int off, int ldb, boolean transB, int k, int n) {
        SparseGemvColumns columns = SparseGemvColumns.of(b, off, ldb, transB, k, n);
        int blocks = (n + WIDTH - 1) / WIDTH;
        int[] starts = new int[blocks + 1];
        int[] slot = new int[k];
        for (int block = 0; block < blocks; block++) {
            int entries = mark(columns, block, slot);
            starts[block + 1] = Math.addExact(starts[block], SparseGemvCost.roundUp(entries, STEP));
        }
        RowBlocks packed = new RowBlocks(k, n, columns.values.length, starts);
        for (int block = 0; block < blocks; block++) {
            int entries = mark(columns, block, slot);
            for (int row = 0; row < k; row++) {
                if (slot[row] >= 0) {
                    packed.rows[starts[block] + slot[row]] = row;
                }
            }
            for (int i = starts[block] + entries; i < starts[block + 1]; i++) {
                packed.rows[i] = packed.rows[i - 1];
            }
            for (int column = block * WIDTH; column < Math.min(n, (block + 1) * WIDTH); column++) {
                for (int i = columns.start[column]; i < columns.start[column + 1]; i++) {
                    int entry = starts[block] + slot[columns.rows[i]];
                    packed.values[START + entry * WIDTH + column % WIDTH] = columns.values[i];
                }
            }
        }
        return packed;
    }

    /** Numbers the rows in which a block has a value; others get -1. */
    private static int mark(SparseGemvColumns columns, int block, int[] slot) {
        Arrays.fill(slot, -1);
        int from = columns.start[block * WIDTH];
        int to = columns.start[Math.min(columns.n, (block + 1) * WIDTH)];
        for (int i = from; i < to; i++) {
            slot[columns.rows[i]] = 0;
        }
        int entries = 0;
        for (int row = 0; row < columns.k; row++) {
            if (slot[row] == 0) {
                slot[row] = entries++;
            }
        }
        return entries;
    }

    /** Number of rows of B. */
    public int k() {
        return k;
    }

    /** Number of columns of B. */
    public int n() {
        return n;
    }

    /** Stored values other than zero. */
    public int nonZeros() {
        return nonZeros;
    }

    /** Number of blocks of columns, the unit in which a product is split between threads. */
    public int blocks() {
        return starts.length - 1;
    }

    /** Values that a product multiplies, zeros within the pattern included. */
    public long slots() {
        return (long) rows.length * WIDTH;
    }

    /** Memory held, in bytes. */
    public long bytes() {
        return 4L * (values.length + rows.length + starts.length);
    }

    /** Blocks at which to cut the work into pieces of about as many slots: piece i is {@code cuts[i]..cuts[i + 1]}; pieces may be empty. */
    public int[] cuts(int pieces) {
        return SparseGemvCost.cuts(starts, pieces);
    }

    /** The value B(row, column). */
    public float get(int row, int column) {
        Objects.checkIndex(row, k);
        Objects.checkIndex(column, n);
        for (int i = starts[column / WIDTH]; i < starts[column / WIDTH + 1]; i++) {
            if (rows[i] == row) {
                return values[START + i * WIDTH + column % WIDTH];
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return "RowBlocks (" + k + ", " + n + "), " + nonZeros + " non-zeros in " + slots() + " slots";
    }
}
