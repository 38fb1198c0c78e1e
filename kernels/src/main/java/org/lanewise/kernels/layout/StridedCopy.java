package org.lanewise.kernels.layout;

import java.util.Arrays;
import org.lanewise.kernels.Simd;

/**
 * Copies an n-dimensional block from one array to another, each walked with strides of its own: {@code target[sum(i_k * targetStride_k)] =
 * source[sum(i_k * sourceStride_k)]} for every index {@code (i_0, ..., i_n-1)} inside the dimensions. Transposing, slicing, concatenating, tiling,
 * expanding and the inner part of padding are all such copies.
 *
 * <p>Made once per shape: axes of size 1 are dropped, neighbours that are contiguous on both sides become one, and what remains is two inner loops inside
 * an odometer. When the source is contiguous along another axis than the target, the two loops run in tiles, so that both sides use whole cache lines.
 * Immutable and shared by threads.
 */
public final class StridedCopy {
    /** Rows and columns of a tile of a transposing copy: two such tiles of 8-byte elements fit the first-level cache. */
    private static final int TILE = 32;

    /** The same of bytes, of which a cache line has so many. */
    private static final int BYTE_TILE = 64;

    /** Up to so many columns (the colours of an image), the rows of a transposing copy stream through the cache without tiles. */
    private static final int FEW_COLUMNS = 8;

    /** Elements of a piece of a plain copy. */
    private static final int BLOCK = 1 << 14;

    private final int[] outer;
    private final int[] outerSource;
    private final int[] outerTarget;
    private final int rows;
    private final int rowSource;
    private final int rowTarget;
    private final int columns;
    private final int columnSource;
    private final int columnTarget;
    private final int rowBlock;
    private final int columnBlock;
    private final int rowBlocks;
    private final int columnBlocks;
    private final int units;

    /**
     * Plans a copy.
     *
     * @param dims the dimensions of the block
     * @param sourceStrides elements between neighbours in the source; 0 repeats, negative walks backwards
     * @param targetStrides elements between neighbours in the target
     */
    public StridedCopy(int[] dims, int[] sourceStrides, int[] targetStrides) {
        int[][] axes = merged(dims, sourceStrides, targetStrides);
        int rank = axes[0].length;
        int column = rank - 1;
        int row = rank - 2;
        if (Math.abs(axes[1][column]) != 1) {
            for (int axis = 0; axis < column; axis++) {
                if (Math.abs(axes[1][axis]) == 1) {
                    row = axis;
                }
            }
        }
        this.rows = axes[0][row];
        this.rowSource = axes[1][row];
        this.rowTarget = axes[2][row];
        this.columns = axes[0][column];
        this.columnSource = axes[1][column];
        this.columnTarget = axes[2][column];
        this.outer = without(axes[0], row);
        this.outerSource = without(axes[1], row);
        this.outerTarget = without(axes[2], row);
        boolean transposes = Math.abs(rowSource) == 1 && columns > 1 && columnSource != 0;
        this.columnBlock = Math.max(1, Math.min(columns, BLOCK));
        this.rowBlock = transposes && columns > FEW_COLUMNS ? BYTE_TILE : Math.max(1, BLOCK / columnBlock);
        this.rowBlocks = blocks(rows, rowBlock);
        this.columnBlocks = blocks(columns, columnBlock);
        int count = rowBlocks * columnBlocks;
        for (int dim : outer) {
            count = Math.multiplyExact(count, dim);
        }
        this.units = count;
    }

    private static int blocks(int size, int block) {
        return (int) (((long) size + block - 1) / block);
    }

    private static int[][] merged(int[] dims, int[] source, int[] target) {
        int rank = dims.length;
        int[][] axes = new int[3][rank + 2];
        int first = rank + 2;
        for (int i = rank - 1; i >= 0; i--) {
            if (dims[i] == 1) {
                continue;
            }
            boolean joins = first < rank + 2
                    && source[i] == axes[1][first] * axes[0][first]
                    && target[i] == axes[2][first] * axes[0][first];
            if (joins) {
                axes[0][first] *= dims[i];
            } else {
                first--;
                axes[0][first] = dims[i];
                axes[1][first] = source[i];
                axes[2][first] = target[i];
            }
        }
        while (first > rank) { // the two inner loops always exist
            first--;
            axes[0][first] = 1;
        }
        int from = first;
        return Arrays.stream(axes)
                .map(values -> Arrays.copyOfRange(values, from, rank + 2))
                .toArray(int[][]::new);
    }

    private static int[] without(int[] values, int row) {
        int[] rest = new int[values.length - 2];
        int at = 0;
        for (int i = 0; i < values.length - 1; i++) {
            if (i != row) {
                rest[at++] = values[i];
            }
        }
        return rest;
    }

    /** Number of independent pieces, the range that can be split between threads. */
    public int units() {
        return units;
    }

    /** Elements of a piece, for estimates of its cost. */
    public int unitSize() {
        return Math.min(rowBlock, rows) * columnBlock;
    }

    /** Whether the innermost loop copies whole blocks, or else gathers element by element. */
    public boolean isBlockwise() {
        return columnSource == 1 && columnTarget == 1;
    }

    /**
     * Copies pieces {@code from} to {@code to} (exclusive).
     *
     * @param source array of the source
     * @param sourceOff where index (0, ..., 0) lies in it
     * @param target array of the target, of the same element type
     * @param targetOff where index (0, ..., 0) lies in it
     */
    public void run(Object source, int sourceOff, Object target, int targetOff, int from, int to) {
        for (int unit = from; unit < to; unit++) {
            int rest = unit;
            int columnAt = rest % columnBlocks * columnBlock;
            rest /= columnBlocks;
            int rowAt = rest % rowBlocks * rowBlock;
            rest /= rowBlocks;
            int s = sourceOff + columnAt * columnSource + rowAt * rowSource;
            int t = targetOff + columnAt * columnTarget + rowAt * rowTarget;
            for (int axis = outer.length - 1; axis >= 0; axis--) {
                int index = rest % outer[axis];
                rest /= outer[axis];
                s += index * outerSource[axis];
                t += index * outerTarget[axis];
            }
            int rowCount = Math.min(rowBlock, rows - rowAt);
            int columnCount = Math.min(columnBlock, columns - columnAt);
            if (Math.abs(rowSource) == 1 && columnSource != 0 && columnCount > 1 && rowBlock == BYTE_TILE) {
                tiles(source, s, target, t, rowCount, columnCount);
            } else {
                piece(source, s, target, t, rowCount, columnCount);
            }
        }
    }

    private void tiles(Object source, int s, Object target, int t, int rowCount, int columnCount) {
        int tile = source instanceof byte[] ? BYTE_TILE : TILE;
        for (int r = 0; r < rowCount; r += tile) {
            for (int c = 0; c < columnCount; c += tile) {
                piece(
                        source,
                        s + r * rowSource + c * columnSource,
                        target,
                        t + r * rowTarget + c * columnTarget,
                        Math.min(tile, rowCount - r),
                        Math.min(tile, columnCount - c));
            }
        }
    }

    private void piece(Object source, int s, Object target, int t, int rowCount, int columnCount) {
        if (Simd.ENABLED
                && isBlockwise()
                && columnCount >= Simd.LANES
                && columnCount <= RowsVector.MOST
                && rowCount > 1
                && source instanceof float[] from
                && target instanceof float[] to) {
            RowsVector.copy(from, s, rowSource, to, t, rowTarget, rowCount, columnCount);
            return;
        }
        if (isBlockwise() && columnCount >= StridedLoops.BLOCK_MIN) {
            for (int row = 0; row < rowCount; row++) {
                System.arraycopy(source, s + row * rowSource, target, t + row * rowTarget, columnCount);
            }
            return;
        }
        if (Simd.ENABLED
                && rowSource == 1
                && columnTarget == 1
                && source instanceof float[] from
                && target instanceof float[] to) {
            TransposeVector.transpose(from, s, columnSource, to, t, rowTarget, columnCount, rowCount);
            return;
        }
        if (Simd.ENABLED
                && rowSource == 1
                && columnTarget == 1
                && Math.min(rowCount, columnCount) >= ByteTransposeVector.SIDE
                && source instanceof byte[] from
                && target instanceof byte[] to) {
            ByteTransposeVector.transpose(from, s, columnSource, to, t, rowTarget, columnCount, rowCount);
            return;
        }
        StridedLoops.copy(
                source, s, rowSource, columnSource, target, t, rowTarget, columnTarget, rowCount, columnCount);
    }

    /** The whole copy at once. */
    public void run(Object source, int sourceOff, Object target, int targetOff) {
        run(source, sourceOff, target, targetOff, 0, units);
    }
}
