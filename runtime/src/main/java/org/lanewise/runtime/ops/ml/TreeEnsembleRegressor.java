package org.lanewise.runtime.ops.ml;

import org.jspecify.annotations.Nullable;
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
 * Scores rows (N, F) by decision trees: (N, targets), {@code postTransform(aggregate of the weights of the leaves + base)}. ONNX {@code ai.onnx.ml.TreeEnsembleRegressor}-1 and -3.
 *
 * @param scores the trees
 * @param base added to the targets, or {@code null}
 * @param postTransform what is done to the scores in the end
 */
public record TreeEnsembleRegressor(TreeScores scores, double @Nullable [] base, PostTransform postTransform)
        implements Operator {
    /** From a node. */
    public static TreeEnsembleRegressor create(NodeSpec spec) {
        spec.inputs(1, 1);
        long targets = spec.requiredInt("n_targets");
        if (targets < 1 || targets > 1 << 24) {
            throw spec.refuse("n_targets is " + targets + ", expected 1 to 2^24");
        }
        String name = spec.stringAttribute("aggregate_function", "SUM");
        TreeScores.Aggregate aggregate = switch (name) {
            case "AVERAGE" -> TreeScores.Aggregate.AVERAGE;
            case "SUM" -> TreeScores.Aggregate.SUM;
            case "MIN" -> TreeScores.Aggregate.MIN;
            case "MAX" -> TreeScores.Aggregate.MAX;
            default -> throw spec.refuse("aggregate_function '" + name + "' is not known");
        };
        return new TreeEnsembleRegressor(
                TreeAttributes.read(spec, "target", (int) targets, false, aggregate),
                TreeAttributes.baseValues(spec, (int) targets, false),
                PostTransform.create(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        long rows = Rows.infer(context, -1);
        scores.checkFeatures(
                context.inputShape(0).isRanked() ? context.inputShape(0).dim(-1) : -1);
        context.output(0, DataType.FLOAT, PartialShape.of(rows, scores.targets()));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int targets = scores.targets();
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, Shape.of(Rows.count(x.shape(), -1), targets));
        scores.run(context, x, (values, at, row) -> {
            for (int i = 0; base != null && i < targets; i++) {
                values[at + i] += base[i];
            }
            postTransform.apply(values, at, targets);
            for (int i = 0; i < targets; i++) {
                y.array()[y.offset() + row * targets + i] = (float) values[at + i];
            }
        });
    }
}
