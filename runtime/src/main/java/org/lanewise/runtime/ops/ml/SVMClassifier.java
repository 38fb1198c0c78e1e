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
 * A support vector machine that classifies rows (N, C), or (C): labels (N) and scores. Every pair of classes has a machine whose sign is a vote for one of the two; the class with most votes wins. The scores are those of the
 * pairs, (N, pairs), with two classes {@code (-s, s)}; with {@code prob_a} and {@code prob_b} they are the probabilities of the classes, (N, classes), coupled from Platt's sigmoids of the pairs. Without support
 * vectors there is one linear function for each class, and the largest wins. ONNX {@code ai.onnx.ml.SVMClassifier}-1.
 *
 * @param machine the machines
 * @param labels the classes
 * @param postTransform what is done to the scores in the end
 */
public record SVMClassifier(SvmPairs machine, Labels labels, PostTransform postTransform) implements Operator {
    /** From a node. */
    public static SVMClassifier create(NodeSpec spec) {
        spec.inputs(1, 1);
        Labels labels = Labels.create(spec, "classlabels_ints", "classlabels_strings");
        if (labels.size() < 2) {
            throw spec.refuse("has one class label, expected two or more");
        }
        return new SVMClassifier(SvmPairs.create(spec, labels.size()), labels, PostTransform.create(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        long rows = Rows.infer(context, machine.features());
        context.output(0, labels.type(), PartialShape.of(rows));
        context.output(1, DataType.FLOAT, PartialShape.of(rows, Math.max(2, machine.scores())));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int features = machine.features();
        int given = machine.scores();
        int n = Math.max(2, given);
        int[] classes = new int[Rows.count(x.shape(), features)];
        FloatTensor z = (FloatTensor) context.output(1, DataType.FLOAT, Shape.of(classes.length, n));
        context.parallel(classes.length, machine.cost(), (from, to, scratch) -> {
            double[] values = scratch.doubles(features);
            double[] scores = new double[n];
            SvmPairs.Work work = machine.work();
            for (int row = from; row < to; row++) {
                Elements.read(x, row * features, 1, values, features);
                classes[row] = machine.score(values, scores, work);
                if (given == 1) {
                    scores[1] = scores[0];
                    scores[0] = -scores[0];
                }
                postTransform.apply(scores, 0, n);
                Rows.store(scores, 0, n, z, row);
            }
        });
        labels.write(context, classes);
    }
}
