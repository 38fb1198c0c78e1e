package org.lanewise.runtime.ops.fused.quant;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.fused.ActivationAttributes;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.shape.Expand;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The product of bytes A (..., K) with a constant matrix B (K, N), summed exactly in {@code INT32}, with one of two ends:
 *
 * <ul>
 *   <li>in bytes: {@code Y = clamp(round(aScale bScale[n] / yScale sum + bias[n]) + yZero, low, high)}, ties to even;
 *   <li>in fp32, where the scale of Y is absent: {@code Y = activation(aScale bScale[n] sum + bias[n] + Z)}.
 * </ul>
 *
 * <p>{@code org.lanewise.QMatMul}, made by passes. Inputs as in {@code QLinearMatMul}, A, its scale and zero point, B, its scales and zero points, Y's scale and zero point; then bias (N), {@code FLOAT} or, in steps of
 * {@code aScale bScale[n]}, {@code INT32}; then Z of the shape of Y. With an end in fp32, scale and zero point of A may be computed in the run.
 *
 * @param range what bytes are cut off at
 * @param activation what an end in fp32 applies
 */
public record QMatMul(ByteRange range, Activation activation) implements Operator, Prepacks, Repeatable {
    private static final int RESIDUAL = 9;

    /** From a node. */
    public static QMatMul create(NodeSpec spec) {
        spec.inputs(6, RESIDUAL + 1);
        return new QMatMul(ByteRange.read(spec), ActivationAttributes.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = ProductParameters.check(context);
        PartialShape product = MatrixShapes.infer(context.inputShape(0), context.inputShape(ProductParameters.W));
        boolean added = context.inputCount() > RESIDUAL && context.hasInput(RESIDUAL);
        context.output(0, type, added ? PartialShape.broadcast(product, context.inputShape(RESIDUAL)) : product);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        ProductParameters parameters = ProductParameters.read(context, 1);
        boolean added = context.inputCount() > RESIDUAL && context.hasInput(RESIDUAL);
        ProductEnd end = ProductEnd.of(parameters, range, activation, added);
        return new Packed(QProduct.of(parameters, end, context.inputType(0)), parameters.consumed());
    }

    @Override
    public void run(OpContext context) {
        ByteTensor a = (ByteTensor) context.input(0);
        if (!(context.packed() instanceof QProduct product)) {
            throw new IllegalStateException("runs only with packed weights");
        }
        Shape shape = MatrixShapes.of(
                        a.shape(), Shape.of(product.b().k(), product.b().n()))
                .output();
        FloatTensor residual = context.inputCount() > RESIDUAL ? (FloatTensor) context.optionalInput(RESIDUAL) : null;
        if (residual != null && !residual.shape().equals(shape)) {
            // Shapes that were not known when the graph was rewritten turn out to broadcast: rare, so repeat what is
            // smaller
            shape = Shape.broadcast(shape, residual.shape());
            a = (ByteTensor)
                    Expand.expanded(context, a, shape.with(-1, product.b().k()));
            residual = (FloatTensor) Expand.expanded(context, residual, shape);
        }
        Tensor y = context.output(0, product.end().type(), shape);
        product.run(context, a, shape.sizeBetween(0, shape.rank() - 1), y, residual);
    }
}
