package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Alignment;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.layout.MatrixTranspose;

/**
 * One call of {@link SparseGemm}: the order in which tiles of activations meet blocks of lists. Channels come in passes whose sums stay in the second-level cache.
 */
final class TiledProduct {
    private static final int ROWS = SparseTiles.ROWS;

    /** Values of a cache line. */
    private static final int LINE = Alignment.LINE_BYTES / Float.BYTES;

    /** Channels of a pass if all blocks of the tile are kept for the next, and if they are made again. */
    private static final int PASS = 256;

    private static final int LONG_PASS = 1024;

    /** Most bytes of a tile that is kept from pass to pass. */
    private static final long KEPT_BYTES = 512 << 10;

    /** Distances between rows of C in multiples of so many values put the same column of many rows on the same lines of the first-level cache, where a line that is written in two parts does not last. */
    static final int SAME_LINES = 512;

    /** Channels and rows that are turned beside each other before they go to such a C. */
    private static final int STAGED = 256;

    private static final int STAGE_ROWS = 16;

    /** Whole tiles from which on they begin where lines of C do: the rows that are left come in two pieces then. */
    private static final int SHIFTED = 4;

    private final boolean columns;
    private final SparseB b;
    private final ChannelLists lists;
    private final Epilogue e;
    private final float[] a;
    private final int aOff;
    private final int lda;
    private final float[] c;
    private final int cOff;
    private final int ldc;
    private final float @Nullable [] residual;
    private final int residualOff;
    private final float[] scratch;
    private final int scratchOff;

    private final int pass;
    private final boolean kept;

    /** What the last lists clamp to, and the activation that is left after them. */
    private final float lower;

    private final Activation after;

    /** Places in scratch: the sums of a pass before its first block, and after a block. */
    private final int starts;

    private final int sums;

    private final int stage;

    /** The tile at hand: {@code count} rows from {@code row} on, behind them {@code more} rows from {@code next} on. */
    private int row;

    private int count;
    private int next;
    private int more;

    /** First channel of the sums that {@link #starts} holds. */
    private int started = -1;

    TiledProduct(
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
            Epilogue e,
            float[] scratch,
            int scratchOff) {
        this.columns = columns;
        this.a = a;
        this.aOff = aOff;
        this.lda = lda;
        this.b = b;
        this.lists = b.lists;
        this.c = c;
        this.cOff = cOff;
        this.ldc = ldc;
        this.residual = residual;
        this.residualOff = residualOff;
        this.e = e;
        this.scratch = scratch;
        this.scratchOff = scratchOff;
        boolean relu = e.activation().kind() == Activation.Kind.RELU && lists.blocks() > 0;
        this.lower = relu ? 0 : Float.NEGATIVE_INFINITY;
        this.after = relu ? new Activation(Activation.Kind.NONE, 0, 0) : e.activation();
        this.pass = pass(b);
        this.kept = isKept(b);
        this.starts = scratchOff + tiles(b) * blockSize(b);
        this.sums = starts + pass * ROWS;
        this.stage = sums + pass * ROWS;
    }

    /** Values of scratch that a product needs. */
    static int scratchLength(SparseB b) {
        return Math.toIntExact(2L * pass(b) * ROWS + STAGED * STAGE_ROWS + (long) tiles(b) * blockSize(b));
    }

    private static int pass(SparseB b) {
        return Math.min(b.lists.summed(), keepsAll(b) ? PASS : LONG_PASS);
    }

    private static boolean keepsAll(SparseB b) {
        return (long) Float.BYTES * b.lists.blocks() * blockSize(b) <= KEPT_BYTES;
    }

    private static boolean isKept(SparseB b) {
        return keepsAll(b) && b.lists.summed() > PASS;
    }

    /** Blocks of the tile in scratch. */
    private static int tiles(SparseB b) {
        return isKept(b) ? b.lists.blocks() : Math.min(1, b.lists.blocks());
    }

    /** Values of one block of a tile: the transposed rows and a row of zeros. */
    private static int blockSize(SparseB b) {
        return (b.blockRows + 1) * ROWS;
    }

    private int tile(int block) {
        return scratchOff + (kept ? block : 0) * blockSize(b);
    }

    /** Rows {@code rowFrom..rowTo} of channels {@code channelFrom..channelTo}. */
    void run(int rowFrom, int rowTo, int channelFrom, int channelTo) {
        if (channelFrom == channelTo) {
            return;
        }
        for (int i = 1; i <= tiles(b); i++) {
            int end = scratchOff + i * blockSize(b);
            Arrays.fill(scratch, end - ROWS, end, 0);
        }
        int before = rowTo - rowFrom < SHIFTED * ROWS ? 0 : head(rowFrom);
        int row = rowFrom + before;
        for (; row <= rowTo - ROWS; row += ROWS) {
            tile(row, ROWS, row, 0, channelFrom, channelTo);
        }
        // What comes before the first line of C and behind the last whole tile are one tile if they fit
        int behind = rowTo - row;
        if (before + behind <= ROWS) {
            tile(row, behind, rowFrom, before, channelFrom, channelTo);
        } else {
            tile(row, behind, row, 0, channelFrom, channelTo);
            tile(rowFrom, before, rowFrom, 0, channelFrom, channelTo);
        }
    }

    /** Rows from {@code row} on whose values in C, stored by columns, lie before the first whole cache line. */
    private int head(int row) {
        return columns && ldc % LINE == 0 ? Math.floorMod(Alignment.FIRST_FLOAT - cOff - row, LINE) : 0;
    }

    /** A tile of {@code count} rows from {@code row} on and {@code more} rows from {@code next} on. */
    private void tile(int row, int count, int next, int more, int channelFrom, int channelTo) {
        if (count + more == 0) {
            return;
        }
        this.row = row;
        this.count = count;
        this.next = next;
        this.more = more;
        int first = channelFrom / lists.group() * lists.group();
        int last = Math.min(lists.summed(), Math.ceilDiv(channelTo, lists.group()) * lists.group());
        for (int from = first; from < last; from += pass) {
            int to = Math.min(last, from + pass);
            if (residual == null && started != from) {
                start(from, to);
                started = from;
            }
            pass(from, to, from == first, Math.max(from, channelFrom), Math.min(to, channelTo));
        }
    }

    /** Channels {@code from..to} of the tile, of which {@code wantedFrom..wantedTo} are wanted; {@code fresh} if the tile is not there yet. */
    private void pass(int from, int to, boolean fresh, int wantedFrom, int wantedTo) {
        int blocks = lists.blocks();
        if (residual != null) {
            add(from, wantedFrom, wantedTo, residual);
        }
        int in = residual == null ? starts : sums;
        for (int block = 0; block < blocks; block++) {
            if (fresh || !kept) {
                fill(block, tile(block));
            }
            if (block == blocks - 1 && columns && count == ROWS && from == wantedFrom && to == wantedTo) {
                lists.multiply(block, from, to, scratch, tile(block), in, c, cOff + from * ldc + row, ldc, lower);
                activate(row, from, to);
                return;
            }
            float least = block == blocks - 1 ? lower : Float.NEGATIVE_INFINITY;
            lists.multiply(block, from, to, scratch, tile(block), in, scratch, sums, ROWS, least);
            in = sums;
        }
        if (in == starts) {
            System.arraycopy(scratch, starts, scratch, sums, (to - from) * ROWS);
        }
        write(wantedFrom, wantedTo, sums + (wantedFrom - from) * ROWS);
    }

    private void fill(int block, int tile) {
        int k = block * b.blockRows;
        int depth = Math.min(b.blockRows, b.k() - k);
        if (columns) {
            read(a, aOff + k * lda, lda, tile, depth);
        } else {
            MatrixTranspose.run(a, aOff + row * lda + k, lda, scratch, tile, ROWS, count, depth);
        }
    }

    /** The sums of channels {@code from..to} before the first product: their bias. */
    private void start(int from, int to) {
        int channels = Math.min(to, b.n());
        if (Simd.ENABLED) {
            SparseTilesVector.start(e, from, channels, scratch, starts);
        } else {
            SparseTiles.start(e, from, channels, scratch, starts);
        }
    }

    /** The sums of the tile before the first product if there is a residual: that and the bias. */
    private void add(int from, int wantedFrom, int wantedTo, float[] added) {
        int at = sums + (wantedFrom - from) * ROWS;
        int channels = wantedTo - wantedFrom;
        if (columns) {
            read(added, residualOff + wantedFrom * ldc, ldc, at, channels);
        } else {
            int first = residualOff + row * ldc + wantedFrom;
            MatrixTranspose.run(added, first, ldc, scratch, at, ROWS, count, channels);
        }
        float scale = e.residualScale();
        for (int n = 0; n < channels; n++) {
            float bias = e.columnBias(wantedFrom + n);
            for (int i = at + n * ROWS; i < at + (n + 1) * ROWS; i++) {
                scratch[i] = Simd.fma(scratch[i], scale, bias);
            }
        }
    }

    /** Applies the activation to channels that are in C. */
    private void activate(int row, int from, int to) {
        if (after.kind() != Activation.Kind.NONE) {
            for (int n = from; n < to; n++) {
                Activations.apply(after, c, cOff + n * ldc + row, ROWS);
            }
        }
    }

    private void write(int from, int to, int result) {
        Activations.apply(after, scratch, result, (to - from) * ROWS);
        if (columns) {
            copy(scratch, result, ROWS, c, cOff + from * ldc + row, ldc, to - from, count);
            copy(scratch, result + count, ROWS, c, cOff + from * ldc + next, ldc, to - from, more);
        } else if (ldc % SAME_LINES == 0) {
            for (int n = from; n < to; n += STAGED) {
                writeStaged(n, Math.min(to, n + STAGED), result + (n - from) * ROWS);
            }
        } else {
            MatrixTranspose.run(scratch, result, ROWS, c, cOff + row * ldc + from, ldc, to - from, count);
        }
    }

    /** Channels {@code from..to} to C in two steps: first a few rows side by side, then each of them in one go. */
    private void writeStaged(int from, int to, int result) {
        for (int r = 0; r < count; r += STAGE_ROWS) {
            int rows = Math.min(STAGE_ROWS, count - r);
            MatrixTranspose.run(scratch, result + r, ROWS, scratch, stage, STAGED, to - from, rows);
            copy(scratch, stage, STAGED, c, cOff + (row + r) * ldc + from, ldc, rows, to - from);
        }
    }

    /** Copies the tile's rows of a matrix stored by columns into scratch, {@code depth} columns one after the other. */
    private void read(float[] x, int xi, int ldx, int to, int depth) {
        if (Simd.ENABLED && count == ROWS) {
            PlaneTilesVector.copy(x, xi + row, ldx, depth, scratch, to, ROWS);
        } else {
            copy(x, xi + row, ldx, scratch, to, ROWS, depth, count);
            copy(x, xi + next, ldx, scratch, to + count, ROWS, depth, more);
        }
    }

    /** Copies {@code rows} rows of {@code length} values from one matrix to another. */
    private static void copy(float[] x, int xi, int ldx, float[] y, int yi, int ldy, int rows, int length) {
        for (int row = 0; row < rows && length > 0; row++) {
            System.arraycopy(x, xi + row * ldx, y, yi + row * ldy, length);
        }
    }
}
