package org.lanewise.runtime.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A map, as models that were trained on tables give and take: ONNX {@code map(K, V)}.
 *
 * @param keys strings or integers, a vector, none twice
 * @param values what belongs to each key, a vector of the same length
 */
public record MapValue(Tensor keys, Tensor values) implements OnnxValue {
    /**
     * Checks that keys and values belong together.
     *
     * @throws IllegalArgumentException if they are no vectors of one length, or keys neither strings nor integers
     */
    public MapValue {
        if (keys.shape().rank() != 1 || !keys.shape().equals(values.shape())) {
            throw new IllegalArgumentException(
                    "a map has keys " + keys + " and values " + values + ", expected vectors of one length");
        }
        if (keys.type() != DataType.STRING && !keys.type().isInteger()) {
            throw new IllegalArgumentException(
                    "a map has keys of " + keys.type().onnxName() + ", expected strings or integers");
        }
    }

    /**
     * A map of strings or integers ({@code Long}) to numbers ({@code Float}, {@code Double}, {@code Long}) or strings.
     *
     * @throws IllegalArgumentException if it is empty, for its types are not known then, or keys or values are of other types or of several
     */
    public static MapValue of(Map<?, ?> map) {
        return new MapValue(
                vector("keys", map.keySet().toArray()),
                vector("values", map.values().toArray()));
    }

    private static Tensor vector(String what, Object[] elements) {
        DataType type = switch (elements.length == 0 ? null : elements[0]) {
            case String text -> DataType.STRING;
            case Long number -> DataType.INT64;
            case Float number -> DataType.FLOAT;
            case Double number -> DataType.DOUBLE;
            case null, default ->
                throw new IllegalArgumentException("the " + what + " of a map are "
                        + (elements.length == 0 ? "none" : "" + elements[0])
                        + ", expected String, Long, Float or Double");
        };
        Tensor vector = Tensor.allocate(type, Shape.of(elements.length));
        for (int i = 0; i < elements.length; i++) {
            Object element = elements[i];
            if (element == null || element.getClass() != elements[0].getClass()) {
                throw new IllegalArgumentException(
                        "the " + what + " of a map are of several types: " + elements[0] + ", " + element);
            }
            switch (vector) {
                case StringTensor strings -> strings.array()[i] = (String) element;
                case LongTensor longs -> longs.array()[i] = (Long) element;
                case FloatTensor floats -> floats.array()[i] = (Float) element;
                case DoubleTensor doubles -> doubles.array()[i] = (Double) element;
                default -> throw new IllegalStateException("no map holds " + vector);
            }
        }
        return vector;
    }

    /** The entries in order: keys are {@code String} or {@code Long}; values {@code Float}, {@code Double}, {@code String}, or {@code Long} for all integers. */
    public Map<Object, Object> toMap() {
        Map<Object, Object> map = LinkedHashMap.newLinkedHashMap(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            map.put(element(keys, i), element(values, i));
        }
        return Collections.unmodifiableMap(map);
    }

    private static Object element(Tensor vector, int i) {
        return switch (vector) {
            case StringTensor strings -> Objects.requireNonNull(strings.get(i));
            case DoubleTensor doubles -> doubles.getDouble(i);
            case Tensor floats when floats.type().isFloating() -> (float) floats.getDouble(i);
            default -> vector.getLong(i);
        };
    }

    @Override
    public ValueType valueType() {
        return new ValueType.MapOf(keys.type(), values.type());
    }
}
