package org.lanewise.runtime.ops.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.sparse.LaneLists;
import org.lanewise.kernels.sparse.RowBlocks;
import org.lanewise.kernels.sparse.SparseB;
import org.lanewise.kernels.sparse.SparseGemm;
import org.lanewise.kernels.sparse.SparseGemv;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;

/**
 * Products with a constant matrix that has zeros, {@code C = activation(A * B + bias + residual)}: for each number of rows by what is predicted to be fastest, which may
 * be the dense product. Shared by threads. What runs does not depend on the number of threads.
 */
public final class SparseProduct implements ConstantProduct {
    /** Rows that a piece of work has a multiple of. */
    private static final int TILE_ROWS = 64;

    private static final int PIECES_PER_THREAD = 4;

    private final SparseMatrix b;
    private final Epilogue epilogue;
    private final float @Nullable [] bias;
    private final Activation activation;
    private final String zeros;

    /** Whether the number of rows is always that of {@link #last}. */
    private final boolean declared;

    private volatile Chosen last;

    private record Chosen(int m, SparseMatrix.Kernel kernel) {}

    /**
     * Prepares products.
     *
     * @param zeroShare the share of zeros, for the kernels' names
     * @param m the number of rows if it is known, else -1: then only the form that is fastest for it is kept
     */
    public SparseProduct(SparseMatrix b, float @Nullable [] bias, Activation activation, double zeroShare, int m) {
        this.b = b;
        this.bias = bias;
        this.activation = activation;
        this.epilogue = bias == null ? Epilogue.of(activation) : Epilogue.biasPerColumn(bias, activation);
        this.zeros = String.format(Locale.ROOT, " %.0f%%", 100 * zeroShare);
        this.last =
                new Chosen(m, m < 0 ? SparseMatrix.Kernel.DENSE : b.choice(m).kernel());
        this.declared = m >= 0;
        if (declared) {
            b.keepOnly(last.kernel);
        }
    }

    @Override
    public int k() {
        return b.k();
    }

    @Override
    public int n() {
        return b.n();
    }

    @Override
    public void run(OpContext context, FloatTensor a, int m, FloatTensor c, @Nullable FloatTensor residual) {
        switch (kernel(m)) {
            case DENSE -> FloatProduct.run(context, a, m, b.dense(), c, residual, epilogue);
            case ROWS -> runRows(context, a, m, b.rows(), c, residual);
            case LANES -> runLanes(context, a, m, b.lanes(), c, residual);
            case BLOCKS -> runBlocks(context, a, m, b.blocks(), c, residual);
        }
    }

    private SparseMatrix.Kernel kernel(int m) {
        Chosen known = last;
        if (!declared && known.m != m) {
            known = new Chosen(m, b.choice(m).kernel());
            last = known;
        }
        return known.kernel;
    }

    private void runRows(
            OpContext context, FloatTensor a, int m, SparseB sparse, FloatTensor c, @Nullable FloatTensor residual) {
        context.kernel(SparseGemm.kernelName(sparse) + zeros);
        int threads = context.threads();
        int tiles = Math.ceilDiv(m, TILE_ROWS);
        int rowCuts = threads == 1 ? 1 : Math.clamp(tiles, 1, threads * PIECES_PER_THREAD);
        // Each cut of channels reads all of A again
        int channelCuts = threads == 1 ? 1 : Math.clamp(Math.ceilDiv(2 * threads, rowCuts), 1, b.n());
        int pieces = rowCuts * channelCuts;
        long cost = (long) (SparseGemm.nanos(m, sparse) / pieces);
        context.parallel(m == 0 ? 0 : pieces, cost, (from, to, scratch) -> {
            float[] work = scratch.alignedFloats(SparseGemm.scratchLength(sparse));
            int channels;
            for (int piece = from; piece < to; piece += channels) {
                int row = piece / channelCuts;
                int channel = piece % channelCuts;
                // Neighbouring cuts of channels in one call: it reads A once
                channels = Math.min(channelCuts - channel, to - piece);
                SparseGemm.run(
                        a.array(),
                        a.offset(),
                        b.k(),
                        sparse,
                        c.array(),
                        c.offset(),
                        b.n(),
                        residual == null ? null : residual.array(),
                        residual == null ? 0 : residual.offset(),
                        rowCut(m, tiles, row, rowCuts),
                        rowCut(m, tiles, row + 1, rowCuts),
                        sparse.cut(channelCuts, channel),
                        sparse.cut(channelCuts, channel + channels),
                        epilogue,
                        work,
                        Scratch.START);
            }
        });
    }

    private static int rowCut(int m, int tiles, int cut, int cuts) {
        return Math.min(m, ConvLayer.cut(tiles, cut, cuts) * TILE_ROWS);
    }

    private void runLanes(
            OpContext context, FloatTensor a, int m, LaneLists lists, FloatTensor c, @Nullable FloatTensor residual) {
        context.kernel(SparseGemv.kernelName(lists) + zeros);
        int[] cuts = lists.cuts(cuts(context, lists.groups()));
        int parts = cuts.length - 1;
        long cost = (long) (SparseGemv.nanos(lists) / parts);
        context.parallel(m * parts, cost, (from, to, scratch) -> {
            for (int piece = from; piece < to; piece++) {
                int row = piece / parts;
                int first = cuts[piece % parts];
                int end = cuts[piece % parts + 1];
                SparseGemv.run(
                        a.array(),
                        a.offset() + row * b.k(),
                        lists,
                        bias,
                        residual == null ? null : residual.array(),
                        residual == null ? 0 : residual.offset() + row * b.n(),
                        activation,
                        c.array(),
                        c.offset() + row * b.n(),
                        first,
                        end,
                        scratch.floats(SparseGemv.scratchLength(lists, end - first)),
                        Scratch.START);
            }
        });
    }

    private void runBlocks(
            OpContext context, FloatTensor a, int m, RowBlocks blocks, FloatTensor c, @Nullable FloatTensor residual) {
        context.kernel(SparseGemv.kernelName(blocks) + zeros);
        int[] cuts = blocks.cuts(cuts(context, blocks.blocks()));
        int parts = cuts.length - 1;
        long cost = (long) (SparseGemv.nanos(blocks) / parts);
        context.parallel(m * parts, cost, (from, to, scratch) -> {
            for (int piece = from; piece < to; piece++) {
                int row = piece / parts;
                int first = cuts[piece % parts];
                int end = cuts[piece % parts + 1];
                SparseGemv.run(
                        a.array(),
                        a.offset() + row * b.k(),
                        blocks,
                        bias,
                        residual == null ? null : residual.array(),
                        residual == null ? 0 : residual.offset() + row * b.n(),
                        activation,
                        c.array(),
                        c.offset() + row * b.n(),
                        first,
                        end,
                        scratch.floats(SparseGemv.scratchLength(blocks, end - first)),
                        Scratch.START);
            }
        });
    }

    /** Into how many parts the columns are cut for one row. */
    private static int cuts(OpContext context, int most) {
        return context.threads() == 1 ? 1 : Math.clamp(2L * context.threads(), 1, Math.max(1, most));
    }
}
