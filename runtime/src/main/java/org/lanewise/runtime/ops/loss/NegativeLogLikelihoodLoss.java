package org.lanewise.runtime.ops.loss;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code loss = -weight[label] x[label]} for log-probabilities x (N, C, d1, ...) and labels (N, d1, ...), reduced or not. ONNX
 * {@code NegativeLogLikelihoodLoss}-12, 13, 22.
 *
 * @param loss the attributes
 */
public record NegativeLogLikelihoodLoss(ClassLoss loss) implements Operator {
    /** From a node. */
    public static NegativeLogLikelihoodLoss create(NodeSpec spec) {
        return new NegativeLogLikelihoodLoss(ClassLoss.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        loss.infer(context);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        double[] values = new double[x.size()];
        Elements.read(x, 0, 1, values, values.length);
        loss.run(context, values);
    }
}
