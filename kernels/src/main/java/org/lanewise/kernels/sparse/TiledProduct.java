package org.lanewise.kernels.sparse;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.layout.MatrixTranspose;

/**
 * One call of {@link SparseGemm}: the order in which tiles of activations meet blocks of lists. Channels come in passes whose sums stay in the second-level cache. Where the lists
 * themselves do not stay there, two tiles take their turns with each block, so that the lists are read half as often.
 */
final class TiledProduct {
    private static final int ROWS = SparseTiles.ROWS;

    /** Channels of a pass if all blocks of the tiles are kept for the next, and if they are made again. */
    private static final int PASS = 256;

    private static final int LONG_PASS = 1024;

    /** Most bytes of tiles that are kept from pass to pass. */
    private static final long KEPT_BYTES = 512 << 10;

    /** From this size on lists are shared by two tiles. */
    private static final long SHARED_BYTES = 256 << 10;

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

    private final int most;
    private final int pass;
    private final boolean kept;

    /** Places in scratch: the sums of a pass before its first block, the sums of each tile. */
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
        this.most = mostTiles(b);
        this.pass = pass(b);
        this.kept = isKept(b);
        this.starts = scratchOff + tiles(b) * blockSize(b);
        this.sums = starts + pass * ROWS;
    }

    /** Values of scratch that a product needs. */
    static int scratchLength(SparseB b) {
        long sums = (long) (mostTiles(b) + 1) * pass(b) * ROWS;
        return Math.toIntExact(sums + (long) tiles(b) * blockSize(b));
    }

    /** Tiles that take their turns. */
    static int mostTiles(SparseB b) {
        return b.lists.bytes() < SHARED_BYTES ? 1 : 2;
    }

    private static int pass(SparseB b) {
        return Math.min(b.lists.summed(), keepsAll(b) ? PASS : LONG_PASS);
    }

    private static boolean keepsAll(SparseB b) {
        return (long) Float.BYTES * mostTiles(b) * b.lists.blocks() * blockSize(b) <= KEPT_BYTES;
    }

    private static boolean isKept(SparseB b) {
        return keepsAll(b) && b.lists.summed() > PASS;
    }

    /** Tiles in scratch, of one block each. */
    private static int tiles(SparseB b) {
        return mostTiles(b) * (isKept(b) ? b.lists.blocks() : Math.min(1, b.lists.blocks()));
    }

    /** Values of one block of a tile: the transposed rows and a row of zeros. */
    private static int blockSize(SparseB b) {
        return (b.blockRows + 1) * ROWS;
    }

    private int tile(int index, int block) {
        return scratchOff + (kept ? block * most + index : index) * blockSize(b);
    }

    private int sums(int index) {
        return sums + index * pass * ROWS;
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
        for (int row = rowFrom; row < rowTo; row += most * ROWS) {
            for (int from = first; from < last; from += pass) {
                int to = Math.min(last, from + pass);
                if (residual == null && started != from) {
                    start(from, to);
                    started = from;
                }
                pass(row, rowTo, from, to, from == first, Math.max(from, channelFrom), Math.min(to, channelTo));
            }
        }
    }

    /** Channels {@code from..to} of some tiles, of which {@code wantedFrom..wantedTo} are wanted. */
    private void pass(int row, int rowTo, int from, int to, boolean fresh, int wantedFrom, int wantedTo) {
        int tiles = Math.min(most, Math.ceilDiv(rowTo - row, ROWS));
        int blocks = lists.blocks();
        boolean whole = columns && blocks > 0 && from == wantedFrom && to == wantedTo;
        for (int block = 0; block < blocks; block++) {
            for (int t = 0; t < tiles; t++) {
                int at = row + t * ROWS;
                int valid = Math.min(ROWS, rowTo - at);
                if (fresh || !kept) {
                    fill(at, valid, block, tile(t, block));
                }
                if (block == 0 && residual != null) {
                    add(at, valid, from, wantedFrom, wantedTo, residual, sums(t));
                }
                int in = block == 0 && residual == null ? starts : sums(t);
                if (whole && valid == ROWS && block == blocks - 1) {
                    lists.multiply(block, from, to, scratch, tile(t, block), in, c, cOff + from * ldc + at, ldc);
                } else {
                    lists.multiply(block, from, to, scratch, tile(t, block), in, scratch, sums(t), ROWS);
                }
            }
        }
        for (int t = 0; t < tiles; t++) {
            int at = row + t * ROWS;
            int valid = Math.min(ROWS, rowTo - at);
            if (whole && valid == ROWS) {
                finish(at, from, to);
                continue;
            }
            if (blocks == 0 && residual != null) {
                add(at, valid, from, wantedFrom, wantedTo, residual, sums(t));
            } else if (blocks == 0) {
                System.arraycopy(scratch, starts, scratch, sums(t), (to - from) * ROWS);
            }
            write(at, valid, wantedFrom, wantedTo, sums(t) + (wantedFrom - from) * ROWS);
        }
    }

    private void fill(int row, int valid, int block, int tile) {
        int k = block * b.blockRows;
        int depth = Math.min(b.blockRows, b.k() - k);
        if (columns) {
            copy(a, aOff + k * lda + row, lda, scratch, tile, ROWS, depth, valid);
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

    /** The same for one tile with a residual; bias in {@link #starts}. */
    private void add(int row, int valid, int from, int wantedFrom, int wantedTo, float[] added, int tileSums) {
        int at = tileSums + (wantedFrom - from) * ROWS;
        int channels = wantedTo - wantedFrom;
        if (columns) {
            copy(added, residualOff + wantedFrom * ldc + row, ldc, scratch, at, ROWS, channels, valid);
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
    private void finish(int row, int from, int to) {
        if (e.activation().kind() != Activation.Kind.NONE) {
            for (int n = from; n < to; n++) {
                Activations.apply(e.activation(), c, cOff + n * ldc + row, ROWS);
            }
        }
    }

    private void write(int row, int valid, int from, int to, int result) {
        Activations.apply(e.activation(), scratch, result, (to - from) * ROWS);
        if (columns) {
            copy(scratch, result, ROWS, c, cOff + from * ldc + row, ldc, to - from, valid);
        } else {
            MatrixTranspose.run(scratch, result, ROWS, c, cOff + row * ldc + from, ldc, to - from, valid);
        }
    }

    /** Copies {@code rows} rows of {@code length} values from one matrix to another. */
    private static void copy(float[] x, int xi, int ldx, float[] y, int yi, int ldy, int rows, int length) {
        for (int row = 0; row < rows; row++) {
            System.arraycopy(x, xi + row * ldx, y, yi + row * ldy, length);
        }
    }
}
