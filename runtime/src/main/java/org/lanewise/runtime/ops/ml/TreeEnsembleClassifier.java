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
 * Classifies rows (N, F) by decision trees whose leaves vote for classes: labels (N) and scores (N, classes). ONNX {@code ai.onnx.ml.TreeEnsembleClassifier}-1 and -3.
 *
 * <p>With two classes and votes for only one class id, the sum s of the votes is for the second class. Its scores are {@code (1 - s, s)} when the weights are probabilities (none is negative), else {@code (-s, s)}, as they
 * always are before a transform to probabilities.
 *
 * @param scores the trees
 * @param labels the classes
 * @param base added to the classes, or {@code null}
 * @param binary whether there is one sum for two classes
 * @param probabilities whether no weight is negative
 * @param postTransform what is done to the scores in the end
 */
public record TreeEnsembleClassifier(
        TreeScores scores,
        Labels labels,
        double @Nullable [] base,
        boolean binary,
        boolean probabilities,
        PostTransform postTransform)
        implements Operator {
    /** From a node. */
    public static TreeEnsembleClassifier create(NodeSpec spec) {
        spec.inputs(1, 1);
        Labels labels = Labels.create(spec, "classlabels_int64s", "classlabels_strings");
        if (labels.size() < 2) {
            throw spec.refuse("has one class label, expected two or more");
        }
        long[] ids = TreeAttributes.ints(spec, "class_ids", -1);
        boolean binary = labels.size() == 2 && ids.length > 0;
        for (long id : ids) {
            binary &= id == ids[0];
        }
        boolean positive = true;
        for (double weight : TreeAttributes.numbers(spec, "class_weights", ids.length)) {
            positive &= weight >= 0;
        }
        return new TreeEnsembleClassifier(
                TreeAttributes.read(spec, "class", labels.size(), binary, TreeScores.Aggregate.SUM),
                labels,
                TreeAttributes.baseValues(spec, labels.size(), binary),
                binary,
                positive,
                PostTransform.create(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        long rows = Rows.infer(context, -1);
        scores.checkFeatures(
                context.inputShape(0).isRanked() ? context.inputShape(0).dim(-1) : -1);
        context.output(0, labels.type(), PartialShape.of(rows));
        context.output(1, DataType.FLOAT, PartialShape.of(rows, labels.size()));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int n = labels.size();
        int[] classes = new int[Rows.count(x.shape(), -1)];
        FloatTensor z = (FloatTensor) context.output(1, DataType.FLOAT, Shape.of(classes.length, n));
        scores.run(context, x, (values, at, row) -> {
            double[] both = binary ? pair(values[at]) : values;
            int from = binary ? 0 : at;
            for (int i = 0; !binary && base != null && i < n; i++) {
                both[from + i] += base[i];
            }
            classes[row] = Labels.best(both, from, n);
            postTransform.apply(both, from, n);
            for (int i = 0; i < n; i++) {
                z.array()[z.offset() + row * n + i] = (float) both[from + i];
            }
        });
        labels.write(context, classes);
    }

    /** The scores of two classes from the sum of the votes for the second. */
    private double[] pair(double sum) {
        double s = base == null ? sum : sum + base[base.length - 1];
        boolean toProbability = postTransform != PostTransform.NONE && postTransform != PostTransform.PROBIT;
        return new double[] {probabilities && !toProbability ? 1 - s : -s, s};
    }
}
