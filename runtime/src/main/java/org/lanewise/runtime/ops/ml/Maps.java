package org.lanewise.runtime.ops.ml;

import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Keys of maps, and input 0 where it is a map. */
final class Maps {
    private Maps() {}

    /** Keys that a node lists, in one of two attributes: a vector of {@code INT64} or strings. */
    static Tensor keys(NodeSpec spec, String integers, String texts) {
        long[] ints = spec.intsAttribute(integers);
        List<String> strings = spec.stringsAttribute(texts);
        long[] numbers = ints == null ? new long[0] : ints;
        List<String> words = strings == null ? List.of() : strings;
        if (numbers.length == 0 == words.isEmpty()) {
            throw spec.refuse("needs either " + integers + " or " + texts);
        }
        return words.isEmpty() ? Tensor.of(numbers) : LabelEncoder.strings(words);
    }

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
