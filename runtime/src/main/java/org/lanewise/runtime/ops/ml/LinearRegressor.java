package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Linear functions of rows (N, C), or (C): (N, targets), {@code postTransform(x coefficients^T + intercepts)} as {@code FLOAT}. ONNX {@code ai.onnx.ml.LinearRegressor}-1.
 *
 * @param scores the functions
 * @param postTransform what is done to the scores in the end
 */
public record LinearRegressor(LinearScores scores, PostTransform postTransform) implements Operator {
    /** From a node. */
    public static LinearRegressor create(NodeSpec spec) {
        spec.inputs(1, 1);
        long targets = spec.intAttribute("targets", 1);
        if (targets < 1 || targets > Integer.MAX_VALUE) {
            throw spec.refuse("targets is " + targets + ", expected 1 or more");
        }
        return new LinearRegressor(LinearScores.create(spec, (int) targets), PostTransform.create(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, DataType.FLOAT, PartialShape.of(Rows.infer(context, scores.features()), scores.count()));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int n = scores.count();
        FloatTensor y =
                (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(Rows.count(x.shape(), scores.features()), n));
        scores.run(context, x, n, (values, at, row) -> {
            postTransform.apply(values, at, n);
            Rows.store(values, at, n, y, row);
        });
    }
}
