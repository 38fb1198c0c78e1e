package org.lanewise.runtime.ops.fused;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.FloatProduct;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.shape.Expand;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = activation(A * B + bias + Z)} with constant B (K, N) and bias (N), and Z of the shape of {@code A * B}, or broadcasting with it. Operator {@code MatMul} of the domain {@code org.lanewise},
 * made by the pass {@code epilogue}.
 *
 * @param activation what is applied to the sum
 */
public record FusedMatMul(Activation activation) implements Operator, Prepacks, Repeatable {
    private static final int BIAS = 2;
    private static final int RESIDUAL = 3;

    private record Weights(PackedB b, Epilogue epilogue) {}

    /** From a node. */
    public static FusedMatMul create(NodeSpec spec) {
        spec.inputs(2, 4);
        return new FusedMatMul(ActivationAttributes.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape product = MatrixShapes.infer(context.inputShape(0), context.inputShape(1));
        context.output(
                0,
                DataType.FLOAT,
                context.hasInput(RESIDUAL) ? PartialShape.broadcast(product, context.inputShape(RESIDUAL)) : product);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        Tensor b = context.constant(1);
        Tensor bias = context.constant(BIAS);
        if (b == null || context.hasInput(BIAS) && bias == null) {
            throw new IllegalArgumentException("B and bias must be constant");
        }
        int k = b.shape().dim(0);
        int n = b.shape().dim(1);
        PackedB packed = PackedB.pack(b.toFloatArray(), 0, n, false, k, n);
        Epilogue epilogue =
                bias == null ? Epilogue.of(activation) : Epilogue.biasPerColumn(bias.toFloatArray(), activation);
        Set<Integer> consumed = new HashSet<>(Set.of(1));
        if (bias != null) {
            consumed.add(BIAS);
        }
        return new Packed(new Weights(packed, epilogue), consumed);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor a = (FloatTensor) context.input(0);
        if (!(context.packed() instanceof Weights weights)) {
            throw new IllegalStateException("runs only with packed weights");
        }
        int k = weights.b.k();
        int n = weights.b.n();
        Shape shape = MatrixShapes.of(a.shape(), Shape.of(k, n)).output();
        FloatTensor residual = (FloatTensor) context.optionalInput(RESIDUAL);
        if (residual != null && !residual.shape().equals(shape)) {
            // Shapes that were not known when the graph was rewritten turn out to broadcast: rare, so repeat what is
            // smaller.
            shape = Shape.broadcast(shape, residual.shape());
            a = (FloatTensor) Expand.expanded(context, a, shape.with(-1, k));
            residual = (FloatTensor) Expand.expanded(context, residual, shape);
        }
        FloatTensor out = (FloatTensor) context.output(0, DataType.FLOAT, shape);
        FloatProduct.run(
                context, a, shape.sizeBetween(0, shape.rank() - 1), weights.b, out, residual, weights.epilogue);
    }
}
