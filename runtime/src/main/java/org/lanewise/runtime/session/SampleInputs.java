package org.lanewise.runtime.session;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Inputs that mean nothing but fit a model: fp32 and fp64 numbers from 0 to 1, ones for integers, and zero for the other types. */
final class SampleInputs {
    private SampleInputs() {}

    static Map<String, OnnxValue> of(List<ValueInfo> inputs, Map<String, Shape> shapes) {
        Map<String, OnnxValue> values = new LinkedHashMap<>();
        Random random = new Random(1);
        for (ValueInfo input : inputs) {
            values.put(input.name(), value(input, shapes, random));
        }
        for (String name : shapes.keySet()) {
            if (!values.containsKey(name)) {
                throw new RunException("no input '" + name + "' to make up: the model takes " + inputs);
            }
        }
        return values;
    }

    private static Tensor value(ValueInfo input, Map<String, Shape> shapes, Random random) {
        Shape given = shapes.get(input.name());
        if (!(input.type() instanceof ValueType.Of(var type, PartialShape declared))
                || given == null && !declared.isRanked()) {
            throw new RunException("input " + input + " cannot be made up: expected a tensor, and a shape for it");
        }
        Shape shape = given != null ? given : closed(declared);
        Tensor tensor = allocate(input, type, shape);
        switch (tensor.storage()) {
            case float[] values -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = random.nextFloat();
                }
            }
            case double[] values -> Arrays.setAll(values, i -> random.nextDouble());
            case long[] values -> Arrays.fill(values, 1);
            case int[] values -> Arrays.fill(values, 1);
            default -> {
                // Zero: the bits of a half-precision one are no number
            }
        }
        return tensor;
    }

    private static Tensor allocate(ValueInfo input, DataType type, Shape shape) {
        try {
            return Tensor.allocate(type, shape);
        } catch (OutOfMemoryError e) {
            throw new RunException("input " + input + " cannot be made up: " + InferenceException.reason(e), e);
        }
    }

    private static Shape closed(PartialShape declared) {
        long[] dims = declared.toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] == PartialShape.UNKNOWN ? 1 : dims[i];
        }
        return Shape.of(dims);
    }
}
