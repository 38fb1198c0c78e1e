package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Matrix products in {@code double} and in integers, which wrap around: rows of C as sums of rows of B. */
final class GenericProduct {
    private GenericProduct() {}

    /** Computes {@code c}, a product of these shapes, row by row. */
    static void run(OpContext context, Tensor a, Tensor b, Tensor c, MatrixShapes shapes) {
        context.kernel("matmul-" + a.type().onnxName() + "-rows");
        int m = shapes.m();
        int k = shapes.k();
        int n = shapes.n();
        context.parallel(shapes.batch().size() * m, (long) k * n, (from, to, scratch) -> {
            for (int row = from; row < to; row++) {
                int batch = row / m;
                int aRow = a.offset() + (shapes.aIndex(batch) * m + row % m) * k;
                int bAt = b.offset() + shapes.bIndex(batch) * k * n;
                int cRow = c.offset() + row * n;
                switch (c) {
                    case DoubleTensor out ->
                        row(((DoubleTensor) a).array(), aRow, ((DoubleTensor) b).array(), bAt, out.array(), cRow, k, n);
                    case IntTensor out -> row(((IntTensor) a).array(), aRow, ((IntTensor) b).array(), bAt, out.array(), cRow, k, n);
                    case LongTensor out ->
                        row(((LongTensor) a).array(), aRow, ((LongTensor) b).array(), bAt, out.array(), cRow, k, n);
                    default -> throw new IllegalArgumentException("no matrix product of " + c.type().onnxName() + " is defined");
                }
            }
        });
    }

    private static void row(double[] a, int aAt, double[] b, int bAt, double[] c, int cAt, int k, int n) {
        Arrays.fill(c, cAt, cAt + n, 0);
        for (int i = 0; i < k; i++) {
            double factor = a[aAt + i];
            for (int j = 0; j < n; j++) {
                c[cAt + j] += factor * b[bAt + i * n + j];
            }
        }
    }

    private static void row(int[] a, int aAt, int[] b, int bAt, int[] c, int cAt, int k, int n) {
        Arrays.fill(c, cAt, cAt + n, 0);
        for (int i = 0; i < k; i++) {
            int factor = a[aAt + i];
            for (int j = 0; j < n; j++) {
                c[cAt + j] += factor * b[bAt + i * n + j];
            }
        }
    }

    private static void row(long[] a, int aAt, long[] b, int bAt, long[] c, int cAt, int k, int n) {
        Arrays.fill(c, cAt, cAt + n, 0);
        for (int i = 0; i < k; i++) {
            long factor = a[aAt + i];
            for (int j = 0; j < n; j++) {
                c[cAt + j] += factor * b[bAt + i * n + j];
            }
        }
    }
}
