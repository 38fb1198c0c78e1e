package org.lanewise.runtime.ops.ml;

import java.util.HashMap;
import java.util.Map;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Finds the place of a key in a list: strings, integers, or floating numbers, where NaN is found like any other. A key that is listed twice is found at its last place. */
final class Lookup {
    private final DataType type;
    private final Map<Object, Integer> places;

    /** For the elements of {@code keys}, a vector. */
    Lookup(Tensor keys) {
        this.type = keys.type();
        this.places = HashMap.newHashMap(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            places.put(key(keys, i), i);
        }
    }

    /** Element type of the keys. */
    DataType type() {
        return type;
    }

    /** The place of element {@code i} of {@code x}, or -1. */
    int find(Tensor x, int i) {
        return places.getOrDefault(key(x, i), -1);
    }

    private static Object key(Tensor t, int i) {
        if (t instanceof StringTensor strings) {
            return strings.get(i);
        }
        return t.type().isFloating()
                ? (Object) (t.getDouble(i) + 0.0)
                : (Object) t.getLong(i); // + 0.0 makes -0 the same key as 0
    }
}
