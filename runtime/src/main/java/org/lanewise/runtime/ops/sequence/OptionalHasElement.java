package org.lanewise.runtime.ops.sequence;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Whether an optional holds a value, a {@code BOOL} scalar; true for a tensor or a sequence, false for an absent input (both since 18). ONNX
 * {@code OptionalHasElement}-15 and later.
 */
public record OptionalHasElement() implements Operator {
    /** From a node. */
    public static OptionalHasElement create(NodeSpec spec) {
        spec.inputs(spec.opset() < 18 ? 1 : 0, 1);
        return new OptionalHasElement();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, DataType.BOOL, PartialShape.of());
        if (!context.hasInput(0) || !(context.inputValueType(0) instanceof ValueType.OptionalOf)) {
            context.outputKnown(0, bool(context.hasInput(0)));
        }
    }

    @Override
    public void run(OpContext context) {
        boolean empty =
                !context.hasInput(0) || context.value(0) instanceof OptionalValue optional && optional.value() == null;
        context.output(0, bool(!empty));
    }

    private static Tensor bool(boolean value) {
        return Tensor.of(new boolean[] {value}).reshape(Shape.scalar());
    }
}
