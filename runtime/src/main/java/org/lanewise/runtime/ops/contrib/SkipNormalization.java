package org.lanewise.runtime.ops.contrib;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.norm.LayerNorm;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * What {@link SkipLayerNormalization} and {@link SkipSimplifiedLayerNormalization} share: {@code sum = x + skip + bias}, rows of which are normalized. x is (..., C), the skip has the shape of x or lacks or repeats its leading axes, bias is (C).
 *
 * @param epsilon added to the variance
 * @param simplified whether only the mean square is normalized
 */
record SkipNormalization(float epsilon, boolean simplified) {
    static SkipNormalization create(NodeSpec spec, boolean simplified) {
        spec.inputs(3, simplified ? 4 : 5);
        Checks.absent(spec, 1, "mean");
        Checks.absent(spec, 2, "inv_std_var");
        return new SkipNormalization(spec.floatAttribute("epsilon", 1e-12f), simplified);
    }

    void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        PartialShape x = context.inputShape(0);
        for (int i = 1; i < context.inputCount(); i++) {
            if (context.hasInput(i)) {
                Types.same(context, i, 0);
                PartialShape.broadcast(x, context.inputShape(i));
            }
        }
        context.output(0, type, x);
        context.output(3, type, x);
    }

    void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        FloatTensor skip = (FloatTensor) context.input(1);
        int n = x.shape().dim(-1);
        FloatTensor scale = vector(context, 2, n);
        FloatTensor shift = simplified ? null : vector(context, 3, n);
        FloatTensor bias = vector(context, simplified ? 3 : 4, n);
        if (skip.shape().rank() == 0
                || skip.shape().dim(-1) != n
                || skip.size() > x.size()
                || !Shape.broadcast(x.shape(), skip.shape()).equals(x.shape())) {
            throw new IllegalArgumentException(
                    "skip has shape " + skip.shape() + ", expected " + x.shape() + " or less of it");
        }
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, x.shape());
        boolean wanted = context.outputCount() > 3 && context.hasOutput(3);
        FloatTensor sum = wanted ? (FloatTensor) context.output(3, DataType.FLOAT, x.shape()) : y;
        int rows = x.size() / Math.max(1, n);
        int skipRows = Math.max(1, skip.size() / Math.max(1, n));
        requireRepeats(x.shape(), skip.shape());
        float[] gamma = scale == null ? new float[n] : scale.toFloatArray();
        float[] beta = shift == null ? null : shift.toFloatArray();
        float[] added = bias == null ? null : bias.toFloatArray();
        context.parallel(rows, 1 + n / 3, (from, to, scratch) -> {
            for (int row = from; row < to; row++) {
                int at = sum.offset() + row * n;
                int xo = x.offset() + row * n;
                int so = skip.offset() + row % skipRows * n;
                for (int i = 0; i < n; i++) {
                    sum.array()[at + i] = x.array()[xo + i] + skip.array()[so + i];
                }
                for (int i = 0; added != null && i < n; i++) {
                    sum.array()[at + i] += added[i];
                }
            }
            if (simplified) {
                LayerNorm.rms(sum.array(), sum.offset(), gamma, 0, epsilon, y.array(), y.offset(), n, from, to);
            } else {
                LayerNorm.layer(
                        sum.array(),
                        sum.offset(),
                        gamma,
                        0,
                        beta,
                        0,
                        epsilon,
                        y.array(),
                        y.offset(),
                        null,
                        null,
                        n,
                        from,
                        to);
            }
        });
    }

    /** The skip must repeat as a whole: ones may stand before its own axes only. */
    private static void requireRepeats(Shape x, Shape skip) {
        boolean own = false;
        for (int i = 0; i < skip.rank(); i++) {
            int dim = x.dim(i - skip.rank());
            if (own && skip.dim(i) != dim) {
                throw new IllegalArgumentException("skip has shape " + skip + ", which does not repeat in " + x);
            }
            own |= skip.dim(i) != 1;
        }
    }

    private static @Nullable FloatTensor vector(OpContext context, int i, int n) {
        Tensor t = i < context.inputCount() ? context.optionalInput(i) : null;
        if (t != null && (t.shape().rank() != 1 || t.size() != n)) {
            throw new IllegalArgumentException("input " + i + " has shape " + t.shape() + ", expected [" + n + "]");
        }
        return (FloatTensor) t;
    }
}
