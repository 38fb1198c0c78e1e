package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvDouble;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.kernels.conv.PointwisePlanes;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.shape.Expand;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * What the convolution operators share: inputs X, W and optional B, in either layout, with an activation and a residual after the sums.
 *
 * @param window kernel, strides, pads, dilations
 * @param group number of groups
 * @param form the layout and what else passes decide
 * @param activation applied to the output
 */
public record ConvRunner(WindowAttributes window, int group, ConvForm form, Activation activation) {
    private static final int X = 0;
    private static final int W = 1;
    private static final int B = 2;

    /** From so many pixels on, the fastest form of a product does not depend on the batch. */
    private static final int LEAST_PIXELS = 32;

    /** Reads the attributes of ONNX {@code Conv}. */
    public static ConvRunner read(NodeSpec spec, ConvForm form, Activation activation) {
        long group = spec.intAttribute("group", 1);
        if (group < 1 || group > Integer.MAX_VALUE) {
            throw spec.refuse("group is " + group + ", expected at least 1");
        }
        return new ConvRunner(WindowAttributes.read(spec, true), (int) group, form, activation);
    }

    /** Checks the inputs and sets output 0. */
    public void inferShapes(ShapeContext context) {
        context.output(0, context.inputType(X), infer(context));
    }

    /** Checks the inputs; returns what is known of the convolution's shape. */
    public PartialShape infer(ShapeContext context) {
        DataType type = context.inputType(X);
        boolean plain = !form.channelsLast() && activation.kind() == Activation.Kind.NONE;
        switch (type) {
            case FLOAT, FLOAT16, BFLOAT16 -> {}
            case DOUBLE -> {
                if (!plain) {
                    throw new IllegalArgumentException(
                            "a fused or channels-last convolution of double is not supported");
                }
            }
            default -> throw new IllegalArgumentException("no convolution of " + type.onnxName() + " is defined");
        }
        if (context.inputType(W) != type || context.hasInput(B) && context.inputType(B) != type) {
            throw new IllegalArgumentException("inputs have different types, expected all as X: " + type.onnxName());
        }
        return infer(
                context.inputShape(X),
                context.inputShape(W),
                context.hasInput(B) ? context.inputShape(B) : PartialShape.unranked());
    }

    /**
     * Checks the shapes of X, W and B; returns what is known of the convolution's.
     *
     * @param b unranked where there is no bias
     */
    public PartialShape infer(PartialShape input, PartialShape w, PartialShape b) {
        PartialShape x = input;
        if (!x.isRanked() && w.isRanked()) {
            x = PartialShape.ofRank(w.rank());
        }
        window.checkRank(x);
        if (!x.isRanked()) {
            return PartialShape.unranked();
        }
        checkChannels(x, w, b);
        return PartialShape.of(outputDims(x, w));
    }

    private void checkChannels(PartialShape x, PartialShape w, PartialShape b) {
        if (form.channelsLast() && x.rank() != 4 && (x.rank() != 3 || form.planarInput() || form.planarOutput())) {
            throw new IllegalArgumentException("input X has shape " + x + ", expected "
                    + (form.planarInput() ? "(N, C, H, W)" : "(N, H, W, C) or (N, L, C)"));
        }
        if (!w.isRanked()) {
            return;
        }
        if (w.rank() != x.rank()) {
            throw new IllegalArgumentException("input W has shape " + w + ", expected rank " + x.rank() + " as X " + x);
        }
        long channels = x.dim(form.lastInput() ? x.rank() - 1 : 1);
        if (channels >= 0 && w.dim(1) >= 0 && channels != w.dim(1) * group) {
            throw new IllegalArgumentException("input W has " + w.dim(1) + " channels, expected C/group = " + channels
                    + "/" + group + (channels % group == 0 ? " = " + channels / group : ""));
        }
        long out = w.dim(0);
        if (out >= 0 && out % group != 0) {
            throw new IllegalArgumentException(
                    "input W has " + out + " filters, expected a multiple of group = " + group);
        }
        if (b.isRanked() && (b.rank() != 1 || b.dim(0) >= 0 && out >= 0 && b.dim(0) != out)) {
            throw new IllegalArgumentException("input B has shape " + b + ", expected [" + (out < 0 ? "M" : out) + "]");
        }
        for (int i = 0; i < window.kernel().length; i++) {
            if (w.dim(i + 2) >= 0 && w.dim(i + 2) != window.kernel()[i]) {
                throw new IllegalArgumentException("input W has shape " + w + ", expected kernel_shape "
                        + Arrays.toString(window.kernel()) + " at its end");
            }
        }
    }

    private long[] outputDims(PartialShape x, PartialShape w) {
        int axes = x.rank() - 2;
        long[] dims = new long[x.rank()];
        dims[0] = x.dim(0);
        dims[form.lastOutput() ? axes + 1 : 1] = w.isRanked() ? w.dim(0) : PartialShape.UNKNOWN;
        for (int i = 0; i < axes; i++) {
            long taps = window.kernel().length != 0
                    ? window.kernel()[i]
                    : w.isRanked() ? w.dim(i + 2) : PartialShape.UNKNOWN;
            dims[form.lastOutput() ? i + 1 : i + 2] =
                    window.outputSize(i, axes, x.dim(form.lastInput() ? i + 1 : i + 2), taps, false);
        }
        return dims;
    }

    /** Prepares constant weights; {@code null} when weights or bias are not constant. */
    public Prepacks.@Nullable Packed prepack(ShapeContext context) {
        Tensor w = context.constant(W);
        Tensor b = context.constant(B);
        if (w == null || context.hasInput(B) && b == null || w.type() == DataType.DOUBLE || w.size() == 0) {
            return null;
        }
        FloatTensor weights = inFloat(w);
        FloatTensor bias = b == null ? null : inFloat(b);
        if (form.sparse() != null && isProduct(w.shape())) {
            ConvLayer product = new SparseProductLayer(w.shape(), this, weights, bias, pixels(context, w.shape()));
            return new Prepacks.Packed(product, b == null ? Set.of(W) : Set.of(W, B));
        }
        if (form.sparse() != null && !form.channelsLast()) {
            if (!isPointwise(w.shape())) {
                throw new IllegalArgumentException("sparse is given for weights of shape " + w.shape()
                        + " with channels first, expected a 1x1 convolution of stride 1 without groups and pads");
            }
            ConvLayer columns = new SparseColumnsLayer(w.shape(), this, weights, bias, declared(context, w.shape()));
            return new Prepacks.Packed(columns, b == null ? Set.of(W) : Set.of(W, B));
        }
        ConvLayer layer = form.winograd() || form.sparse() != null
                ? ChosenConvLayer.of(w.shape(), this, weights, bias, declared(context, w.shape()))
                : dense(context, w.shape(), weights, bias);
        return new Prepacks.Packed(layer, b == null ? Set.of(W) : Set.of(W, B));
    }

    private ConvLayer dense(ShapeContext context, Shape w, FloatTensor weights, @Nullable FloatTensor bias) {
        ConvGeometry declared = form.lastInput() || form.lastOutput() || !isPointwise(w) ? null : declared(context, w);
        return declared != null && PointwisePlanes.suits(declared.outputPixels(), w.dim(1), w.dim(0))
                ? PointwiseLayer.of(w, this, weights, bias)
                : ConvLayer.of(w, this, weights, bias);
    }

    /** The geometry of the declared input shape, an unknown batch taken as 1; {@code null} when the image's size is not known. */
    public @Nullable ConvGeometry declared(ShapeContext context, Shape weights) {
        PartialShape x = context.inputShape(X);
        PartialShape image = x.isRanked() && x.rank() == weights.rank() && x.dim(0) < 0 ? x.with(0, 1) : x;
        return image.isKnown() ? geometry(image.toShape(), weights) : null;
    }

    /** The pixels of the declared input, -1 where they are not known, or so few that the batch decides what is fastest. */
    private int pixels(ShapeContext context, Shape weights) {
        ConvGeometry declared = declared(context, weights);
        if (declared == null) {
            return -1;
        }
        int pixels = Math.multiplyExact(declared.batch(), declared.outputPixels());
        return context.inputShape(X).isKnown() || pixels >= LEAST_PIXELS ? pixels : -1;
    }

    /** Whether a channels-last convolution with weights of shape {@code w} is one product of the pixels of X, as they lie, with a matrix. */
    public boolean isProduct(Shape w) {
        return form.lastInput() && isPointwise(w);
    }

    /** Whether a convolution with weights of shape {@code w} is one product of pixels with a matrix, in either layout. */
    public boolean isPointwise(Shape w) {
        return group == 1
                && w.size() == w.dim(0) * w.dim(1)
                && Arrays.stream(window.strides()).allMatch(stride -> stride == 1)
                && Arrays.stream(window.pads()).allMatch(pad -> pad == 0);
    }

    private static FloatTensor inFloat(Tensor tensor) {
        return tensor instanceof FloatTensor floats
                ? floats
                : new FloatTensor(DataType.FLOAT, tensor.shape(), tensor.toFloatArray(), 0);
    }

    /**
     * Computes output 0.
     *
     * @param residual added before the activation, laid out like the output, or {@code null}; it broadcasts with the convolution
     */
    public void run(OpContext context, @Nullable Tensor residual) {
        Tensor x = context.input(X);
        if (x instanceof DoubleTensor input) {
            runDouble(context, input);
            return;
        }
        ConvLayer layer = context.packed() instanceof ConvLayer packed
                ? packed
                : ConvLayer.of(context.input(W).shape(), this, (FloatTensor) context.input(W), (FloatTensor)
                        context.optionalInput(B));
        ConvLayer.Sizes sizes = layer.sizes(this, x.shape());
        Shape shape = sizes.output();
        if (residual != null && !Shape.broadcast(shape, residual.shape()).equals(shape)) {
            runRepeated(context, layer, sizes, (FloatTensor) x, residual);
            return;
        }
        layer.run(
                context,
                sizes.geometry(),
                (FloatTensor) x,
                (FloatTensor) context.output(0, DataType.FLOAT, shape),
                residual == null ? null : (FloatTensor) Expand.expanded(context, residual, shape));
    }

    /**
     * Where the residual is larger than the convolution, as shapes that the passes did not know may turn out: once for each part of the residual that has the
     * convolution's size.
     */
    private static void runRepeated(
            OpContext context, ConvLayer layer, ConvLayer.Sizes sizes, FloatTensor x, Tensor residual) {
        Shape part = sizes.output();
        Shape whole = Shape.broadcast(part, residual.shape());
        Tensor added = Expand.expanded(context, residual, whole);
        Tensor out = context.output(0, DataType.FLOAT, whole);
        FloatTensor addedPart = (FloatTensor) Tensor.allocate(DataType.FLOAT, part);
        FloatTensor outPart = (FloatTensor) Tensor.allocate(DataType.FLOAT, part);
        int[] dims = part.toArray();
        int[] strides = whole.strides();
        int parts = part.size() == 0 ? 0 : whole.size() / part.size();
        for (int i = 0; i < parts; i++) {
            int at = 0;
            int rest = i;
            for (int axis = 0; axis < dims.length; axis++) {
                int repeats = whole.dim(axis) / dims[axis];
                at += rest % repeats * strides[axis];
                rest /= repeats;
            }
            Moves.strided(context, dims, added, at, strides, addedPart, 0, part.strides());
            layer.run(context, sizes.geometry(), x, outPart, addedPart);
            Moves.strided(context, dims, outPart, 0, part.strides(), out, at, strides);
        }
    }

    private void runDouble(OpContext context, DoubleTensor x) {
        DoubleTensor w = (DoubleTensor) context.input(W);
        DoubleTensor b = (DoubleTensor) context.optionalInput(B);
        ConvGeometry geometry = geometry(x.shape(), w.shape());
        DoubleTensor y = (DoubleTensor) context.output(
                0, DataType.DOUBLE, outputShape(geometry, x.shape().rank()));
        context.kernel("conv-f64-rows");
        long cost = (long) geometry.outputPixels() * geometry.depth();
        context.parallel(
                geometry.batch() * geometry.outChannels(),
                cost,
                (from, to, scratch) -> ConvDouble.run(
                        geometry,
                        x.array(),
                        x.offset(),
                        w.array(),
                        w.offset(),
                        b == null ? null : b.array(),
                        b == null ? 0 : b.offset(),
                        y.array(),
                        y.offset(),
                        from,
                        to));
    }

    /** The output's shape, for an input of rank {@code rank}. */
    public Shape outputShape(ConvGeometry geometry, int rank) {
        int[] dims = geometry.outputShape();
        if (!form.lastOutput()) {
            return Shape.of(dims);
        }
        return rank == 3 ? Shape.of(dims[0], dims[3], dims[1]) : Shape.of(dims[0], dims[2], dims[3], dims[1]);
    }

    /** The sizes of the convolution of an input of shape {@code x} with weights of shape {@code w}. */
    public ConvGeometry geometry(Shape x, Shape w) {
        int[] input = x.toArray();
        int[] strides = window.strides();
        int[] pads = window.pads();
        int[] dilations = window.dilations();
        if (form.lastInput() && x.rank() == 3) {
            input = new int[] {input[0], input[2], 1, input[1]};
            strides = inTwoAxes(strides, 1);
            pads = pads(true);
            dilations = inTwoAxes(dilations, 1);
        } else if (form.lastInput()) {
            input = new int[] {input[0], input[3], input[1], input[2]};
        }
        int[] weights = form.channelsLast() ? inTwoAxes(w) : w.toArray();
        return ConvGeometry.of(input, weights, group, window.autoPad(), strides, pads, dilations);
    }

    /** The kernel of a channels-last convolution of these constant weights and bias; their arrays may be kept and must not change. */
    public ConvNhwc channelsLast(FloatTensor w, @Nullable FloatTensor b) {
        return new ConvNhwc(
                smallest(w.shape()),
                w.array(),
                w.offset(),
                b == null ? null : b.array(),
                b == null ? 0 : b.offset(),
                activation,
                form.planarInput(),
                form.planarOutput());
    }

    /** The pads, those of a line as those of an image of one row. */
    private int[] pads(boolean line) {
        int[] pads = window.pads();
        return !line || pads.length == 0 ? pads : new int[] {0, pads[0], 0, pads[1]};
    }

    /** Weights (M, C/group, K) as (M, C/group, 1, K): channels last, a line is an image of one row. */
    static int[] inTwoAxes(Shape w) {
        return w.rank() == 3 ? new int[] {w.dim(0), w.dim(1), 1, w.dim(2)} : w.toArray();
    }

    /** The attribute of a line as that of an image of one row; empty stays empty. */
    private static int[] inTwoAxes(int[] attribute, int ofRows) {
        return attribute.length == 0 ? attribute : new int[] {ofRows, attribute[0]};
    }

    /** A convolution with weights of shape {@code w} over an image of the size of its kernel, with the pads that are declared: what is known before there is an input. */
    public ConvGeometry smallest(Shape w) {
        boolean line = form.channelsLast() && w.rank() == 3;
        int[] weights = form.channelsLast() ? inTwoAxes(w) : w.toArray();
        int[] input = weights.clone();
        input[0] = 1;
        input[1] = Math.multiplyExact(weights[1], group);
        int[] strides = line ? inTwoAxes(window.strides(), 1) : window.strides();
        int[] dilations = line ? inTwoAxes(window.dilations(), 1) : window.dilations();
        return ConvGeometry.of(input, weights, group, AutoPad.NOTSET, strides, pads(line), dilations);
    }
}
