package org.lanewise.runtime.ops.fused.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.conv.AutoPad;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.fused.ActivationAttributes;
import org.lanewise.runtime.ops.nn.ConvForm;
import org.lanewise.runtime.ops.nn.ConvRunner;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * The convolution of bytes X with constant bytes W, summed exactly in {@code INT32}, with one of two ends:
 *
 * <ul>
 *   <li>in bytes: {@code Y = clamp(round(xScale wScale[m] / yScale sum + bias[m]) + yZero, low, high)}, ties to even;
 *   <li>in fp32, where the scale of Y is absent: {@code Y = activation(xScale wScale[m] sum + bias[m] + Z)}.
 * </ul>
 *
 * <p>{@code org.lanewise.QConv}, made by passes. Inputs as in {@code QLinearConv}: X {@code (N, H, W, C)} or {@code (N, L, C)}, its scale and zero point, W (M, C/group, K...), its scales and zero points, Y's scale and zero point; then
 * the bias (M), {@code FLOAT} or, in steps of {@code xScale wScale[m]}, {@code INT32}; then Z of the shape of Y. The attributes of {@code Conv}, and {@code channels_last}, which must be 1.
 *
 * @param runner the attributes of the convolution and what an end in fp32 applies
 * @param range what bytes are cut off at
 */
public record QConv(ConvRunner runner, ByteRange range) implements Operator, Prepacks, Repeatable {
    private static final int RESIDUAL = 9;

    /** From a node. */
    public static QConv create(NodeSpec spec) {
        spec.inputs(6, RESIDUAL + 1);
        if (!spec.flag("channels_last", false)) {
            throw spec.refuse("channels_last is 0, expected 1");
        }
        Activation activation = ActivationAttributes.read(spec);
        return new QConv(
                ConvRunner.read(spec, new ConvForm(true, false, false, false, null), activation), ByteRange.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = ProductParameters.check(context);
        context.output(
                0,
                type,
                runner.infer(context.inputShape(0), context.inputShape(ProductParameters.W), PartialShape.unranked()));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        ProductParameters parameters = ProductParameters.read(context, 0);
        boolean added = context.inputCount() > RESIDUAL && context.hasInput(RESIDUAL);
        ProductEnd end = ProductEnd.of(parameters, range, runner.activation(), added);
        ConvGeometry declared = runner.declared(context, parameters.w().shape());
        return new Packed(
                new QConvLayer(parameters, runner, end, context.inputType(0), declared), parameters.consumed());
    }

    /** Whether it may be part of a {@link QConvChain}: an image, with an end in bytes, and fp32 holds its sums exactly. */
    public boolean isExact(ShapeContext context) {
        if (context.inputCount() > RESIDUAL
                || context.inputShape(ProductParameters.W).rank() != 4
                || runner.window().autoPad() != AutoPad.NOTSET) {
            return false;
        }
        return QConvChain.exactEnd(ProductParameters.read(context, 0), runner, range) != null;
    }

    @Override
    public void run(OpContext context) {
        ByteTensor x = (ByteTensor) context.input(0);
        if (!(context.packed() instanceof QConvLayer layer)) {
            throw new IllegalStateException("runs only with packed weights");
        }
        QConvLayer.Sizes sizes = layer.sizes(x.shape());
        FloatTensor residual = context.inputCount() > RESIDUAL ? (FloatTensor) context.optionalInput(RESIDUAL) : null;
        layer.run(context, sizes.geometry(), x, context.output(0, layer.outputType(), sizes.output()), residual);
    }
}
