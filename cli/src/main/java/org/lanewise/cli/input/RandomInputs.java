package org.lanewise.cli.input;

import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Random values for inputs: floating-point numbers from 0 to 1; 0 or 1 for integers and bools, which are valid as
 * indices, tokens and masks alike.
 *
 * @param seed the same seed gives the same values
 * @param dims sizes of dimensions that the model leaves open, by the model's name for them, or as {@code INPUT:AXIS}; the
 *     others become 1
 */
public record RandomInputs(long seed, Map<String, Integer> dims) {
    /** Copies the map. */
    public RandomInputs {
        dims = Map.copyOf(dims);
        dims.forEach((name, size) -> {
            if (size < 0) {
                throw new InputException("dimension '" + name + "' is " + size + ", expected 0 or more");
            }
        });
    }

    /**
     * A value for each input.
     *
     * @throws InputException if an input is no tensor of numbers or there is no dimension of a given name
     */
    public Map<String, OnnxValue> of(Collection<ValueInfo> inputs) {
        Set<String> open = new TreeSet<>();
        Random random = new Random(seed);
        Map<String, OnnxValue> values = new LinkedHashMap<>();
        for (ValueInfo input : inputs) {
            if (!(input.type() instanceof ValueType.Of(DataType type, PartialShape declared)) || !declared.isRanked()) {
                throw new InputException("input " + input + " cannot be random: its type and rank must be declared");
            }
            values.put(input.name(), value(type, shape(input.name(), declared, open), random));
        }
        for (String name : dims.keySet()) {
            if (!open.contains(name)) {
                throw new InputException("no dimension '" + name + "' is open; "
                        + (open.isEmpty() ? "none is" : "open are " + List.copyOf(open)));
            }
        }
        return values;
    }

    private Shape shape(String input, PartialShape declared, Set<String> open) {
        long[] sizes = declared.toArray();
        for (int axis = 0; axis < sizes.length; axis++) {
            if (sizes[axis] < 0) {
                String name = declared.name(axis);
                String key = name == null || name.isEmpty() ? input + ":" + axis : name;
                open.add(key);
                sizes[axis] = dims.getOrDefault(key, 1);
            }
        }
        long elements = 1;
        for (long size : sizes) {
            elements = Math.min(elements * size, Integer.MAX_VALUE + 1L);
        }
        if (elements > Integer.MAX_VALUE) {
            throw new InputException(
                    "input '" + input + "' of " + Arrays.toString(sizes) + " has more than 2^31-1 elements");
        }
        return Shape.of(sizes);
    }

    private static Tensor value(DataType type, Shape shape, Random random) {
        if (type == DataType.STRING) {
            return Elements.parse(type, shape, i -> Integer.toString(random.nextInt(2)));
        }
        return Elements.of(type, shape, i -> type.isFloating() ? random.nextFloat() : random.nextInt(2));
    }
}
