package org.lanewise.runtime.ops.fused.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvInt8Floats;
import org.lanewise.kernels.conv.ConvInt8Nhwc;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** A convolution of bytes whose weights are prepared, shared by threads. Remembers the geometry of the last input shape. */
final class QConvLayer {
    private static final double[] NO_DOUBLES = {};

    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a layer is worth splitting. */
    private static final long MACS_PER_NANO = 50;

    /** Up to so many pixels a layer waits for its weights, of which bytes are a quarter. */
    private static final int FEW_PIXELS = 4;

    /** Pixels a piece should have, so that its pass over the weights pays. */
    private static final int PIECE_PIXELS = 64;

    private static final int PIECES_PER_THREAD = 4;

    /**
     * What follows from one input shape.
     *
     * @param input the input's shape
     * @param geometry the sizes
     * @param output the output's shape
     */
    record Sizes(Shape input, ConvGeometry geometry, Shape output) {}

    private final ConvRunner runner;
    private final Shape weights;
    private final ProductEnd end;
    private final @Nullable ConvInt8Nhwc kernel;
    private final @Nullable ConvInt8Floats floats;
    private final float[] xScale;
    private volatile @Nullable Sizes last;

    /**
     * Packs the weights.
     *
     * @param declared the sizes if the model declares them
     */
    QConvLayer(
            ProductParameters p, ConvRunner runner, ProductEnd end, DataType xType, @Nullable ConvGeometry declared) {
        Quantization x = p.x();
        if (x == null) {
            throw new IllegalArgumentException("scale and zero point of X must be constant");
        }
        Tensor w = p.w();
        this.runner = runner;
        this.weights = w.shape();
        this.end = end;
        this.xScale = new float[] {x.scale()};
        ConvGeometry any = runner.smallest(weights);
        byte[] bytes = ((ByteTensor) w).array();
        boolean wSigned = w.type() == DataType.INT8;
        boolean xSigned = xType == DataType.INT8;
        boolean waits =
                declared != null && !any.isDepthwise() && declared.batch() * declared.outputPixels() <= FEW_PIXELS;
        this.floats = !waits
                        && end.kernel() instanceof Requantization r
                        && ConvInt8Floats.isExact(any, bytes, w.offset(), wSigned, p.wZeros(), r)
                ? new ConvInt8Floats(any, bytes, w.offset(), wSigned, p.wZeros(), xSigned, x.zero(), r)
                : null;
        this.kernel = floats != null
                ? null
                : new ConvInt8Nhwc(any, bytes, w.offset(), wSigned, p.wZeros(), xSigned, x.zero(), end.kernel());
    }

    /** The sizes for this input. */
    Sizes sizes(Shape input) {
        Sizes known = last;
        if (known == null || !known.input.equals(input)) {
            ConvGeometry geometry = runner.geometry(input, weights);
            known = new Sizes(input, geometry, runner.outputShape(geometry, input.rank()));
            last = known;
        }
        return known;
    }

    DataType outputType() {
        return end.type();
    }

    /** Computes {@code y}, split over threads. */
    void run(OpContext context, ConvGeometry g, ByteTensor x, Tensor y, @Nullable FloatTensor residual) {
        if (floats != null) {
            runFloats(context, floats, g, x, (ByteTensor) y);
        } else if (kernel != null) {
            runBytes(context, kernel, g, x, y, residual);
        }
    }

    private static void runFloats(
            OpContext context, ConvInt8Floats kernel, ConvGeometry g, ByteTensor x, ByteTensor y) {
        int parts = context.threads();
        context.kernel(kernel.kernelName(g, parts));
        int blocks = kernel.blocks(g, parts);
        long cost = (long) g.outputSize() * g.depth() / MACS_PER_NANO / Math.max(1, blocks);
        int size = kernel.scratchSize(g, parts);
        int doubles = kernel.doublesSize(g, parts);
        context.parallel(
                blocks,
                cost,
                (from, to, scratch) -> kernel.run(
                        g,
                        parts,
                        x.array(),
                        x.offset(),
                        y.array(),
                        y.offset(),
                        scratch.alignedFloats(size),
                        Scratch.START,
                        doubles == 0 ? NO_DOUBLES : scratch.alignedDoubles(doubles),
                        doubles == 0 ? 0 : Scratch.START_OF_DOUBLES,
                        from,
                        to));
    }

    private void runBytes(
            OpContext context,
            ConvInt8Nhwc kernel,
            ConvGeometry g,
            ByteTensor x,
            Tensor y,
            @Nullable FloatTensor residual) {
        context.kernel(kernel.kernelName(g));
        int rows = kernel.rows(g);
        int panels = kernel.panels();
        int rowCuts = rowCuts(g, rows, context.threads());
        int wanted = 2 * context.threads();
        boolean whole = context.threads() == 1 || end.isFloat();
        int panelCuts = whole ? 1 : Math.clamp((wanted + rowCuts - 1) / rowCuts, 1, (panels + 1) / 2);
        int pieces = rowCuts * panelCuts;
        long cost = (long) g.outputSize() * g.depth() / MACS_PER_NANO / Math.max(1, pieces);
        context.parallel(rows == 0 ? 0 : pieces, cost, (from, to, scratch) -> {
            for (int piece = from; piece < to; piece++) {
                int row = piece / panelCuts;
                int panel = piece % panelCuts;
                part(
                        kernel,
                        g,
                        x,
                        y,
                        residual,
                        scratch,
                        cut(rows, row, rowCuts),
                        cut(rows, row + 1, rowCuts),
                        cut(panels, panel, panelCuts),
                        cut(panels, panel + 1, panelCuts));
            }
        });
    }

    private static int cut(int count, int cut, int cuts) {
        return (int) ((long) count * cut / cuts);
    }

    private static int rowCuts(ConvGeometry g, int rows, int threads) {
        if (threads == 1 || rows <= 1) {
            return 1;
        }
        int pixels = g.batch() * g.outputPixels();
        return Math.min(rows, Math.clamp(pixels / PIECE_PIXELS, 1, threads * PIECES_PER_THREAD));
    }

    private void part(
            ConvInt8Nhwc kernel,
            ConvGeometry g,
            ByteTensor x,
            Tensor y,
            @Nullable FloatTensor residual,
            Scratch scratch,
            int fromRow,
            int toRow,
            int fromPanel,
            int toPanel) {
        int[] sums = scratch.alignedInts(kernel.scratchSize(g));
        if (!end.isFloat()) {
            byte[] out = ((ByteTensor) y).array();
            kernel.run(
                    g, x.array(), x.offset(), out, y.offset(), sums, Scratch.START, fromRow, toRow, fromPanel, toPanel);
            return;
        }
        int row = g.axis(1).output() * g.outChannels();
        if (!end.goesOn()) {
            FloatTensor out = (FloatTensor) y;
            kernel.run(
                    g,
                    x.array(),
                    x.offset(),
                    xScale,
                    out.array(),
                    y.offset(),
                    sums,
                    Scratch.START,
                    fromRow,
                    toRow,
                    0,
                    kernel.panels());
            end.addResidual(out, residual, fromRow * row, (toRow - fromRow) * row);
            return;
        }
        float[] values = scratch.alignedFloats((toRow - fromRow) * row);
        int first = Scratch.START - fromRow * row; // where the kernel would put row 0
        kernel.run(
                g,
                x.array(),
                x.offset(),
                xScale,
                values,
                first,
                sums,
                Scratch.START,
                fromRow,
                toRow,
                0,
                kernel.panels());
        byte[] out = ((ByteTensor) y).array();
        end.quantize(values, Scratch.START, out, y.offset() + fromRow * row, (toRow - fromRow) * row);
    }
}
