package org.lanewise.runtime.ops.fused;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.sparse.SparseForm;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.ConstantProduct;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.nn.SparseAttribute;
import org.lanewise.runtime.ops.nn.SparseMatrix;
import org.lanewise.runtime.ops.nn.SparseProduct;
import org.lanewise.runtime.ops.shape.Expand;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = activation(A * B + bias + Z)} with constant B (K, N) and bias (N), and Z of the shape of {@code A * B}, or broadcasting with it. Operator {@code MatMul} of the domain {@code org.lanewise},
 * made by the passes {@code epilogue} and {@code sparse-weights}; its attribute {@code sparse} names a {@link SparseForm} in which B may be kept for many rows.
 *
 * @param activation what is applied to the sum
 * @param sparse the form, or {@code null} where B is dense
 */
public record FusedMatMul(Activation activation, @Nullable SparseForm sparse)
        implements Operator, Prepacks, Repeatable {
    private static final int BIAS = 2;
    private static final int RESIDUAL = 3;

    /** From a node. */
    public static FusedMatMul create(NodeSpec spec) {
        spec.inputs(2, 4);
        return new FusedMatMul(ActivationAttributes.read(spec), SparseAttribute.read(spec));
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
        Set<Integer> consumed = new HashSet<>(Set.of(1));
        if (bias != null) {
            consumed.add(BIAS);
        }
        float[] added = bias == null ? null : bias.toFloatArray();
        if (sparse != null) {
            return new Packed(sparse(b.toFloatArray(), k, n, sparse, added, rows(context.inputShape(0))), consumed);
        }
        PackedB packed = PackedB.pack(b.toFloatArray(), 0, n, false, k, n);
        Epilogue epilogue = added == null ? Epilogue.of(activation) : Epilogue.biasPerColumn(added, activation);
        return new Packed(new ConstantProduct.Dense(packed, epilogue), consumed);
    }

    private SparseProduct sparse(float[] b, int k, int n, SparseForm form, float @Nullable [] bias, int rows) {
        SparseMatrix matrix = new SparseMatrix(b, n, false, k, n, form);
        return new SparseProduct(matrix, bias, activation, SparseMatrix.zeroShare(b), rows);
    }

    /** Rows of A as one matrix, -1 if they are not known before the run. */
    private static int rows(PartialShape a) {
        if (!a.isRanked()) {
            return -1;
        }
        long rows = 1;
        for (int i = 0; i < a.rank() - 1; i++) {
            if (a.dim(i) < 0) {
                return -1;
            }
            rows *= a.dim(i);
        }
        return (int) Math.min(rows, Integer.MAX_VALUE);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor a = (FloatTensor) context.input(0);
        if (!(context.packed() instanceof ConstantProduct product)) {
            throw new IllegalStateException("runs only with packed weights");
        }
        int k = product.k();
        Shape shape = MatrixShapes.of(a.shape(), Shape.of(k, product.n())).output();
        FloatTensor residual = (FloatTensor) context.optionalInput(RESIDUAL);
        if (residual != null && !residual.shape().equals(shape)) {
            // Shapes that were not known when the graph was rewritten turn out to broadcast: rare, so repeat what is
            // smaller.
            shape = Shape.broadcast(shape, residual.shape());
            a = (FloatTensor) Expand.expanded(context, a, shape.with(-1, k));
            residual = (FloatTensor) Expand.expanded(context, residual, shape);
        }
        FloatTensor out = (FloatTensor) context.output(0, DataType.FLOAT, shape);
        product.run(context, a, shape.sizeBetween(0, shape.rank() - 1), out, residual);
    }
}
