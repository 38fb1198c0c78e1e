package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.FloatProduct;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.shape.Transpose;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = alpha A' B'}, a matrix product as ONNX {@code MatMul} where A and B may be given with their last two axes exchanged. {@code com.microsoft.FusedMatMul}-1, and {@code TransposeMatMul}-1, its old name.
 *
 * @param alpha factor of the product
 * @param transA whether the matrices of A are given transposed
 * @param transB whether the matrices of B are given transposed
 */
public record FusedMatMul(float alpha, boolean transA, boolean transB) implements Operator, Prepacks, ComputesInFloat {
    /** From a node. */
    public static FusedMatMul create(NodeSpec spec) {
        spec.inputs(2, 2);
        Checks.off(spec, "transBatchA");
        Checks.off(spec, "transBatchB");
        return new FusedMatMul(spec.floatAttribute("alpha", 1), spec.flag("transA", false), spec.flag("transB", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        Types.same(context, 1, 0);
        context.output(
                0,
                type,
                MatrixShapes.infer(exchanged(context.inputShape(0), transA), exchanged(context.inputShape(1), transB)));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        Tensor b = context.constant(1);
        if (b == null || b.shape().rank() != 2) {
            return null;
        }
        int k = b.shape().dim(transB ? 1 : 0);
        int n = b.shape().dim(transB ? 0 : 1);
        return new Packed(PackedB.pack(b.toFloatArray(), 0, b.shape().dim(1), transB, k, n, alpha), Set.of(1));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor a = (FloatTensor) exchanged(context, context.input(0), transA);
        if (context.packed() instanceof PackedB packed) {
            MatrixShapes shapes = MatrixShapes.of(a.shape(), Shape.of(packed.k(), packed.n()));
            FloatTensor out = (FloatTensor) context.output(0, DataType.FLOAT, shapes.output());
            FloatProduct.run(context, a, shapes.batch().size() * shapes.m(), packed, out, null, Epilogue.NONE);
            return;
        }
        FloatTensor b = (FloatTensor) exchanged(context, context.input(1), transB);
        MatrixShapes shapes = MatrixShapes.of(a.shape(), b.shape());
        FloatTensor out = (FloatTensor) context.output(0, DataType.FLOAT, shapes.output());
        FloatProduct.runBatched(context, a, b, out, shapes, alpha);
    }

    private static PartialShape exchanged(PartialShape shape, boolean trans) {
        return trans && shape.rank() >= 2 ? shape.with(-1, shape.dim(-2)).with(-2, shape.dim(-1)) : shape;
    }

    private static Tensor exchanged(OpContext context, Tensor t, boolean trans) {
        int rank = t.shape().rank();
        if (!trans || rank < 2) {
            return t;
        }
        long[] order = new long[rank];
        Arrays.setAll(order, i -> i < rank - 2 ? i : 2L * rank - 3 - i);
        return InnerContext.run(context, new Transpose(order), t);
    }
}
