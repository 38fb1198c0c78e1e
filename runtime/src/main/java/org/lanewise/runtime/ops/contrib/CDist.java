package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Distances of all rows of A, (M, N), from all rows of B, (K, N), as (M, K): {@code sum (a - b)^2}, or its square root. {@code FLOAT} or {@code DOUBLE}, summed in {@code double}. It stands in models of nearest
 * neighbours and Gaussian processes from scikit-learn. {@code com.microsoft.CDist}-1.
 *
 * @param root whether the metric is {@code euclidean}; otherwise {@code sqeuclidean}
 */
public record CDist(boolean root) implements Operator, Repeatable {
    private static final Set<DataType> TYPES = Set.of(DataType.FLOAT, DataType.DOUBLE);

    /** From a node. */
    public static CDist create(NodeSpec spec) {
        spec.inputs(2, 2);
        String metric = spec.stringAttribute("metric", "sqeuclidean");
        if (!metric.equals("euclidean") && !metric.equals("sqeuclidean")) {
            throw spec.refuse("metric is '" + metric + "', expected euclidean or sqeuclidean");
        }
        return new CDist(metric.equals("euclidean"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, TYPES);
        Types.same(context, 1, 0);
        PartialShape a = rows(context.inputShape(0), "A");
        PartialShape b = rows(context.inputShape(1), "B");
        if (a.dim(1) >= 0 && b.dim(1) >= 0 && a.dim(1) != b.dim(1)) {
            throw new IllegalArgumentException("A has rows of " + a.dim(1) + " values, B of " + b.dim(1));
        }
        context.output(0, type, PartialShape.of(a.dim(0), b.dim(0)));
    }

    private static PartialShape rows(PartialShape shape, String name) {
        if (shape.isRanked() && shape.rank() != 2) {
            throw new IllegalArgumentException("input " + name + " has shape " + shape + ", expected a matrix");
        }
        return shape.isRanked() ? shape : PartialShape.ofRank(2);
    }

    @Override
    public void run(OpContext context) {
        Tensor a = context.input(0);
        Tensor b = context.input(1);
        int n = a.shape().dim(1);
        int columns = b.shape().dim(0);
        Tensor y = context.output(0, a.type(), Shape.of(a.shape().dim(0), columns));
        context.parallel(a.shape().dim(0), 1 + (long) columns * n / 2, (from, to, scratch) -> {
            for (int row = from; row < to; row++) {
                if (a instanceof FloatTensor floats) {
                    row(floats, row, (FloatTensor) b, n, (FloatTensor) y, columns);
                } else {
                    row((DoubleTensor) a, row, (DoubleTensor) b, n, (DoubleTensor) y, columns);
                }
            }
        });
    }

    private void row(FloatTensor a, int row, FloatTensor b, int n, FloatTensor y, int columns) {
        for (int column = 0; column < columns; column++) {
            double sum = 0;
            for (int k = 0; k < n; k++) {
                double d = (double) a.array()[a.offset() + row * n + k] - b.array()[b.offset() + column * n + k];
                sum += d * d;
            }
            y.array()[y.offset() + row * columns + column] = (float) (root ? Math.sqrt(sum) : sum);
        }
    }

    private void row(DoubleTensor a, int row, DoubleTensor b, int n, DoubleTensor y, int columns) {
        for (int column = 0; column < columns; column++) {
            double sum = 0;
            for (int k = 0; k < n; k++) {
                double d = a.array()[a.offset() + row * n + k] - b.array()[b.offset() + column * n + k];
                sum += d * d;
            }
            y.array()[y.offset() + row * columns + column] = root ? Math.sqrt(sum) : sum;
        }
    }
}
