package org.lanewise.runtime.ops.quant;

import java.util.EnumSet;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.quant.Quantize;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = saturate(round(xScale wScale / yScale (conv(x - xZero, w - wZero) + bias)) + yZero)} for bytes; attributes as in {@code Conv}. Scale and zero point of w are one for
 * all or one for each output channel; the bias is {@code INT32} of scale {@code xScale wScale}. ONNX {@code QLinearConv}-10.
 *
 * @param convolution the attributes
 */
public record QLinearConv(ByteConvolution convolution) implements Operator {
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
        return new QLinearConv(ByteConvolution.read(spec));
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
        context.output(0, Types.check(context, Y_ZERO, QuantizedTypes.BYTES), convolution.infer(context, 0, W));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Tensor w = context.input(W);
        Tensor yZero = context.input(Y_ZERO);
        ConvGeometry g = convolution.geometry(x.shape().toArray(), w.shape().toArray());
        ByteTensor y = (ByteTensor) context.output(0, yZero.type(), Shape.of(g.outputShape()));
        float xScale = (float) context.input(X_SCALE).scalarDouble();
        float yScale = (float) context.input(Y_SCALE).scalarDouble();
        float[] wScales = context.input(W_SCALE).toFloatArray();
        Tensor biasInput = context.inputCount() > BIAS ? context.optionalInput(BIAS) : null;
        int[] bias = biasInput == null ? new int[g.outChannels()] : biasInput.toIntArray();
        if (bias.length != g.outChannels() || wScales.length != 1 && wScales.length != g.outChannels()) {
            throw new IllegalArgumentException("bias has " + bias.length + " values and the weights " + wScales.length
                    + " scales, expected " + g.outChannels() + " as there are output channels");
        }
        int zero = (int) yZero.scalarLong();
        boolean unsigned = yZero.type().isUnsigned();
        int[] sums = new int[g.outputSize()];
        convolution.run(
                context, g, x, context.input(X_ZERO), w, context.input(W_ZERO), sums, 0, (channel, start, pixels) -> {
                    for (int i = start; i < start + pixels; i++) {
                        sums[i] += bias[channel];
                    }
                    float scale = xScale * wScales[wScales.length == 1 ? 0 : channel] / yScale;
                    Quantize.rescale(sums, start, y.array(), y.offset() + start, pixels, scale, zero, unsigned);
                });
    }
}
