package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Divides each row of (N, C), or (C), by its maximum, the sum of its magnitudes or its Euclidean norm; rows for which that is 0 stay as they are. The output is {@code FLOAT}. ONNX {@code ai.onnx.ml.Normalizer}-1.
 *
 * @param norm the divisor
 */
public record Normalizer(Norm norm) implements Operator {
    /** What rows are divided by. */
    public enum Norm {
        /** The largest element. */
        MAX,
        /** The sum of the magnitudes. */
        L1,
        /** The Euclidean norm. */
        L2
    }

    /** From a node. */
    public static Normalizer create(NodeSpec spec) {
        spec.inputs(1, 1);
        String name = spec.stringAttribute("norm", "MAX");
        return new Normalizer(
                switch (name) {
                    case "MAX" -> Norm.MAX;
                    case "L1" -> Norm.L1;
                    case "L2" -> Norm.L2;
                    default -> throw spec.refuse("norm '" + name + "' is not known");
                });
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Rows.infer(context, -1);
        context.output(0, DataType.FLOAT, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int rows = Rows.count(x.shape(), -1);
        int n = x.shape().dim(-1);
        Tensor y = context.output(0, DataType.FLOAT, x.shape());
        context.parallel(rows, 3L * n, (from, to, scratch) -> {
            double[] values = scratch.doubles(n);
            for (int row = from; row < to; row++) {
                Elements.read(x, row * n, 1, values, n);
                double divisor = divisor(values, n);
                for (int i = 0; divisor != 0 && i < n; i++) {
                    values[i] /= divisor;
                }
                Elements.write(values, y, row * n, n);
            }
        });
    }

    private double divisor(double[] x, int n) {
        double result = norm == Norm.MAX && n > 0 ? x[0] : 0;
        for (int i = 0; i < n; i++) {
            result = switch (norm) {
                case MAX -> Math.max(result, x[i]);
                case L1 -> result + Math.abs(x[i]);
                case L2 -> result + x[i] * x[i];
            };
        }
        return norm == Norm.L2 ? Math.sqrt(result) : result;
    }
}
