package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** {@code Y = X^-1} for square matrices (..., n, n), computed in double by elimination with the largest pivot of a column. A singular matrix gives infinities or NaN. {@code com.microsoft.Inverse}-1. */
public record Inverse() implements Operator {
    /** From a node. */
    public static Inverse create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Inverse();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        PartialShape x = context.inputShape(0);
        boolean square = !x.isRanked() || x.rank() >= 2 && (x.dim(-1) < 0 || x.dim(-2) < 0 || x.dim(-1) == x.dim(-2));
        if (!square) {
            throw new IllegalArgumentException("X has shape " + x + ", expected square matrices");
        }
        context.output(0, type, x);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int rank = x.shape().rank();
        if (rank < 2 || x.shape().dim(-1) != x.shape().dim(-2)) {
            throw new IllegalArgumentException("X has shape " + x.shape() + ", expected square matrices");
        }
        int n = x.shape().dim(-1);
        int size = n * n;
        Tensor y = context.output(0, x.type(), x.shape());
        context.kernel("inverse-f64");
        context.parallel(x.shape().sizeBetween(0, rank - 2), (long) size * n, (from, to, scratch) -> {
            double[] matrix = new double[size];
            double[] inverse = new double[size];
            for (int i = from; i < to; i++) {
                Elements.read(x, i * size, 1, matrix, size);
                invert(matrix, inverse, n);
                Elements.write(inverse, y, i * size, size);
            }
        });
    }

    /** Turns {@code m} into the identity by steps that turn the identity into the inverse. */
    private static void invert(double[] m, double[] inverse, int n) {
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = i / n == i % n ? 1 : 0;
        }
        for (int k = 0; k < n; k++) {
            int pivot = k;
            for (int row = k + 1; row < n; row++) {
                pivot = Math.abs(m[row * n + k]) > Math.abs(m[pivot * n + k]) ? row : pivot;
            }
            swap(m, pivot, k, n);
            swap(inverse, pivot, k, n);
            double factor = m[k * n + k];
            for (int i = k * n; i < k * n + n; i++) {
                m[i] /= factor;
                inverse[i] /= factor;
            }
            for (int row = 0; row < n; row++) {
                double times = m[row * n + k];
                for (int i = 0; row != k && i < n; i++) {
                    m[row * n + i] -= times * m[k * n + i];
                    inverse[row * n + i] -= times * inverse[k * n + i];
                }
            }
        }
    }

    private static void swap(double[] m, int a, int b, int n) {
        for (int i = 0; a != b && i < n; i++) {
            double value = m[a * n + i];
            m[a * n + i] = m[b * n + i];
            m[b * n + i] = value;
        }
    }
}
