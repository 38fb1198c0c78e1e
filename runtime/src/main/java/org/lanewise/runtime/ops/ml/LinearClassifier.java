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
 * Classifies rows (N, C), or (C), by linear functions: labels (N) and scores (N, classes), {@code postTransform(x coefficients^T + intercepts)}. One function s for two classes scores them
 * {@code (-s, s)}. ONNX {@code ai.onnx.ml.LinearClassifier}-1.
 *
 * @param scores the functions
 * @param labels the classes
 * @param postTransform what is done to the scores in the end
 */
public record LinearClassifier(LinearScores scores, Labels labels, PostTransform postTransform) implements Operator {
    /** From a node. */
    public static LinearClassifier create(NodeSpec spec) {
        spec.inputs(1, 1);
        spec.acknowledge("multi_class"); // how the model was trained; the scores do not depend on it
        Labels labels = Labels.create(spec, "classlabels_ints", "classlabels_strings");
        float[] intercepts = spec.floatsAttribute("intercepts");
        int count = intercepts == null || intercepts.length == 0 ? labels.size() : intercepts.length;
        if (labels.size() < 2 || count != labels.size() && !(count == 1 && labels.size() == 2)) {
            throw spec.refuse("has " + labels.size() + " class labels and " + count + " intercepts");
        }
        return new LinearClassifier(LinearScores.create(spec, count), labels, PostTransform.create(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        long rows = Rows.infer(context, scores.features());
        context.output(0, labels.type(), PartialShape.of(rows));
        context.output(1, DataType.FLOAT, PartialShape.of(rows, labels.size()));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int n = labels.size();
        int[] classes = new int[Rows.count(x.shape(), scores.features())];
        FloatTensor z = (FloatTensor) context.output(1, DataType.FLOAT, Shape.of(classes.length, n));
        scores.run(context, x, n, (values, at, row) -> {
            if (scores.count() == 1) {
                values[at + 1] = values[at];
                values[at] = -values[at];
            }
            classes[row] = Labels.best(values, at, n);
            postTransform.apply(values, at, n);
            Rows.store(values, at, n, z, row);
        });
        labels.write(context, classes);
    }
}
