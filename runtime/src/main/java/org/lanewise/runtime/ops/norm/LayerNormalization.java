package org.lanewise.runtime.ops.norm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.norm.LayerNorm;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = (x - mean) / sqrt(variance + epsilon) scale + bias}, mean and variance over the axes from {@code axis} on; scale and bias broadcast to x. Further outputs:
 * the mean and {@code 1 / sqrt(variance + epsilon)}. ONNX {@code LayerNormalization}-17.
 *
 * @param axis first of the normalized axes
 * @param epsilon added to the variance
 * @param stashType type of the further outputs; all is computed at least this precisely
 */
public record LayerNormalization(long axis, float epsilon, DataType stashType)
        implements Operator, InPlace, Repeatable {
    /** From a node. */
    public static LayerNormalization create(NodeSpec spec) {
        spec.inputs(2, 3);
        return new LayerNormalization(
                spec.intAttribute("axis", -1), spec.floatAttribute("epsilon", 1e-5f), Parameters.stashType(spec));
    }

    @Override
    public int reusableInput(int output) {
        return output == 0 ? 0 : -1;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        PartialShape x = context.inputShape(0);
        context.output(0, type, x);
        PartialShape statistics = x;
        if (x.isRanked()) {
            for (int i = Shape.axis(axis, x.rank()); i < x.rank(); i++) {
                statistics = statistics.with(i, 1);
            }
        }
        context.output(1, stashType, statistics);
        context.output(2, stashType, statistics);
        for (int i = 1; i < context.inputCount(); i++) {
            if (context.hasInput(i)) {
                PartialShape.broadcast(x, context.inputShape(i));
            }
        }
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
        int rows = shape.sizeBetween(0, first);
        Shape saved = shape;
        for (int i = first; i < shape.rank(); i++) {
            saved = saved.with(i, 1);
        }
        Tensor y = context.output(0, x.type(), shape);
        Tensor mean = context.output(1, stashType, saved);
        Tensor inverse = context.output(2, stashType, saved);
        Scaling scale = Scaling.of(context.input(1), shape, first);
        Tensor biasInput = context.inputCount() > 2 ? context.optionalInput(2) : null;
        Scaling bias = biasInput == null ? null : Scaling.of(biasInput, shape, first);
        if (x instanceof FloatTensor in
                && stashType == DataType.FLOAT
                && !scale.perRow()
                && (bias == null || !bias.perRow())) {
            floats(
                    context,
                    in,
                    (FloatTensor) y,
                    n,
                    rows,
                    scale.floats(),
                    bias == null ? null : bias.floats(),
                    mean,
                    inverse);
            return;
        }
        context.parallel(rows, 3L * n, (from, to, scratch) -> {
            double[] values = scratch.doubles(n);
            double[] cell = new double[1];
            for (int row = from; row < to; row++) {
                Elements.read(x, row * n, 1, values, n);
                double average = average(values, n);
                cell[0] = average;
                Elements.write(cell, mean, row, 1);
                double deviation = 1 / Math.sqrt(variance(values, n, average) + epsilon);
                cell[0] = deviation;
                Elements.write(cell, inverse, row, 1);
                normalize(values, n, average, deviation, scale, bias, row);
                Elements.write(values, y, row * n, n);
            }
        });
    }

    private void floats(
            OpContext context,
            FloatTensor x,
            FloatTensor y,
            int n,
            int rows,
            float[] scale,
            float @Nullable [] bias,
            Tensor mean,
            Tensor inverse) {
        float[] means = context.hasOutput(1) ? new float[rows] : null;
        float[] inverses = context.hasOutput(2) ? new float[rows] : null;
        context.parallel(
                rows,
                1 + n / 4,
                (from, to, scratch) -> LayerNorm.layer(
                        x.array(),
                        x.offset(),
                        scale,
                        0,
                        bias,
                        0,
                        epsilon,
                        y.array(),
                        y.offset(),
                        means,
                        inverses,
                        n,
                        from,
                        to));
        if (means != null) {
            Moves.all(context, Tensor.of(means), mean);
        }
        if (inverses != null) {
            Moves.all(context, Tensor.of(inverses), inverse);
        }
    }

    private static void normalize(
            double[] x, int n, double average, double deviation, Scaling scale, @Nullable Scaling bias, int row) {
        int so = scale.start(row, n);
        for (int i = 0; i < n; i++) {
            x[i] = (x[i] - average) * deviation * scale.values()[so + i];
        }
        if (bias != null) {
            int bo = bias.start(row, n);
            for (int i = 0; i < n; i++) {
                x[i] += bias.values()[bo + i];
            }
        }
    }

    static double average(double[] x, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += x[i];
        }
        return sum / n;
    }

    static double variance(double[] x, int n, double average) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (x[i] - average) * (x[i] - average);
        }
        return sum / n;
    }

    /**
     * A scale or bias laid over the rows.
     *
     * @param values its elements broadcast to one row, or to all of x
     * @param perRow whether they are for all of x
     */
    record Scaling(double[] values, boolean perRow) {
        static Scaling of(Tensor t, Shape x, int first) {
            int outside = t.shape().rank() - (x.rank() - first);
            boolean perRow = outside > 0 && t.shape().sizeBetween(0, outside) != 1;
            int[] dims = x.toArray();
            Shape row = Shape.of(Arrays.copyOfRange(dims, first, dims.length));
            if (perRow) {
                return new Scaling(Parameters.broadcast(t, x), true);
            }
            int[] own = t.shape().toArray();
            Shape trimmed = Shape.of(Arrays.copyOfRange(own, Math.max(0, outside), own.length));
            return new Scaling(Parameters.broadcast(t.reshape(trimmed), row), false);
        }

        float[] floats() {
            return Parameters.floats(values);
        }

        int start(int row, int n) {
            return perRow ? row * n : 0;
        }
    }
}
