package org.lanewise.runtime.ops.math;

import org.lanewise.kernels.math.DoubleMath;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code y = a / (1 + e^(-alpha a)) b}, for inputs of one shape. ONNX {@code SwiGLU}-28.
 *
 * @param alpha factor of a in the sigmoid
 */
public record SwiGLU(float alpha) implements Operator, InPlace, ComputesInFloat {
    /** From a node. */
    public static SwiGLU create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new SwiGLU(spec.floatAttribute("alpha", 1));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, Types.FLOATING);
        Types.same(context, 1, 0);
        PartialShape a = context.inputShape(0);
        PartialShape b = context.inputShape(1);
        if (a.isKnown() && b.isKnown() && !a.equals(b)) {
            throw new IllegalArgumentException("A is " + a + " and B is " + b + ", expected the same shape");
        }
        context.output(0, type, a.merge(b));
    }

    @Override
    public void run(OpContext context) {
        Tensor first = context.input(0);
        Tensor second = context.input(1);
        if (!first.shape().equals(second.shape())) {
            throw new IllegalArgumentException("A is " + first + " and B is " + second + ", expected the same shape");
        }
        Tensor out = context.output(0, first.type(), first.shape());
        Blocks.run(context, out.size(), 1200, (from, to) -> {
            if (out instanceof FloatTensor y) {
                FloatTensor a = (FloatTensor) first;
                FloatTensor b = (FloatTensor) second;
                FloatActivations.swish(a.array(), a.offset() + from, y.array(), y.offset() + from, to - from, alpha);
                for (int i = from; i < to; i++) {
                    y.array()[y.offset() + i] *= b.array()[b.offset() + i];
                }
            } else {
                DoubleTensor y = (DoubleTensor) out;
                for (int i = from; i < to; i++) {
                    y.array()[y.offset() + i] = DoubleMath.swish(first.getDouble(i), alpha) * second.getDouble(i);
                }
            }
        });
    }
}
