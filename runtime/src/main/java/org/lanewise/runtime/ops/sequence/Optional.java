package org.lanewise.runtime.ops.sequence;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.ValueType;

/**
 * The input as an optional value, or an empty optional of a type. ONNX {@code Optional}-15.
 *
 * @param type the type of the value of an empty optional, or {@code null}
 */
public record Optional(@Nullable ValueType type) implements Operator {
    /** From a node. */
    public static Optional create(NodeSpec spec) {
        spec.inputs(0, 1);
        ValueType type = spec.typeAttribute("type");
        if (type == null && !spec.hasInput(0)) {
            throw spec.refuse("has neither an input nor the attribute type");
        }
        return new Optional(type);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        ValueType element = context.hasInput(0) ? context.inputValueType(0) : type;
        if (element != null) {
            context.output(0, new ValueType.OptionalOf(element));
        }
    }

    @Override
    public void run(OpContext context) {
        OnnxValue value = context.hasInput(0) ? context.value(0) : null;
        ValueType element = value != null ? value.valueType() : type;
        if (element != null) {
            context.output(0, new OptionalValue(element, value));
        }
    }
}
