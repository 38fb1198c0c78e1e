package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Determinants of the square matrices in the last two axes, by elimination with pivots in double precision. ONNX {@code Det}-11 and later. */
public record Det() implements Operator {
    /** From a node. */
    public static Det create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Det();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        if (!type.isFloating() || !Numbers.isWritable(type)) {
            throw new IllegalArgumentException("input has type " + type.onnxName() + ", expected a floating type");
        }
        PartialShape in = context.inputShape(0);
        if (in.isRanked() && in.rank() >= 2) {
            Axes.agree(in.dim(-1), in.dim(-2), "the matrices of " + in + " are not square");
        }
        context.output(0, type, in.isRanked() ? PartialShape.of(leading(in.toArray())) : in);
    }

    private static long[] leading(long[] dims) {
        if (dims.length < 2) {
            throw new IllegalArgumentException("input has shape " + PartialShape.of(dims) + ", expected matrices");
        }
        return Arrays.copyOf(dims, dims.length - 2);
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Tensor out = context.output(0, in.type(), Shape.of(leading(in.shape().toLongArray())));
        int n = in.shape().dim(-1);
        if (in.shape().dim(-2) != n) {
            throw new IllegalArgumentException("the matrices of " + in + " are not square");
        }
        context.parallel(out.size(), (long) n * n * n, (from, to, scratch) -> {
            double[] matrix = new double[n * n];
            for (int i = from; i < to; i++) {
                for (int k = 0; k < matrix.length; k++) {
                    matrix[k] = in.getDouble(i * matrix.length + k);
                }
                Numbers.set(out, i, determinant(matrix, n));
            }
        });
    }

    private static double determinant(double[] m, int n) {
        double det = 1;
        for (int k = 0; k < n; k++) {
            int pivot = k;
            for (int row = k + 1; row < n; row++) {
                pivot = Math.abs(m[row * n + k]) > Math.abs(m[pivot * n + k]) ? row : pivot;
            }
            if (m[pivot * n + k] == 0) {
                return 0;
            }
            if (pivot != k) {
                det = -det;
                for (int column = k; column < n; column++) {
                    double swapped = m[k * n + column];
                    m[k * n + column] = m[pivot * n + column];
                    m[pivot * n + column] = swapped;
                }
            }
            det *= m[k * n + k];
            for (int row = k + 1; row < n; row++) {
                double factor = m[row * n + k] / m[k * n + k];
                for (int column = k + 1; column < n; column++) {
                    m[row * n + column] -= factor * m[k * n + column];
                }
            }
        }
        return det;
    }
}
