package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.ValueType;

/** Input 0 where it is a map. */
final class Maps {
    private Maps() {}

    /** The type of its values; its keys must be of type {@code key}. */
    static DataType valueType(ShapeContext context, DataType key) {
        return valueType(context.inputValueType(0), key);
    }

    /** The map. */
    static MapValue map(OpContext context, DataType key) {
        OnnxValue value = context.value(0);
        valueType(value.valueType(), key);
        return (MapValue) value;
    }

    private static DataType valueType(ValueType type, DataType key) {
        if (type instanceof ValueType.MapOf(DataType keys, DataType values) && keys == key) {
            return values;
        }
        throw new IllegalArgumentException("the input is " + type + ", expected a map of " + key.onnxName());
    }
}
