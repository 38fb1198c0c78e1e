package org.lanewise.runtime.ops.quant;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.quant.Quantize;
import org.lanewise.kernels.quant.Requantization;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = saturate(round(xScale wScale / yScale (conv(x - xZero, w - wZero) + bias)) + yZero)} for bytes; attributes as in {@code Conv}. Scale and zero point of w are one for
 * all or one for each output channel; the bias is {@code INT32} of scale {@code xScale wScale}. ONNX {@code QLinearConv}-10, {@code com.microsoft.QLinearConv}-1.
 *
 * @param convolution the attributes
 * @param channelsLast whether x and y are (N, I1..Ir, C); (N, C, I1..Ir) otherwise. Weights are (M, C / group, K1..Kr) in both
 */
public record QLinearConv(ByteConvolution convolution, boolean channelsLast) implements Operator, Prepacks {
    private static final int X_SCALE = 1;
    private static final int X_ZERO = 2;
    private static final int W = 3;
    private static final int W_SCALE = 4;
    private static final int W_ZERO = 5;
    private static final int Y_SCALE = 6;
    private static final int Y_ZERO = 7;
    private static final int BIAS = 8;

    /** From a node. */
    public static QLinearConv create(NodeSpec spec) {
        spec.inputs(8, 9);
        return new QLinearConv(ByteConvolution.read(spec), false);
    }

    /** From a node of {@code com.microsoft}, version 1, which may have its channels last. */
    public static QLinearConv createContrib(NodeSpec spec) {
        spec.inputs(8, 9);
        return new QLinearConv(ByteConvolution.read(spec), spec.flag("channels_last", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.same(context, X_ZERO, 0);
        Types.same(context, W_ZERO, W);
        for (int scale : new int[] {X_SCALE, W_SCALE, Y_SCALE}) {
            Types.check(context, scale, EnumSet.of(DataType.FLOAT));
        }
        if (context.inputCount() > BIAS && context.hasInput(BIAS)) {
            Types.check(context, BIAS, EnumSet.of(DataType.INT32));
        }
        Types.check(context, 0, QuantizedTypes.BYTES);
        Types.check(context, W, QuantizedTypes.BYTES);
        PartialShape x = context.inputShape(0);
        boolean moves = channelsLast && x.isRanked() && x.rank() > 2;
        PartialShape y = convolution.infer(
                moves ? PartialShape.of(moved(x.toArray(), x.rank() - 1, 1)) : x, context.inputShape(W));
        boolean back = channelsLast && y.isRanked() && y.rank() > 2;
        context.output(
                0,
                Types.check(context, Y_ZERO, QuantizedTypes.BYTES),
                back ? PartialShape.of(moved(y.toArray(), 1, y.rank() - 1)) : y);
    }

    /** Dimensions with dimension {@code from} moved to {@code to}. */
    private static long[] moved(long[] dims, int from, int to) {
        long[] result = dims.clone();
        int step = from < to ? 1 : -1;
        for (int i = from; i != to; i += step) {
            result[i] = dims[i + step];
        }
        result[to] = dims[from];
        return result;
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        for (int i = X_SCALE; i < context.inputCount(); i++) {
            if (context.hasInput(i) && context.constant(i) == null) {
                return null;
            }
        }
        Tensor w = constant(context, W);
        if (!ByteConvLayer.fits(w.shape())) {
            return null;
        }
        boolean biased = context.inputCount() > BIAS && context.hasInput(BIAS);
        float[] scales = constant(context, W_SCALE).toFloatArray();
        float xScale = (float) constant(context, X_SCALE).scalarDouble();
        float yScale = (float) constant(context, Y_SCALE).scalarDouble();
        for (int i = 0; i < scales.length; i++) {
            scales[i] = xScale * scales[i] / yScale;
        }
        Tensor yZero = constant(context, Y_ZERO);
        Requantization end = Requantization.of(
                w.shape().dim(0),
                scales,
                biased ? constant(context, BIAS).toIntArray() : null,
                (int) yZero.scalarLong(),
                yZero.type().isUnsigned());
        ByteConvLayer layer = ByteConvLayer.of(
                convolution,
                context.inputType(0),
                (int) constant(context, X_ZERO).scalarLong(),
                w,
                constant(context, W_ZERO).toIntArray(),
                end);
        return new Packed(layer, biased ? Set.of(W, W_ZERO, BIAS) : Set.of(W, W_ZERO));
    }

    private static Tensor constant(ShapeContext context, int i) {
        return Objects.requireNonNull(context.constant(i));
    }

    private Shape output(ConvGeometry g, int rank) {
        long[] dims = Shape.of(g.outputShape()).toLongArray();
        if (dims.length > rank) { // one axis, run as an image of one row
            dims = new long[] {dims[0], dims[1], dims[3]};
        }
        return Shape.of(channelsLast ? moved(dims, 1, dims.length - 1) : dims);
    }

    @Override
    public void run(OpContext context) {
        ByteTensor given = (ByteTensor) context.input(0);
        if (context.packed() instanceof ByteConvLayer layer) {
            ConvGeometry g = layer.geometry(given.shape(), channelsLast);
            DataType type = context.input(Y_ZERO).type();
            ByteTensor y =
                    (ByteTensor) context.output(0, type, output(g, given.shape().rank()));
            layer.run(context, g, given, y, channelsLast);
            return;
        }
        ByteTensor x = channelsLast ? planes(given) : given;
        Tensor w = context.input(W);
        Tensor yZero = context.input(Y_ZERO);
        ConvGeometry g = convolution.geometry(x.shape().toArray(), w.shape().toArray());
        ByteTensor y = (ByteTensor) context.output(0, yZero.type(), output(g, g.outputShape().length));
        float xScale = (float) context.input(X_SCALE).scalarDouble();
        float yScale = (float) context.input(Y_SCALE).scalarDouble();
        float[] wScales = context.input(W_SCALE).toFloatArray();
        int channels = g.outChannels();
        Tensor biasInput = context.inputCount() > BIAS ? context.optionalInput(BIAS) : null;
        int[] bias = biasInput == null ? new int[channels] : biasInput.toIntArray();
        if (bias.length != channels || wScales.length != 1 && wScales.length != channels) {
            throw new IllegalArgumentException("bias has " + bias.length + " values and the weights " + wScales.length
                    + " scales, expected " + channels + " as there are output channels");
        }
        int zero = (int) yZero.scalarLong();
        boolean unsigned = yZero.type().isUnsigned();
        int[] sums = new int[g.outputSize()];
        byte[] out = channelsLast ? new byte[g.outputSize()] : y.array();
        int outOffset = channelsLast ? 0 : y.offset();
        Tensor wZero = context.input(W_ZERO);
        convolution.run(context, g, x, context.input(X_ZERO), w, wZero, sums, 0, (channel, start, pixels) -> {
            for (int i = start; i < start + pixels; i++) {
                sums[i] += bias[channel];
            }
            float scale = xScale * wScales[wScales.length == 1 ? 0 : channel] / yScale;
            Quantize.rescale(sums, start, out, outOffset + start, pixels, scale, zero, unsigned);
            if (channelsLast && pixels > 0) {
                int to = y.offset() + start / pixels / channels * pixels * channels + channel;
                for (int i = 0; i < pixels; i++) {
                    y.array()[to + i * channels] = out[start + i];
                }
            }
        });
    }

    /** (N, I1..Ir, C) as (N, C, I1..Ir). */
    private static ByteTensor planes(ByteTensor x) {
        Shape shape = x.shape();
        int channels = shape.dim(-1);
        int pixels = shape.sizeBetween(1, shape.rank() - 1);
        byte[] values = new byte[x.size()];
        for (int n = 0; n < shape.dim(0); n++) {
            for (int p = 0; p < pixels; p++) {
                for (int c = 0; c < channels; c++) {
                    values[(n * channels + c) * pixels + p] = x.get((n * pixels + p) * channels + c);
                }
            }
        }
        return new ByteTensor(x.type(), Shape.of(moved(shape.toLongArray(), shape.rank() - 1, 1)), values, 0);
    }
}
