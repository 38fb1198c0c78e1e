package org.lanewise.runtime.ops.nn;

import org.lanewise.kernels.gemm.GemmDouble;
import org.lanewise.kernels.gemm.GemmInteger;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Matrix products in {@code double} and in integers, which wrap around. */
final class GenericProduct {
    private GenericProduct() {}

    /** Computes {@code c}, a product of these shapes, split by rows. */
    static void run(OpContext context, Tensor a, Tensor b, Tensor c, MatrixShapes shapes) {
        context.kernel("matmul-" + a.type().onnxName() + "-rows");
        int m = shapes.m();
        int k = shapes.k();
        int n = shapes.n();
        context.parallel(shapes.batch().size() * m, (long) k * n, (from, to, scratch) -> {
            for (int row = from; row < to; ) {
                int batch = row / m;
                int rowTo = Math.min(to, (batch + 1) * m);
                rows(
                        a,
                        a.offset() + shapes.aIndex(batch) * m * k,
                        b,
                        b.offset() + shapes.bIndex(batch) * k * n,
                        c,
                        c.offset() + batch * m * n,
                        shapes,
                        row - batch * m,
                        rowTo - batch * m);
                row = rowTo;
            }
        });
    }

    private static void rows(
            Tensor a, int aAt, Tensor b, int bAt, Tensor c, int cAt, MatrixShapes shapes, int rowFrom, int rowTo) {
        int k = shapes.k();
        int n = shapes.n();
        switch (c) {
            case DoubleTensor out ->
                GemmDouble.run(
                        ((DoubleTensor) a).array(),
                        aAt,
                        k,
                        1,
                        ((DoubleTensor) b).array(),
                        bAt,
                        n,
                        1,
                        k,
                        n,
                        out.array(),
                        cAt,
                        n,
                        rowFrom,
                        rowTo,
                        false);
            case IntTensor out ->
                GemmInteger.run(
                        ((IntTensor) a).array(),
                        aAt,
                        k,
                        1,
                        ((IntTensor) b).array(),
                        bAt,
                        n,
                        1,
                        k,
                        n,
                        out.array(),
                        cAt,
                        n,
                        rowFrom,
                        rowTo);
            case LongTensor out ->
                GemmInteger.run(
                        ((LongTensor) a).array(),
                        aAt,
                        k,
                        1,
                        ((LongTensor) b).array(),
                        bAt,
                        n,
                        1,
                        k,
                        n,
                        out.array(),
                        cAt,
                        n,
                        rowFrom,
                        rowTo);
            default ->
                throw new IllegalArgumentException(
                        "no matrix product of " + c.type().onnxName() + " is defined");
        }
    }
}
