package org.lanewise.runtime.ops.nn;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Matrix product as {@code numpy.matmul}: {@code Y[..., m, n] = sum over k of A[..., m, k] * B[..., k, n]}, leading dimensions broadcast. ONNX
 * {@code MatMul}-1, 9 (integers), 13 (bfloat16).
 */
public record MatMul() implements Operator, Prepacks, ComputesInFloat, Repeatable {
    /** From a node. */
    public static MatMul create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new MatMul();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        ProductTypes.check(type, context.inputType(1));
        context.output(0, type, MatrixShapes.infer(context.inputShape(0), context.inputShape(1)));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return packedMatrix(context, 1);
    }

    /** Packs input {@code i} if it is a constant floating-point matrix. */
    static @Nullable Packed packedMatrix(ShapeContext context, int i) {
        DataType type = context.inputType(i);
        if (context.inputShape(i).rank() != 2 || !ProductTypes.runsInFloat(type)) {
            return null;
        }
        Tensor b = context.constant(i);
        if (b == null) {
            return null;
        }
        int k = b.shape().dim(0);
        int n = b.shape().dim(1);
        return new Packed(PackedB.pack(b.toFloatArray(), 0, n, false, k, n), Set.of(i));
    }

    @Override
    public void run(OpContext context) {
        Tensor a = context.input(0);
        if (context.packed() instanceof PackedB packed) {
            MatrixShapes shapes = MatrixShapes.of(a.shape(), Shape.of(packed.k(), packed.n()));
            FloatTensor out = (FloatTensor) context.output(0, DataType.FLOAT, shapes.output());
            FloatProduct.run(
                    context, (FloatTensor) a, shapes.batch().size() * shapes.m(), packed, out, null, Epilogue.NONE);
            return;
        }
        Tensor b = context.input(1);
        multiply(
                context,
                a,
                b,
                context.output(
                        0, a.type(), MatrixShapes.of(a.shape(), b.shape()).output()));
    }

    /** Writes the product of {@code a} and {@code b} to {@code out}: for operators that are built on products. */
    public static void multiply(OpContext context, Tensor a, Tensor b, Tensor out) {
        MatrixShapes shapes = MatrixShapes.of(a.shape(), b.shape());
        if (a instanceof FloatTensor left && b instanceof FloatTensor right && out instanceof FloatTensor result) {
            FloatProduct.runBatched(context, left, right, result, shapes, 1);
        } else {
            GenericProduct.run(context, a, b, out, shapes);
        }
    }
}
