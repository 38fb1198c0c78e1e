package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A support vector machine on rows (N, C), or (C): (N, 1), {@code postTransform(sum over s of coefficients[s] k(x, support vector s) + rho)} as {@code FLOAT}; its sign as 1 or -1 when it is a one-class machine. Without support vectors the coefficients
 * are those of a linear function. ONNX {@code ai.onnx.ml.SVMRegressor}-1.
 *
 * @param kernel k
 * @param coefficients of the support vectors
 * @param vectors the support vectors, one after the other
 * @param features C
 * @param rho added in the end
 * @param oneClass whether only the sign is wanted
 * @param postTransform what is done to the score in the end
 */
public record SVMRegressor(
        SvmKernel kernel,
        float[] coefficients,
        float[] vectors,
        int features,
        float rho,
        boolean oneClass,
        PostTransform postTransform)
        implements Operator {
    /** From a node. */
    public static SVMRegressor create(NodeSpec spec) {
        spec.inputs(1, 1);
        long supports = spec.intAttribute("n_supports", 0);
        float[] coefficients = floats(spec, "coefficients");
        float[] given = spec.floatsAttribute("support_vectors");
        boolean linear = supports <= 0;
        float[] vectors = linear || given == null ? coefficients : given;
        float[] weights = linear ? new float[] {1} : coefficients;
        float[] rho = floats(spec, "rho");
        if (weights.length == 0
                || rho.length == 0
                || vectors.length % weights.length != 0
                || !linear && (given == null || weights.length != supports)) {
            throw spec.refuse(supports + " support vectors of " + vectors.length + " values with " + coefficients.length
                    + " coefficients and " + rho.length + " rho do not fit together");
        }
        return new SVMRegressor(
                SvmKernel.create(spec, linear),
                weights,
                vectors,
                vectors.length / weights.length,
                rho[0],
                spec.flag("one_class", false),
                PostTransform.create(spec));
    }

    static float[] floats(NodeSpec spec, String name) {
        float[] values = spec.floatsAttribute(name);
        return values == null ? new float[0] : values;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, DataType.FLOAT, PartialShape.of(Rows.infer(context, features), 1));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int rows = Rows.count(x.shape(), features);
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(rows, 1));
        context.parallel(rows, vectors.length, (from, to, scratch) -> {
            double[] values = scratch.doubles(features + 1);
            for (int row = from; row < to; row++) {
                Elements.read(x, row * features, 1, values, features);
                double sum = rho;
                for (int s = 0; s < coefficients.length; s++) {
                    sum += coefficients[s] * kernel.of(values, vectors, s * features, features);
                }
                values[features] = oneClass ? sum > 0 ? 1 : -1 : sum;
                postTransform.apply(values, features, 1);
                Rows.store(values, features, 1, y, row);
            }
        });
    }
}
