package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvTranspose;
import org.lanewise.kernels.conv.ConvTransposeNhwc;
import org.lanewise.kernels.conv.WindowAxis;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * What the transposed convolutions share: inputs X, W (C, M/group, K1..Kr) and optional B, in either layout.
 *
 * @param window kernel, strides, pads, dilations
 * @param group number of groups
 * @param outputPadding one per spatial axis, or empty for all 0
 * @param outputShape spatial size of the output, or empty when it follows from the rest
 * @param channelsLast whether X and the output are {@code (N, H, W, C)}
 * @param activation applied to the output
 */
public record ConvTransposeRunner(
        WindowAttributes window,
        int group,
        int[] outputPadding,
        int[] outputShape,
        boolean channelsLast,
        Activation activation) {
    private static final int X = 0;
    private static final int W = 1;
    private static final int B = 2;
    private static final long MACS_PER_NANO = 32;

    /** Weights prepared for one of the two kernels; the other is {@code null}. */
    private record Layer(
            Shape weights,
            @Nullable ConvTranspose first,
            @Nullable ConvTransposeNhwc last) {}

    /** Reads the attributes of ONNX {@code ConvTranspose}. */
    public static ConvTransposeRunner read(NodeSpec spec, boolean channelsLast, Activation activation) {
        long group = spec.intAttribute("group", 1);
        if (group < 1 || group > Integer.MAX_VALUE) {
            throw spec.refuse("group is " + group + ", expected at least 1");
        }
        return new ConvTransposeRunner(
                WindowAttributes.read(spec, true),
                (int) group,
                WindowAttributes.ints(spec, "output_padding", 0),
                WindowAttributes.ints(spec, "output_shape", 0),
                channelsLast,
                activation);
    }

    /** Checks the inputs and sets output 0. */
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(X);
        PoolRunner.checkFloating(type);
        if (type == DataType.DOUBLE && (channelsLast || activation.kind() != Activation.Kind.NONE)) {
            throw new IllegalArgumentException(
                    "a fused or channels-last transposed convolution of double is not supported");
        }
        if (context.inputType(W) != type || context.hasInput(B) && context.inputType(B) != type) {
            throw new IllegalArgumentException("inputs have different types, expected all as X: " + type.onnxName());
        }
        PartialShape w = context.inputShape(W);
        PartialShape x = context.inputShape(X);
        x = !x.isRanked() && w.isRanked() ? PartialShape.ofRank(w.rank()) : x;
        window.checkRank(x);
        if (!x.isRanked() || !w.isRanked()) {
            context.output(0, type, x.isRanked() ? PartialShape.ofRank(x.rank()) : x);
            return;
        }
        check(x, w, context.hasInput(B) ? context.inputShape(B) : PartialShape.unranked());
        int axes = x.rank() - 2;
        long[] dims = x.toArray();
        dims[channelsLast ? 3 : 1] = w.dim(1) < 0 ? PartialShape.UNKNOWN : w.dim(1) * group;
        for (int i = 0; i < axes; i++) {
            int at = channelsLast ? i + 1 : i + 2;
            dims[at] = outputSize(i, axes, dims[at], window.kernel().length != 0 ? window.kernel()[i] : w.dim(i + 2));
        }
        context.output(0, type, PartialShape.of(dims));
    }

    private void check(PartialShape x, PartialShape w, PartialShape b) {
        int axes = x.rank() - 2;
        if (w.rank() != x.rank() || channelsLast && axes != 2) {
            throw new IllegalArgumentException("input X has shape " + x + ", input W " + w + ", expected "
                    + (channelsLast ? "(N, H, W, C) and rank 4" : "equal ranks"));
        }
        WindowAttributes.checkLength("output_padding", outputPadding.length, axes);
        WindowAttributes.checkLength("output_shape", outputShape.length, axes);
        long channels = x.dim(channelsLast ? 3 : 1);
        if (channels >= 0 && w.dim(0) >= 0 && channels != w.dim(0) || w.dim(0) >= 0 && w.dim(0) % group != 0) {
            throw new IllegalArgumentException(
                    "input W has shape " + w + ", expected C = " + channels + " first, a multiple of group = " + group);
        }
        if (b.isRanked() && (b.rank() != 1 || b.dim(0) >= 0 && w.dim(1) >= 0 && b.dim(0) != w.dim(1) * group)) {
            throw new IllegalArgumentException("input B has shape " + b + ", expected [M]");
        }
        for (int i = 0; i < window.kernel().length; i++) {
            if (w.dim(i + 2) >= 0 && w.dim(i + 2) != window.kernel()[i]) {
                throw new IllegalArgumentException("input W has shape " + w + ", expected kernel_shape "
                        + Arrays.toString(window.kernel()) + " at its end");
            }
        }
    }

    private long outputSize(int i, int axes, long input, long taps) {
        if (outputShape.length != 0) {
            return outputShape[i];
        }
        if (input < 0 || taps < 0) {
            return PartialShape.UNKNOWN;
        }
        return WindowAxis.transposed(
                        Math.toIntExact(input),
                        Math.toIntExact(taps),
                        window.strides().length == 0 ? 1 : window.strides()[i],
                        window.dilations().length == 0 ? 1 : window.dilations()[i],
                        window.autoPad(),
                        window.pads().length == 0 ? 0 : window.pads()[i],
                        window.pads().length == 0 ? 0 : window.pads()[i + axes],
                        outputPadding.length == 0 ? 0 : outputPadding[i],
                        -1)
                .input();
    }

    /** Prepares constant weights; {@code null} when weights or bias are not constant. */
    public Prepacks.@Nullable Packed prepack(ShapeContext context) {
        Tensor w = context.constant(W);
        Tensor b = context.constant(B);
        if (w == null || context.hasInput(B) && b == null || w.type() == DataType.DOUBLE || w.size() == 0) {
            return null;
        }
        return new Prepacks.Packed(layer(w, b), b == null ? Set.of(W) : Set.of(W, B));
    }

    private Layer layer(Tensor w, @Nullable Tensor b) {
        int[] input = w.shape().toArray();
        input[1] = input[0];
        input[0] = 1;
        int[] none = new int[0];
        ConvGeometry any = ConvGeometry.transposed(
                input, w.shape().toArray(), group, AutoPad.NOTSET, none, none, none, none, none);
        float[] weights = w.toFloatArray();
        float[] bias = b == null ? null : b.toFloatArray();
        return channelsLast
                ? new Layer(w.shape(), null, new ConvTransposeNhwc(any, weights, 0, bias, 0, activation))
                : new Layer(w.shape(), new ConvTranspose(any, weights, 0, bias, 0, activation), null);
    }

    /** Computes output 0. */
    public void run(OpContext context) {
        if (context.input(X) instanceof DoubleTensor x) {
            runDouble(context, x);
            return;
        }
        FloatTensor x = (FloatTensor) context.input(X);
        Layer layer =
                context.packed() instanceof Layer packed ? packed : layer(context.input(W), context.optionalInput(B));
        ConvGeometry g = geometry(x.shape(), layer.weights);
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, shape(g));
        long macs = (long) g.outputSize() * g.depth();
        if (layer.last instanceof ConvTransposeNhwc kernel) {
            context.kernel("convtranspose-nhwc");
            int rows = kernel.rows(g);
            context.parallel(
                    rows,
                    macs / MACS_PER_NANO / Math.max(1, rows),
                    (from, to, scratch) -> kernel.run(
                            g,
                            x.array(),
                            x.offset(),
                            y.array(),
                            y.offset(),
                            scratch.floats(kernel.scratchSize(g)),
                            Scratch.START,
                            from,
                            to));
        } else if (layer.first instanceof ConvTranspose kernel) {
            context.kernel("convtranspose-nchw");
            int units = kernel.units(g);
            context.parallel(
                    units,
                    macs / MACS_PER_NANO / Math.max(1, units),
                    (from, to, scratch) -> kernel.run(
                            g,
                            x.array(),
                            x.offset(),
                            y.array(),
                            y.offset(),
                            scratch.floats(kernel.scratchSize(g)),
                            Scratch.START,
                            from,
                            to));
        }
    }

    private void runDouble(OpContext context, DoubleTensor x) {
        DoubleTensor w = (DoubleTensor) context.input(W);
        DoubleTensor b = (DoubleTensor) context.optionalInput(B);
        ConvGeometry g = geometry(x.shape(), w.shape());
        DoubleTensor y = (DoubleTensor) context.output(0, DataType.DOUBLE, shape(g));
        context.kernel("convtranspose-f64");
        context.parallel(
                1,
                (long) g.outputSize() * g.depth(),
                (from, to, scratch) -> ConvTranspose.run(
                        g,
                        x.array(),
                        x.offset(),
                        w.array(),
                        w.offset(),
                        b == null ? null : b.array(),
                        b == null ? 0 : b.offset(),
                        y.array(),
                        y.offset()));
    }

    private ConvGeometry geometry(Shape x, Shape w) {
        int[] input = x.toArray();
        if (channelsLast) {
            input = new int[] {input[0], input[3], input[1], input[2]};
        }
        return ConvGeometry.transposed(
                input,
                w.toArray(),
                group,
                window.autoPad(),
                window.strides(),
                window.pads(),
                window.dilations(),
                outputPadding,
                outputShape);
    }

    /** The output's shape: the input side of the convolution that this is the adjoint of. */
    private Shape shape(ConvGeometry g) {
        int[] dims = new int[g.rank() + 2];
        dims[0] = g.batch();
        dims[channelsLast ? g.rank() + 1 : 1] = g.inChannels();
        for (int i = 0; i < g.rank(); i++) {
            dims[channelsLast ? i + 1 : i + 2] = g.axis(i).input();
        }
        return Shape.of(dims);
    }
}
