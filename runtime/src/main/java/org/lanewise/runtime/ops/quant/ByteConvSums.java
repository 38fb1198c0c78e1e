package org.lanewise.runtime.ops.quant;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvInt8Nhwc;
import org.lanewise.kernels.conv.WindowAxis;
import org.lanewise.kernels.gemm.Gemm;
import org.lanewise.kernels.layout.StridedCopy;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A convolution of bytes with packed weights whose sums are the result, over one or two spatial axes. The zero point of x is known only in the run, so it is in no packed form: x is
 * padded with it, and from each sum of {@code x (w - wZero)} goes {@code xZero} times the sum of the weights.
 *
 * @param layer the weights, packed for a zero point of 0
 * @param weightSums the sum of {@code w - wZero} for each output channel
 */
record ByteConvSums(ByteConvLayer layer, int[] weightSums) {
    /** Multiply-adds a core does in a nanosecond, roughly: decides only when a product is worth splitting. */
    private static final long MACS_PER_NANO = 40;

    /** Packs; arguments as in {@link ByteConvLayer#of}. */
    static ByteConvSums of(ByteConvolution convolution, DataType x, Tensor w, int @Nullable [] wZeros) {
        ByteConvLayer layer = ByteConvLayer.of(convolution, x, 0, w, wZeros, null);
        int[] sums = new int[w.shape().dim(0)];
        int depth = w.size() / Math.max(1, sums.length);
        for (int m = 0; m < sums.length; m++) {
            int zero = wZeros == null ? 0 : wZeros[wZeros.length == 1 ? 0 : m];
            for (int i = 0; i < depth; i++) {
                sums[m] += (int) w.getLong(m * depth + i) - zero;
            }
        }
        return new ByteConvSums(layer, sums);
    }

    /** The shape of the sums for an input of shape {@code x}, (N, C, I1..Ir). */
    Shape outputShape(Shape x) {
        ConvGeometry g = layer.geometry(x, false);
        int[] dims = g.outputShape();
        return Shape.of(x.rank() == dims.length ? dims : new int[] {dims[0], dims[1], dims[3]});
    }

    /** Computes {@code y} from {@code x}, both (N, C, I1..Ir). */
    void run(OpContext context, ByteTensor x, @Nullable Tensor xZero, IntTensor y) {
        ConvGeometry g = layer.geometry(x.shape(), false);
        WindowAxis rows = windows(g.axis(0));
        WindowAxis columns = windows(g.axis(1));
        if (y.size() == 0) {
            return;
        }
        ConvGeometry inside = ConvGeometry.of(
                new int[] {g.batch(), g.inChannels(), rows.input(), columns.input()},
                layer.weights(),
                g.group(),
                AutoPad.NOTSET,
                new int[] {rows.stride(), columns.stride()},
                new int[0],
                new int[] {rows.dilation(), columns.dilation()});
        byte[] padded = context.scratch().bytes(inside.inputSize());
        pad(context, g, inside, x, xZero, padded);
        sums(context, inside, padded, xZero, y);
    }

    /** The same windows over an input that has its padding already, as far as they reach. */
    private static WindowAxis windows(WindowAxis axis) {
        int input = Math.max(0, axis.output() - 1) * axis.stride() + (axis.kernel() - 1) * axis.dilation() + 1;
        return WindowAxis.padded(input, axis.kernel(), axis.stride(), 0, 0, axis.dilation(), false);
    }

    /** Copies x, channels last, into its padding. */
    private static void pad(
            OpContext context, ConvGeometry g, ConvGeometry inside, ByteTensor x, @Nullable Tensor xZero, byte[] to) {
        int channels = g.inChannels();
        int row = inside.axis(1).input() * channels;
        int image = inside.axis(0).input() * row;
        int top = g.axis(0).padBegin();
        int left = g.axis(1).padBegin();
        int width = g.axis(1).input();
        int[] dims = {
            g.batch(),
            channels,
            Math.clamp(inside.axis(0).input() - top, 0, g.axis(0).input()),
            Math.clamp(inside.axis(1).input() - left, 0, width)
        };
        if (dims[2] * dims[3] < inside.inputPixels()) {
            context.parallel(1, 0, (from, end, scratch) -> {
                Arrays.fill(to, 0, inside.inputSize(), xZero == null ? 0 : (byte) xZero.scalarLong());
            });
        }
        int pixels = g.inputPixels();
        StridedCopy copy = new StridedCopy(
                dims, new int[] {channels * pixels, pixels, width, 1}, new int[] {image, 1, row, channels});
        context.parallel(copy.units(), copy.unitSize(), (from, end, scratch) -> {
            copy.run(x.array(), x.offset(), to, top * row + left * channels, from, end);
        });
    }

    private void sums(OpContext context, ConvGeometry g, byte[] x, @Nullable Tensor xZero, IntTensor y) {
        ConvInt8Nhwc kernel = layer.kernel();
        int rows = kernel.rows(g);
        boolean byRows = rows >= context.threads() || kernel.panels() == 1;
        int count = byRows ? rows : kernel.panels();
        int sumsAt = Math.addExact(Scratch.START, kernel.scratchSize(g));
        context.kernel(kernel.kernelName(g));
        long cost = 1 + (long) g.outputSize() * g.depth() / MACS_PER_NANO / count;
        context.parallel(count, cost, (from, to, scratch) -> {
            int row = byRows ? from : 0;
            int toRow = byRows ? to : rows;
            int channel = byRows ? 0 : from * Gemm.NR;
            int toChannel = byRows ? g.outChannels() : Math.min(g.outChannels(), to * Gemm.NR);
            int rowSize = g.axis(1).output() * g.outChannels();
            int[] memory = scratch.alignedInts(sumsAt + (toRow - row) * rowSize);
            int start = sumsAt - row * rowSize;
            int panel = byRows ? 0 : from;
            int toPanel = byRows ? kernel.panels() : to;
            kernel.run(g, x, 0, memory, start, memory, Scratch.START, row, toRow, panel, toPanel);
            int zero = xZero == null ? 0 : (int) xZero.scalarLong();
            for (int r = row; r < toRow; r++) {
                finish(g, memory, start + r * rowSize, zero, r, channel, toChannel, y);
            }
        });
    }

    /** Writes one row of sums to the planes of its channels. */
    private void finish(
            ConvGeometry g, int[] sums, int from, int zero, int row, int channel, int toChannel, IntTensor y) {
        int[] out = y.array();
        int columns = g.axis(1).output();
        int height = g.axis(0).output();
        int channels = g.outChannels();
        for (int m = channel; m < toChannel; m++) {
            int at = y.offset() + ((row / height * channels + m) * height + row % height) * columns;
            int offset = zero * weightSums[m];
            for (int i = 0; i < columns; i++) {
                out[at + i] = sums[from + i * channels + m] - offset;
            }
        }
    }
}
