package org.lanewise.runtime.ops.norm;

import org.lanewise.kernels.norm.LayerNorm;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = x / sqrt(mean(x^2) + epsilon) scale}, the mean over the axes from {@code axis} on; the scale broadcasts to x. ONNX {@code RMSNormalization}-23.
 *
 * @param axis first of the normalized axes
 * @param epsilon added to the mean square
 */
public record RMSNormalization(long axis, float epsilon) implements Operator, InPlace, Repeatable {
    /** From a node. */
    public static RMSNormalization create(NodeSpec spec) {
        spec.inputs(2, 2);
        Parameters.stashType(spec); // all is computed more precisely than asked
        return new RMSNormalization(spec.intAttribute("axis", -1), spec.floatAttribute("epsilon", 1e-5f));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, Types.FLOATING);
        DataType type = Types.check(context, 1, Types.FLOATING); // ONNX: y has the type of the scale
        PartialShape x = context.inputShape(0);
        if (x.isRanked()) {
            Shape.axis(axis, x.rank());
        }
        PartialShape.broadcast(x, context.inputShape(1));
        context.output(0, type, x);
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Shape shape = x.shape();
        int first = shape.axis(axis);
        int n = shape.sizeBetween(first, shape.rank());
        Tensor y = context.output(0, context.input(1).type(), shape);
        LayerNormalization.Scaling scale = LayerNormalization.Scaling.of(context.input(1), shape, first);
        if (x instanceof FloatTensor in && y instanceof FloatTensor out && !scale.perRow()) {
            float[] factors = scale.floats();
            context.parallel(
                    shape.sizeBetween(0, first),
                    1 + n / 4,
                    (from, to, scratch) -> LayerNorm.rms(
                            in.array(), in.offset(), factors, 0, epsilon, out.array(), out.offset(), n, from, to));
            return;
        }
        context.parallel(shape.sizeBetween(0, first), 3L * n, (from, to, scratch) -> {
            double[] values = scratch.doubles(n);
            for (int row = from; row < to; row++) {
                Elements.read(x, row * n, 1, values, n);
                double factor = 1 / Math.sqrt(LayerNormalization.variance(values, n, 0) + epsilon);
                int so = scale.start(row, n);
                for (int i = 0; i < n; i++) {
                    values[i] = values[i] * factor * scale.values()[so + i];
                }
                Elements.write(values, y, row * n, n);
            }
        });
    }
}
