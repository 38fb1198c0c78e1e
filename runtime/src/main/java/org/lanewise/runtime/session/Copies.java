package org.lanewise.runtime.session;

import java.util.List;
import java.util.function.Predicate;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;

/** Copies of values of any kind, so that nobody holds memory that is not theirs. */
final class Copies {
    private Copies() {}

    /** The value with every tensor that {@code where} picks copied. */
    static OnnxValue of(OnnxValue value, Predicate<Tensor> where) {
        return switch (value) {
            case Tensor tensor -> where.test(tensor) ? tensor.copy() : tensor;
            case SequenceValue(var type, List<OnnxValue> elements) ->
                new SequenceValue(
                        type,
                        elements.stream().map(element -> of(element, where)).toList());
            case OptionalValue(var type, var content) ->
                content == null ? value : new OptionalValue(type, of(content, where));
            case MapValue(Tensor keys, Tensor values) ->
                new MapValue((Tensor) of(keys, where), (Tensor) of(values, where));
        };
    }

    /** Whether a tensor in the value lies in {@code array}. */
    static boolean contains(OnnxValue value, Object array) {
        return switch (value) {
            case Tensor tensor -> tensor.storage() == array;
            case SequenceValue(var type, List<OnnxValue> elements) ->
                elements.stream().anyMatch(element -> contains(element, array));
            case OptionalValue(var type, var content) -> content != null && contains(content, array);
            case MapValue(Tensor keys, Tensor values) -> contains(keys, array) || contains(values, array);
        };
    }
}
