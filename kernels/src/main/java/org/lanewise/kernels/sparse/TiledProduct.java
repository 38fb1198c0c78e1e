package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.layout.MatrixTranspose;

/**
 * One call of {@link SparseGemm}: the order in which tiles of activations meet blocks of lists. Channels come in passes whose sums stay in the second-level cache.
 */
final class TiledProduct {
    private static final int ROWS = SparseTiles.ROWS;

    /** Channels of a pass if all blocks of the tile are kept for the next, and if they are made again. */
    private static final int PASS = 256;

    private static final int LONG_PASS = 1024;

    /** Most bytes of a tile that is kept from pass to pass. */
    private static final long KEPT_BYTES = 512 << 10;

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
    }

    /** Values of scratch that a product needs. */
    static int scratchLength(SparseB b) {
        return Math.toIntExact(2L * pass(b) * ROWS + (long) tiles(b) * blockSize(b));
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
        int first = channelFrom / lists.group() * lists.group();
        int last = Math.min(lists.summed(), Math.ceilDiv(channelTo, lists.group()) * lists.group());
        int started = -1;
        for (int row = rowFrom; row < rowTo; row += ROWS) {
            int valid = Math.min(ROWS, rowTo - row);
            for (int from = first; from < last; from += pass) {
                int to = Math.min(last, from + pass);
                if (residual == null && started != from) {
                    start(from, to);
                    started = from;
                }
                pass(row, valid, from, to, from == first, Math.max(from, channelFrom), Math.min(to, channelTo));
            }
        }
    }

    /** Channels {@code from..to} of a tile, of which {@code wantedFrom..wantedTo} are wanted; {@code fresh} if the tile is not there yet. */
    private void pass(int row, int valid, int from, int to, boolean fresh, int wantedFrom, int wantedTo) {
        int blocks = lists.blocks();
        if (residual != null) {
            add(row, valid, from, wantedFrom, wantedTo, residual);
        }
        int in = residual == null ? starts : sums;
        for (int block = 0; block < blocks; block++) {
            if (fresh || !kept) {
                fill(row, valid, block, tile(block));
            }
            if (block == blocks - 1 && columns && valid == ROWS && from == wantedFrom && to == wantedTo) {
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
        write(row, valid, wantedFrom, wantedTo, sums + (wantedFrom - from) * ROWS);
    }

    private void fill(int row, int valid, int block, int tile) {
        int k = block * b.blockRows;
        int depth = Math.min(b.blockRows, b.k() - k);
        if (columns) {
            read(a, aOff + k * lda + row, lda, tile, depth, valid);
        } else {
            MatrixTranspose.run(a, aOff + row * lda + k, lda, scratch, tile, ROWS, valid, depth);
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

    /** The sums of one tile before the first product if there is a residual: that and the bias. */
    private void add(int row, int valid, int from, int wantedFrom, int wantedTo, float[] added) {
        int at = sums + (wantedFrom - from) * ROWS;
        int channels = wantedTo - wantedFrom;
        if (columns) {
            read(added, residualOff + wantedFrom * ldc + row, ldc, at, channels, valid);
        } else {
            int first = residualOff + row * ldc + wantedFrom;
            MatrixTranspose.run(added, first, ldc, scratch, at, ROWS, valid, channels);
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

    private void write(int row, int valid, int from, int to, int result) {
        Activations.apply(after, scratch, result, (to - from) * ROWS);
        if (columns) {
            copy(scratch, result, ROWS, c, cOff + from * ldc + row, ldc, to - from, valid);
        } else {
            MatrixTranspose.run(scratch, result, ROWS, c, cOff + row * ldc + from, ldc, to - from, valid);
        }
    }

    /** Copies {@code rows} rows of {@code length} values into scratch, side by side. */
    private void read(float[] x, int xi, int ldx, int to, int rows, int length) {
        if (Simd.ENABLED && length == ROWS) {
            PlaneTilesVector.copy(x, xi, ldx, rows, scratch, to, ROWS);
        } else {
            copy(x, xi, ldx, scratch, to, ROWS, rows, length);
        }
    }

    /** Copies {@code rows} rows of {@code length} values from one matrix to another. */
    private static void copy(float[] x, int xi, int ldx, float[] y, int yi, int ldy, int rows, int length) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(x, xi + row * ldx, y, yi + row * ldy, length);
        }
    }
}
