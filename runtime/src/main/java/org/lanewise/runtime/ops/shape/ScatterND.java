package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A copy of {@code data} in which the parts that vectors of indices name are updated: {@code output[indices[k..., :], :] = updates[k..., :]}. ONNX
 * {@code ScatterND}-11 and later.
 *
 * @param reduction how an update meets the element
 */
public record ScatterND(ScatterReduction reduction) implements Operator, InPlace {
    /** From a node. */
    public static ScatterND create(NodeSpec spec) {
        spec.inputs(3, 3);
        return new ScatterND(ScatterReduction.read(spec));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        if (context.inputType(1) != DataType.INT64) {
            throw new IllegalArgumentException(
                    "indices have type " + context.inputType(1).onnxName() + ", expected int64");
        }
        reduction.expectType(context.inputType(0));
        Types.same(context, 2, 0);
        PartialShape data = context.inputShape(0);
        PartialShape indices = context.inputShape(1);
        if (data.isRanked() && indices.isRanked() && indices.dim(-1) > data.rank()) {
            throw new IllegalArgumentException(
                    "indices of shape " + indices + " name more axes than data of shape " + data + " has");
        }
        context.output(0, context.inputType(0), data);
    }

    @Override
    public void run(OpContext context) {
        Tensor data = context.input(0);
        Tensor indices = context.input(1);
        Tensor updates = context.input(2);
        int[] at = Indices.blocks(indices, data.shape(), 0);
        int block =
                data.shape().sizeBetween(indices.shape().dim(-1), data.shape().rank());
        if (updates.size() != (long) at.length * block) {
            throw new IllegalArgumentException("updates have shape " + updates.shape() + ", indices of shape "
                    + indices.shape() + " into data of shape " + data.shape() + " need " + at.length + " times " + block
                    + " elements");
        }
        Tensor out = context.output(0, data.type(), data.shape());
        Moves.all(context, data, out);
        reduction.apply(updates, out, at, block);
    }
}
