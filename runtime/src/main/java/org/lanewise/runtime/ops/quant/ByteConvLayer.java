package org.lanewise.runtime.ops.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvInt8Nhwc;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.nn.WindowAttributes;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A convolution of bytes with constant weights over one or two spatial axes, packed: channels last inside, one axis as an image of one row.
 *
 * @param convolution its attributes, for two axes
 * @param kernel the packed weights, zero points, bias and scales
 * @param weights (M, C / group, KH, KW)
 */
record ByteConvLayer(ByteConvolution convolution, ConvInt8Nhwc kernel, int[] weights) {
    private static final int RANK = 4;

    /** Whether weights of this shape can be packed. */
    static boolean fits(Shape w) {
        return w.rank() == RANK || w.rank() == RANK - 1;
    }

    /**
     * Packs.
     *
     * @param x type of the input
     * @param xZero its zero point
     * @param wZeros one for all, one for each output channel, or {@code null} for 0
     * @param end {@code null} for sums
     */
    static ByteConvLayer of(
            ByteConvolution convolution,
            DataType x,
            int xZero,
            Tensor w,
            int @Nullable [] wZeros,
            @Nullable Requantization end) {
        ByteConvolution image = w.shape().rank() == RANK ? convolution : image(convolution);
        int[] weights = image(w.shape());
        int[] input = {1, Math.multiplyExact(weights[1], convolution.group()), 1, 1};
        for (int i = 2; i < RANK; i++) { // the smallest image there is an output for
            int[] dilations = image.window().dilations();
            input[i] = 1 + (weights[i] - 1) * (dilations.length == 0 ? 1 : dilations[i - 2]);
        }
        ConvInt8Nhwc kernel = new ConvInt8Nhwc(
                image.geometry(input, weights),
                ((ByteTensor) w).array(),
                w.offset(),
                w.type() == DataType.INT8,
                wZeros,
                x == DataType.INT8,
                xZero,
                end);
        return new ByteConvLayer(image, kernel, weights);
    }

    /** The attributes of one axis, as those of the columns of an image. */
    private static ByteConvolution image(ByteConvolution row) {
        WindowAttributes w = row.window();
        int[] pads = w.pads().length == 0 ? w.pads() : new int[] {0, w.pads()[0], 0, w.pads()[1]};
        return new ByteConvolution(
                new WindowAttributes(
                        w.autoPad(), columns(w.kernel()), columns(w.strides()), pads, columns(w.dilations())),
                row.group());
    }

    private static int[] columns(int[] values) {
        return values.length == 0 ? values : new int[] {1, values[0]};
    }

    private static int[] image(Shape shape) {
        return shape.rank() == RANK ? shape.toArray() : new int[] {shape.dim(0), shape.dim(1), 1, shape.dim(2)};
    }

    /** The sizes for an input of shape {@code x}, (N, C, I1..Ir) or, with {@code channelsLast}, (N, I1..Ir, C). */
    ConvGeometry geometry(Shape x, boolean channelsLast) {
        int[] dims = x.toArray();
        if (x.rank() != RANK && x.rank() != RANK - 1) {
            throw new IllegalArgumentException("x has shape " + x + ", expected one or two spatial axes");
        }
        int first = channelsLast ? 1 : 2;
        int height = x.rank() == RANK ? dims[first] : 1;
        int width = dims[x.rank() == RANK ? first + 1 : first];
        return convolution.geometry(new int[] {dims[0], dims[channelsLast ? x.rank() - 1 : 1], height, width}, weights);
    }

    /** Computes {@code y} from {@code x}, both with their channels where {@code channelsLast} says. */
    void run(OpContext context, ConvGeometry g, ByteTensor x, ByteTensor y, boolean channelsLast) {
        int in = g.inputPixels();
        int out = g.outputPixels();
        byte[] input = x.array();
        byte[] output = y.array();
        if (!channelsLast) {
            input = new byte[x.size()];
            output = new byte[y.size()];
            transpose(context, g.batch(), x.array(), x.offset(), g.inChannels(), in, input, 0);
        }
        int xOff = channelsLast ? x.offset() : 0;
        int yOff = channelsLast ? y.offset() : 0;
        byte[] from = input;
        byte[] to = output;
        split(context, g, (memory, row, toRow, panel, toPanel) -> {
            kernel.run(g, from, xOff, to, yOff, memory, Scratch.START, row, toRow, panel, toPanel);
        });
        if (!channelsLast) {
            transpose(context, g.batch(), output, 0, out, g.outChannels(), y.array(), y.offset());
        }
    }

    /** One call of the kernel: output rows and panels of channels. */
    @FunctionalInterface
    private interface Piece {
        void run(int[] memory, int row, int toRow, int panel, int toPanel);
    }

    private void split(OpContext context, ConvGeometry g, Piece work) {
        int rows = kernel.rows(g);
        int panels = kernel.panels();
        boolean byRows = rows >= context.threads() || panels == 1;
        int count = byRows ? rows : panels;
        context.kernel(kernel.kernelName(g));
        long cost = 1 + (long) g.outputSize() * g.depth() / 40 / Math.max(1, count);
        context.parallel(count, cost, (from, to, scratch) -> {
            int[] memory = scratch.alignedInts(kernel.scratchSize(g));
            work.run(memory, byRows ? from : 0, byRows ? to : rows, byRows ? 0 : from, byRows ? panels : to);
        });
    }

    /** {@code batch} matrices (rows, columns) of bytes transposed. */
    private static void transpose(
            OpContext context, int batch, byte[] x, int xOff, int rows, int columns, byte[] y, int yOff) {
        context.parallel(batch * columns, 1 + rows / 2, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int in = xOff + i / columns * rows * columns + i % columns;
                int out = yOff + i * rows;
                for (int r = 0; r < rows; r++) {
                    y[out + r] = x[in + r * columns];
                }
            }
        });
    }
}
