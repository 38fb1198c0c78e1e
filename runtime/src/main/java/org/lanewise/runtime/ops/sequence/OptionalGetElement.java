package org.lanewise.runtime.ops.sequence;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.ValueType;

/** The value that an optional holds; a tensor or a sequence as it is (since 18). ONNX {@code OptionalGetElement}-15 and later. */
public record OptionalGetElement() implements Operator, Views {
    /** From a node. */
    public static OptionalGetElement create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new OptionalGetElement();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        ValueType type = context.inputValueType(0);
        context.output(0, type instanceof ValueType.OptionalOf(ValueType element) ? element : type);
    }

    @Override
    public void run(OpContext context) {
        OnnxValue value = context.value(0) instanceof OptionalValue optional ? optional.value() : context.value(0);
        if (value == null) {
            throw new IllegalArgumentException("the optional is empty");
        }
        context.output(0, value);
    }
}
