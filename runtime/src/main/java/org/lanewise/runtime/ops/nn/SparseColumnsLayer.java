package org.lanewise.runtime.ops.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.sparse.DenseCost;
import org.lanewise.kernels.sparse.SparseB;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.kernels.sparse.SparseGemm;
import org.lanewise.kernels.sparse.SparsePlanes;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/**
 * A 1x1 convolution of stride 1, channels first, whose weights have zeros: a product of pixels, stored by columns, with a constant matrix. Which of the two sparse
 * kernels runs, or the dense one, is decided by what is expected of them for an image's size.
 */
final class SparseColumnsLayer extends ConvLayer {
    /** Pixels that a piece of work of {@link SparseGemm} has a multiple of. */
    private static final int TILE_PIXELS = 64;

    private static final int PIECES_PER_THREAD = 4;

    private final @Nullable SparsePlanes planes;
    private final @Nullable SparseB columns;
    private final Epilogue epilogue;

    /** Null where a sparse form is the faster one for every input there will be. */
    private final @Nullable ConvLayer dense;

    private final String zeros;

    /**
     * Prepares weights of shape {@code (M, C, 1...)}. The arrays may be kept and must not change.
     *
     * @param declared the sizes if the model declares them: then one form is kept
     */
    SparseColumnsLayer(
            Shape weightShape,
            ConvRunner runner,
            FloatTensor w,
            @Nullable FloatTensor bias,
            @Nullable ConvGeometry declared) {
        super(weightShape);
        float[] values = w.toFloatArray();
        int in = weightShape.dim(1);
        int out = weightShape.dim(0);
        SparseForm form = runner.form().sparse();
        float[] added = bias == null ? null : bias.toFloatArray();
        SparseB packed = SparseB.pack(values, 0, in, true, in, out, form == null ? SparseForm.LISTS : form);
        SparsePlanes lists = new SparsePlanes(values, 0, out, in, added, 0, runner.activation());
        int pixels = declared == null ? -1 : declared.outputPixels();
        boolean asPlanes = pixels >= 0 && SparseColumns.isPlanes(pixels, lists, packed);
        boolean only = pixels >= 0
                && DenseCost.product(pixels, in, out)
                        >= SparseMatrix.LEAST_GAIN
                                * (asPlanes ? lists.nanos(pixels) : SparseGemm.columnNanos(pixels, packed));
        this.planes = pixels < 0 || asPlanes ? lists : null;
        this.columns = pixels < 0 || !asPlanes ? packed : null;
        this.epilogue =
                added == null ? Epilogue.of(runner.activation()) : Epilogue.biasPerColumn(added, runner.activation());
        this.dense = only ? null : ConvLayer.of(weightShape, runner, w, bias);
        this.zeros = String.format(Locale.ROOT, " %.0f%%", 100 * SparseMatrix.zeroShare(values));
    }

    @Override
    void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
        int pixels = g.outputPixels();
        double asPlanes = planes == null ? Double.POSITIVE_INFINITY : planes.nanos(pixels);
        double asColumns = columns == null ? Double.POSITIVE_INFINITY : SparseGemm.columnNanos(pixels, columns);
        if (dense != null
                && DenseCost.product(pixels, g.inChannels(), g.outChannels())
                        < SparseMatrix.LEAST_GAIN * Math.min(asPlanes, asColumns)) {
            dense.run(context, g, x, y, residual);
        } else if (planes != null && asPlanes <= asColumns) {
            runPlanes(context, planes, (long) asPlanes, g, x, y, residual);
        } else if (columns != null) {
            runColumns(context, columns, (long) asColumns, g, x, y, residual);
        }
    }

    private void runPlanes(
            OpContext context,
            SparsePlanes weights,
            long nanos,
            ConvGeometry g,
            FloatTensor x,
            FloatTensor y,
            @Nullable FloatTensor residual) {
        int pixels = g.outputPixels();
        context.kernel(weights.kernelName(pixels) + zeros);
        int tiles = weights.tiles(pixels);
        int tileCuts = tileCuts(context, tiles);
        int channelCuts = channelCuts(context, g, tileCuts, weights.outChannels());
        int pieces = tileCuts * channelCuts;
        context.parallel(g.batch() * pieces, nanos / Math.max(1, pieces), (from, to, scratch) -> {
            float[] work = scratch.alignedFloats(weights.scratchLength(pixels));
            int channels;
            for (int i = from; i < to; i += channels) {
                int image = i / pieces;
                int tile = i % pieces / channelCuts;
                int channel = i % channelCuts;
                // Neighbouring cuts of channels in one call: it copies the pixels once
                channels = Math.min(channelCuts - channel, to - i);
                int out = image * weights.outChannels() * pixels;
                weights.run(
                        x.array(),
                        x.offset() + image * weights.inChannels() * pixels,
                        y.array(),
                        y.offset() + out,
                        residual == null ? null : residual.array(),
                        residual == null ? 0 : residual.offset() + out,
                        pixels,
                        cut(tiles, tile, tileCuts),
                        cut(tiles, tile + 1, tileCuts),
                        weights.cut(channelCuts, channel),
                        weights.cut(channelCuts, channel + channels),
                        work,
                        Scratch.START);
            }
        });
    }

    private void runColumns(
            OpContext context,
            SparseB weights,
            long nanos,
            ConvGeometry g,
            FloatTensor x,
            FloatTensor y,
            @Nullable FloatTensor residual) {
        int pixels = g.outputPixels();
        context.kernel(SparseGemm.kernelName(weights) + "-columns" + zeros);
        int tiles = Math.ceilDiv(pixels, TILE_PIXELS);
        int tileCuts = tileCuts(context, tiles);
        int channelCuts = channelCuts(context, g, tileCuts, weights.n());
        int pieces = tileCuts * channelCuts;
        context.parallel(g.batch() * pieces, nanos / Math.max(1, pieces), (from, to, scratch) -> {
            float[] work = scratch.alignedFloats(SparseGemm.scratchLength(weights));
            int channels;
            for (int i = from; i < to; i += channels) {
                int image = i / pieces;
                int tile = i % pieces / channelCuts;
                int channel = i % channelCuts;
                // Neighbouring cuts of channels in one call: it copies the pixels once
                channels = Math.min(channelCuts - channel, to - i);
                int out = image * weights.n() * pixels;
                SparseGemm.runColumns(
                        x.array(),
                        x.offset() + image * weights.k() * pixels,
                        pixels,
                        weights,
                        y.array(),
                        y.offset() + out,
                        pixels,
                        residual == null ? null : residual.array(),
                        residual == null ? 0 : residual.offset() + out,
                        Math.min(pixels, cut(tiles, tile, tileCuts) * TILE_PIXELS),
                        Math.min(pixels, cut(tiles, tile + 1, tileCuts) * TILE_PIXELS),
                        weights.cut(channelCuts, channel),
                        weights.cut(channelCuts, channel + channels),
                        epilogue,
                        work,
                        Scratch.START);
            }
        });
    }

    private static int tileCuts(OpContext context, int tiles) {
        int threads = context.threads();
        return threads == 1 ? 1 : Math.clamp(tiles, 1, threads * PIECES_PER_THREAD);
    }

    private static int channelCuts(OpContext context, ConvGeometry g, int tileCuts, int channels) {
        int threads = context.threads();
        int wanted = Math.ceilDiv(2 * threads, Math.max(1, g.batch() * tileCuts));
        return threads == 1 ? 1 : Math.clamp(wanted, 1, Math.max(1, channels));
    }
}
