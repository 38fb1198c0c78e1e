package org.lanewise.runtime.ops.loss;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.norm.LogSoftmax;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code loss = -weight[label] ln(softmax(scores)[label])} for scores (N, C, d1, ...) and labels (N, d1, ...), reduced or not; the second output is the logarithm. ONNX
 * {@code SoftmaxCrossEntropyLoss}-12, 13.
 *
 * @param loss the attributes
 */
public record SoftmaxCrossEntropyLoss(ClassLoss loss) implements Operator {
    /** From a node. */
    public static SoftmaxCrossEntropyLoss create(NodeSpec spec) {
        return new SoftmaxCrossEntropyLoss(ClassLoss.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        loss.infer(context);
        context.output(1, context.inputType(0), context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor scores = context.input(0);
        Shape shape = scores.shape();
        int classes = shape.dim(1);
        int inner = shape.sizeBetween(2, shape.rank());
        double[] logProbabilities = new double[scores.size()];
        LogSoftmax logSoftmax = new LogSoftmax(1, false);
        context.parallel(classes == 0 ? 0 : shape.dim(0) * inner, 10L * classes, (from, to, scratch) -> {
            double[] values = scratch.doubles(classes);
            for (int i = from; i < to; i++) {
                int start = i / inner * classes * inner + i % inner;
                Elements.read(scores, start, inner, values, classes);
                logSoftmax.apply(values, classes);
                for (int c = 0; c < classes; c++) {
                    logProbabilities[start + c * inner] = values[c];
                }
            }
        });
        if (context.hasOutput(1)) {
            Elements.write(logProbabilities, context.output(1, scores.type(), shape), 0, logProbabilities.length);
        }
        loss.run(context, logProbabilities);
    }
}
