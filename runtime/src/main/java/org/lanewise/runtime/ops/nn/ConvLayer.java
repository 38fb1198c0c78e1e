package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.Conv;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;

/** A convolution whose weights are prepared for a kernel; shared by threads. Remembers the geometry of the last input shape. */
abstract sealed class ConvLayer
        permits ChosenConvLayer,
                ConvLayer.ChannelsFirst,
                ConvLayer.ChannelsLast,
                PointwiseLayer,
                SparseConvLayer,
                SparseColumnsLayer,
                SparseProductLayer,
                WinogradConvLayer {
    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a layer is worth splitting. */
    private static final long MACS_PER_NANO = 20;

    /**
     * What follows from one input shape.
     *
     * @param input the input's shape
     * @param geometry the sizes
     * @param output the output's shape
     */
    record Sizes(Shape input, ConvGeometry geometry, Shape output) {}

    private final Shape weightShape;
    private volatile @Nullable Sizes last;

    ConvLayer(Shape weightShape) {
        this.weightShape = weightShape;
    }

    /** Prepares weights of shape {@code (M, C/group, K1..Kr)}. The arrays may be kept and must not change. */
    static ConvLayer of(Shape shape, ConvRunner runner, FloatTensor w, @Nullable FloatTensor b) {
        if (runner.form().channelsLast()) {
            return new ChannelsLast(shape, runner.channelsLast(w, b));
        }
        float[] bias = b == null ? null : b.array();
        int biasOffset = b == null ? 0 : b.offset();
        ConvGeometry any = runner.smallest(shape);
        return new ChannelsFirst(shape, new Conv(any, w.array(), w.offset(), bias, biasOffset, runner.activation()));
    }

    /** The sizes for this input. */
    final Sizes sizes(ConvRunner runner, Shape input) {
        Sizes known = last;
        if (known == null || !known.input.equals(input)) {
            ConvGeometry geometry = runner.geometry(input, weightShape);
            known = new Sizes(input, geometry, runner.outputShape(geometry, input.rank()));
            last = known;
        }
        return known;
    }

    /** Computes {@code y}, split over threads. */
    abstract void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual);

    static long cost(ConvGeometry g, int pieces) {
        return (long) g.outputSize() * g.depth() / MACS_PER_NANO / Math.max(1, pieces);
    }

    /** Where piece {@code cut} of {@code cuts} begins in a range of {@code count}. */
    static int cut(int count, int cut, int cuts) {
        return (int) ((long) count * cut / cuts);
    }

    /** Channels first. */
    static final class ChannelsFirst extends ConvLayer {
        private final Conv kernel;

        ChannelsFirst(Shape weightShape, Conv kernel) {
            super(weightShape);
            this.kernel = kernel;
        }

        @Override
        void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
            context.kernel(kernel.kernelName(g));
            int units = kernel.units(g);
            float[] added = residual == null ? null : residual.array();
            int addedOffset = residual == null ? 0 : residual.offset();
            context.parallel(
                    units,
                    cost(g, units),
                    (from, to, scratch) -> kernel.run(
                            g,
                            x.array(),
                            x.offset(),
                            y.array(),
                            y.offset(),
                            added,
                            addedOffset,
                            scratch.floats(kernel.scratchSize(g)),
                            Scratch.START,
                            from,
                            to));
        }
    }

    /** Channels last, one spatial axis or two. */
    static final class ChannelsLast extends ConvLayer {
        /** Pixels a piece should have, so that its pass over the weights pays. */
        private static final int PIECE_PIXELS = 64;

        /** The same where each row of pixels passes over the weights anyway. */
        private static final int PIECE_ROW_PIXELS = 16;

        private static final int PIECES_PER_THREAD = 4;

        private final ConvNhwc kernel;

        ChannelsLast(Shape weightShape, ConvNhwc kernel) {
            super(weightShape);
            this.kernel = kernel;
        }

        @Override
        void run(OpContext context, ConvGeometry g, FloatTensor x, FloatTensor y, @Nullable FloatTensor residual) {
            context.kernel(kernel.kernelName(g));
            int units = kernel.units(g);
            int panels = kernel.panels();
            int unitCuts = unitCuts(g, units, kernel.isDirect() ? PIECE_ROW_PIXELS : PIECE_PIXELS, context.threads());
            int wanted = 2 * context.threads();
            int panelCuts =
                    context.threads() == 1 ? 1 : Math.clamp((wanted + unitCuts - 1) / unitCuts, 1, (panels + 1) / 2);
            if (panelCuts == 1) {
                context.parallel(
                        units == 0 ? 0 : unitCuts,
                        cost(g, unitCuts),
                        (from, to, scratch) -> part(
                                g,
                                x,
                                y,
                                residual,
                                scratch,
                                cut(units, from, unitCuts),
                                cut(units, to, unitCuts),
                                0,
                                panels));
                return;
            }
            int pieces = unitCuts * panelCuts;
            context.parallel(units == 0 ? 0 : pieces, cost(g, pieces), (from, to, scratch) -> {
                for (int piece = from; piece < to; piece++) {
                    int unit = piece / panelCuts;
                    int panel = piece % panelCuts;
                    part(
                            g,
                            x,
                            y,
                            residual,
                            scratch,
                            cut(units, unit, unitCuts),
                            cut(units, unit + 1, unitCuts),
                            cut(panels, panel, panelCuts),
                            cut(panels, panel + 1, panelCuts));
                }
            });
        }

        private static int unitCuts(ConvGeometry g, int units, int piecePixels, int threads) {
            if (threads == 1 || units <= 1) {
                return 1;
            }
            int pixels = g.batch() * g.outputPixels();
            int cuts = Math.min(units, Math.clamp(pixels / piecePixels, 1, threads * PIECES_PER_THREAD));
            return cuts < threads ? cuts : cuts - cuts % threads; // as many for each thread
        }

        private void part(
                ConvGeometry g,
                FloatTensor x,
                FloatTensor y,
                @Nullable FloatTensor residual,
                Scratch scratch,
                int fromUnit,
                int toUnit,
                int fromPanel,
                int toPanel) {
            kernel.run(
                    g,
                    x.array(),
                    x.offset(),
                    y.array(),
                    y.offset(),
                    residual == null ? null : residual.array(),
                    residual == null ? 0 : residual.offset(),
                    scratch.floats(kernel.scratchSize(g)),
                    Scratch.START,
                    fromUnit,
                    toUnit,
                    fromPanel,
                    toPanel);
        }
    }
}
