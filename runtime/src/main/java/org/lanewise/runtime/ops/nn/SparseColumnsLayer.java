package org.lanewise.runtime.ops.nn;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.sparse.SparseB;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.kernels.sparse.SparseGemm;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/**
 * A 1x1 convolution of stride 1, channels first, whose weights have zeros: a product of pixels, stored by columns, with a constant matrix. Where the dense kernel is
 * expected to be faster for an image's size, that runs.
 */
final class SparseColumnsLayer extends ConvLayer {
    /** Pixels that a piece of work has a multiple of. */
    private static final int TILE_PIXELS = 64;

    private static final int PIECES_PER_THREAD = 4;

    private final SparseB weights;
    private final Epilogue epilogue;

    /** Null where the sparse form is the faster one for every input there will be. */
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
        int channels = weightShape.dim(1);
        SparseForm form = runner.form().sparse();
        this.weights = SparseB.pack(
                values, 0, channels, true, channels, weightShape.dim(0), form == null ? SparseForm.LISTS : form);
        this.epilogue = bias == null
                ? Epilogue.of(runner.activation())
                : Epilogue.biasPerColumn(bias.toFloatArray(), runner.activation());
        boolean only = declared != null && isFaster(declared.outputPixels());
        this.dense = only ? null : ConvLayer.of(weightShape, runner, w, bias);
        this.zeros = String.format(Locale.ROOT, " %.0f%%", 100 * SparseMatrix.zeroShare(values));
    }

    private boolean isFaster(int pixels) {
        return SparseMatrix.columnGain(pixels, weights) >= SparseMatrix.LEAST_GAIN;
    }

    @Override
    void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
        int pixels = g.outputPixels();
        if (dense != null && !isFaster(pixels)) {
            dense.run(context, g, x, y, residual);
            return;
        }
        context.kernel(SparseGemm.kernelName(weights) + "-columns" + zeros);
        int threads = context.threads();
        int tiles = Math.ceilDiv(pixels, TILE_PIXELS);
        int tileCuts = threads == 1 ? 1 : Math.clamp(tiles, 1, threads * PIECES_PER_THREAD);
        int channelCuts = threads == 1
                ? 1
                : Math.clamp(Math.ceilDiv(2 * threads, g.batch() * tileCuts), 1, Math.max(1, weights.n()));
        int pieces = tileCuts * channelCuts;
        long cost = (long) (SparseGemm.columnNanos(pixels, weights) / pieces);
        context.parallel(g.batch() * pieces, cost, (from, to, scratch) -> {
            float[] work = scratch.alignedFloats(SparseGemm.scratchLength(weights));
            int channels;
            for (int i = from; i < to; i += channels) {
                int image = i / pieces;
                int tile = i % pieces / channelCuts;
                int channel = i % channelCuts;
                // Neighbouring cuts of channels in one call: it copies the pixels once
                channels = Math.min(channelCuts - channel, to - i);
                int out = y.offset() + image * weights.n() * pixels;
                SparseGemm.runColumns(
                        x.array(),
                        x.offset() + image * weights.k() * pixels,
                        pixels,
                        weights,
                        y.array(),
                        out,
                        pixels,
                        residual == null ? null : residual.array(),
                        residual == null ? 0 : residual.offset() + image * weights.n() * pixels,
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
}
