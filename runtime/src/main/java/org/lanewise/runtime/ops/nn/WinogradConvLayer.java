package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.WinogradNhwc;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/** A 3x3 convolution, channels last, by Winograd's transforms. */
final class WinogradConvLayer extends ConvLayer {
    private static final int PIECES_PER_THREAD = 4;

    private final WinogradNhwc kernel;

    WinogradConvLayer(Shape weightShape, WinogradNhwc kernel) {
        super(weightShape);
        this.kernel = kernel;
    }

    @Override
    void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
        context.kernel(kernel.kernelName(g));
        int tiles = kernel.units(g);
        int tileCuts = tileCuts(tiles, context.threads());
        int panelCuts = Math.clamp((context.threads() + tileCuts - 1) / tileCuts, 1, kernel.panels());
        int pieces = tileCuts * panelCuts;
        context.parallel(tiles == 0 ? 0 : pieces, cost(g, pieces), (from, to, scratch) -> {
            for (int piece = from; piece < to; piece++) {
                part(g, x, y, residual, scratch, piece / panelCuts, tileCuts, piece % panelCuts, panelCuts);
            }
        });
    }

    /** Into how many pieces the tiles are cut: a multiple of the threads, or less when each would have too few tiles. */
    private int tileCuts(int tiles, int threads) {
        if (threads == 1) {
            return 1;
        }
        int cuts = Math.clamp(tiles / kernel.leastUnits(), 1, threads * PIECES_PER_THREAD);
        return cuts < threads ? cuts : cuts / threads * threads;
    }

    private void part(
            ConvGeometry g,
            FloatTensor x,
            FloatTensor y,
            @Nullable FloatTensor residual,
            Scratch scratch,
            int tileCut,
            int tileCuts,
            int panelCut,
            int panelCuts) {
        int tiles = kernel.units(g);
        int panels = kernel.panels();
        kernel.run(
                g,
                x.array(),
                x.offset(),
                y.array(),
                y.offset(),
                residual == null ? null : residual.array(),
                residual == null ? 0 : residual.offset(),
                scratch.alignedFloats(kernel.scratchSize(g)),
                Scratch.START,
                cut(tiles, tileCut, tileCuts),
                cut(tiles, tileCut + 1, tileCuts),
                cut(panels, panelCut, panelCuts),
                cut(panels, panelCut + 1, panelCuts));
    }
}
