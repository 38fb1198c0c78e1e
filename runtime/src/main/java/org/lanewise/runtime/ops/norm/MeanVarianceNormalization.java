package org.lanewise.runtime.ops.norm;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.reduce.ReducePlan;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = (x - mean) / (sqrt(variance) + 1e-9)}, mean and variance over the given axes. ONNX {@code MeanVarianceNormalization}-9, 13.
 *
 * @param axes the axes, by default 0, 2 and 3
 */
public record MeanVarianceNormalization(long[] axes) implements Operator {
    private static final double EPSILON = 1e-9; // from the function body of the specification

    /** From a node. */
    public static MeanVarianceNormalization create(NodeSpec spec) {
        spec.inputs(1, 1);
        long[] axes = spec.intsAttribute("axes");
        return new MeanVarianceNormalization(axes == null ? new long[] {0, 2, 3} : axes);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        PartialShape x = context.inputShape(0);
        if (x.isRanked()) {
            marks(x.rank());
        }
        context.output(0, type, x);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Tensor y = context.output(0, x.type(), x.shape());
        ReducePlan plan = new ReducePlan(x.shape(), marks(x.shape().rank()));
        if (x.size() == 0) {
            return;
        }
        int n = plan.length();
        int count = Math.toIntExact(plan.count());
        context.parallel(plan.outputs(), 4 * plan.count(), (from, to, scratch) -> {
            double[] all = scratch.doubles(count);
            double[] run = new double[n];
            for (int output = from; output < to; output++) {
                for (int r = 0; r < plan.runs(); r++) {
                    Elements.read(x, plan.start(output, r), plan.step(), run, n);
                    System.arraycopy(run, 0, all, r * n, n);
                }
                double average = LayerNormalization.average(all, count);
                double inverse = 1 / (Math.sqrt(LayerNormalization.variance(all, count, average)) + EPSILON);
                for (int r = 0; r < plan.runs(); r++) {
                    for (int i = 0; i < n; i++) {
                        run[i] = (all[r * n + i] - average) * inverse;
                    }
                    Elements.write(run, y, plan.start(output, r), plan.step(), n);
                }
            }
        });
    }

    private boolean[] marks(int rank) {
        boolean[] marks = new boolean[rank];
        for (long axis : axes) {
            marks[Shape.axis(axis, rank)] = true;
        }
        return marks;
    }
}
