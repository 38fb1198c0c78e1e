package org.lanewise.runtime.ops.loss;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * What the losses on class labels share: {@code loss = -weight[label] logProbability[label]} for every position of the labels, 0 where the label is ignored; then nothing,
 * the sum, or the sum divided by the sum of the weights.
 *
 * @param reduction what becomes of the losses
 * @param ignored the label that counts for nothing, {@code null} for none
 */
record ClassLoss(Reduction reduction, @Nullable Long ignored) {
    /** What becomes of the losses. */
    enum Reduction {
        NONE,
        SUM,
        MEAN
    }

    static ClassLoss read(NodeSpec spec) {
        spec.inputs(2, 3);
        String reduction = spec.stringAttribute("reduction", "mean");
        Long ignored = spec.has("ignore_index") ? spec.intAttribute("ignore_index", 0) : null;
        return new ClassLoss(
                switch (reduction) {
                    case "none" -> Reduction.NONE;
                    case "sum" -> Reduction.SUM;
                    case "mean" -> Reduction.MEAN;
                    default ->
                        throw spec.refuse("attribute 'reduction' is '" + reduction + "', expected none, sum or mean");
                },
                ignored);
    }

    void infer(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        Types.check(context, 1, Types.INTEGER);
        PartialShape scores = context.inputShape(0);
        PartialShape labels = context.inputShape(1);
        if (scores.isRanked() && (scores.rank() < 2 || labels.isRanked() && labels.rank() != scores.rank() - 1)) {
            throw new IllegalArgumentException("scores have shape " + scores + " and labels " + labels
                    + ", expected (N, C, d1, ...) and (N, d1, ...)");
        }
        context.output(0, type, reduction == Reduction.NONE ? labels : PartialShape.of(Shape.scalar()));
    }

    /**
     * Writes output 0.
     *
     * @param logProbabilities in the layout of input 0
     */
    void run(OpContext context, double[] logProbabilities) {
        Tensor scores = context.input(0);
        Tensor labels = context.input(1);
        Shape shape = scores.shape();
        int classes = shape.dim(1);
        int inner = shape.sizeBetween(2, shape.rank());
        if (labels.size() != shape.dim(0) * inner) {
            throw new IllegalArgumentException(
                    "labels are " + labels + ", expected one for each position of scores " + scores);
        }
        Tensor weightInput = context.inputCount() > 2 ? context.optionalInput(2) : null;
        double[] weights = new double[classes];
        Arrays.fill(weights, 1);
        if (weightInput != null) {
            if (weightInput.size() != classes) {
                throw new IllegalArgumentException("weights are " + weightInput + ", expected [" + classes + "]");
            }
            Elements.read(weightInput, 0, 1, weights, classes);
        }
        double[] losses = new double[labels.size()];
        double sum = 0;
        double weightSum = 0;
        for (int i = 0; i < losses.length; i++) {
            long label = labels.getLong(i);
            if (ignored != null && label == ignored) {
                continue;
            }
            if (label < 0 || label >= classes) {
                throw new IllegalArgumentException("label " + i + " is " + label + ", expected 0 to " + (classes - 1));
            }
            double weight = weights[(int) label];
            losses[i] = -weight * logProbabilities[(i / inner * classes + (int) label) * inner + i % inner];
            sum += losses[i];
            weightSum += weight;
        }
        if (reduction == Reduction.NONE) {
            Elements.write(losses, context.output(0, scores.type(), labels.shape()), 0, losses.length);
        } else {
            double[] result = {reduction == Reduction.SUM ? sum : sum / weightSum};
            Elements.write(result, context.output(0, scores.type(), Shape.scalar()), 0, 1);
        }
    }
}
