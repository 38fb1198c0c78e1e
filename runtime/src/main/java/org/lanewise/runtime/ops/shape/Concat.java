package org.lanewise.runtime.ops.shape;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Joins tensors along one axis; the other dimensions are the same. ONNX {@code Concat}: {@code axis} is 1 by default in opset 1, required since 4.
 *
 * @param axis the axis
 */
public record Concat(long axis) implements Operator, Repeatable {
    /** From a node. */
    public static Concat create(NodeSpec spec) {
        spec.inputs(1, Integer.MAX_VALUE);
        for (int i = 0; i < spec.inputCount(); i++) {
            if (!spec.hasInput(i)) {
                throw spec.refuse("input " + i + " is absent");
            }
        }
        return new Concat(spec.opset() < 4 ? spec.intAttribute("axis", 1) : spec.requiredInt("axis"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        List<PartialShape> shapes = new ArrayList<>();
        for (int i = 0; i < context.inputCount(); i++) {
            if (context.inputType(i) != type) {
                throw new IllegalArgumentException("input " + i + " has type "
                        + context.inputType(i).onnxName() + ", input 0 has " + type.onnxName());
            }
            shapes.add(context.inputShape(i));
        }
        context.output(0, type, joined(shapes, axis));
    }

    /** The shape of the joined tensor, as far as it is known. */
    public static PartialShape joined(List<PartialShape> shapes, long axis) {
        long[] dims = null;
        long sum = 0;
        boolean sumKnown = true;
        int at = 0;
        for (PartialShape shape : shapes) {
            if (!shape.isRanked()) {
                sumKnown = false;
                continue;
            }
            at = Shape.axis(axis, shape.rank());
            if (dims == null) {
                dims = shape.toArray();
            } else if (dims.length != shape.rank()) {
                throw new IllegalArgumentException("cannot join shapes " + shapes + ": different ranks");
            }
            for (int i = 0; i < dims.length; i++) {
                if (i != at && dims[i] != shape.dim(i)) { // where they agree no message is made
                    dims[i] = Axes.agree(
                            dims[i],
                            shape.dim(i),
                            "cannot join shapes " + shapes + " along axis " + at + ": dimension " + i);
                }
            }
            sumKnown &= shape.dim(at) >= 0;
            sum += shape.dim(at);
        }
        if (dims == null) {
            return PartialShape.unranked();
        }
        dims[at] = sumKnown ? sum : PartialShape.UNKNOWN;
        return PartialShape.of(dims);
    }

    @Override
    public void run(OpContext context) {
        List<Tensor> inputs = new ArrayList<>(context.inputCount());
        for (int i = 0; i < context.inputCount(); i++) {
            inputs.add(context.input(i));
        }
        join(context, inputs, axis);
    }

    /** Makes output 0 the tensors joined along {@code axis}. */
    public static void join(OpContext context, List<Tensor> inputs, long axis) {
        Shape shape = joined(
                        inputs.stream()
                                .map(tensor -> PartialShape.of(tensor.shape()))
                                .toList(),
                        axis)
                .toShape();
        int at = shape.axis(axis);
        Tensor out = context.output(0, inputs.getFirst().type(), shape);
        int outer = shape.sizeBetween(0, at);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        int outStep = shape.dim(at) * inner;
        int done = 0;
        for (Tensor in : inputs) {
            int count = in.shape().dim(at) * inner;
            if (count > 0) {
                Moves.rows(context, outer, count, in, 0, count, out, done, outStep);
            }
            done += count;
        }
    }
}
