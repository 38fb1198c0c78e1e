package org.lanewise.runtime.ops.math;

import java.util.Arrays;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = x} where {@code x >= 0}, else {@code slope x}. Since opset 7 the slope broadcasts to x's shape; before, it is one value or one for each channel
 * of (N, C, ...). ONNX {@code PRelu}-1, 6, 7, 9, 16.
 *
 * @param perChannel whether a slope of rank 1 belongs to axis 1
 */
public record PRelu(boolean perChannel) implements Operator, InPlace, ComputesInFloat {
    /** From a node. */
    public static PRelu create(NodeSpec spec) {
        spec.inputs(2, 2);
        if (spec.opset() < 6) {
            spec.acknowledge("consumed_inputs"); // an opset 1 memory hint
        }
        return new PRelu(spec.opset() < 7);
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.NUMERIC);
        Types.same(context, 1, 0);
        PartialShape x = context.inputShape(0);
        PartialShape slope = context.inputShape(1);
        if (x.isKnown() && slope.isKnown()) {
            checked(x.toShape(), slope.toShape());
        }
        context.output(0, type, x);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Tensor slope = context.input(1);
        Broadcast plan = Elementwise.plan(x.shape(), checked(x.shape(), slope.shape()));
        Elementwise.binary(context, BinaryOp.PRELU, plan, x, slope, context.output(0, x.type(), x.shape()));
    }

    private Shape checked(Shape x, Shape slope) {
        Shape seen = slope;
        if (slope.size() == 1 && slope.rank() > x.rank()) {
            seen = Shape.scalar();
        } else if (perChannel && slope.rank() == 1 && slope.size() > 1 && x.rank() > 1) {
            int[] dims = new int[x.rank() - 1];
            Arrays.fill(dims, 1);
            dims[0] = slope.size();
            seen = Shape.of(dims);
        }
        if (!Shape.broadcast(x, seen).equals(x)) {
            throw new IllegalArgumentException("slope " + slope + " does not broadcast to x " + x);
        }
        return seen;
    }
}
