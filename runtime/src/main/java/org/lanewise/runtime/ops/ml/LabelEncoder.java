package org.lanewise.runtime.ops.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Replaces each element by the value listed for it: {@code y = values[place of x in keys]}, or a default. ONNX {@code ai.onnx.ml.LabelEncoder}-1 (strings to their place in a list, or back), -2
 * and -4 (keys and values as tensors).
 *
 * @param mappings the one mapping, or, where the type of the input decides, those for each type
 */
public record LabelEncoder(List<Mapping> mappings) implements Operator {
    /** Values for keys, and the one for what is no key. */
    record Mapping(Lookup keys, Tensor values, Tensor missing) {
        static Mapping of(Tensor keys, Tensor values, Tensor missing) {
            return new Mapping(new Lookup(keys), values, missing);
        }
    }

    /** From a node. */
    public static LabelEncoder create(NodeSpec spec) {
        spec.inputs(1, 1);
        if (spec.opset() == 1) {
            List<String> classes = spec.stringsAttribute("classes_strings");
            Tensor strings = strings(classes == null ? List.of() : classes);
            long[] places = new long[strings.size()];
            Arrays.setAll(places, i -> i);
            return bothWays(spec, Tensor.of(places), strings);
        }
        Tensor keys = list(spec, "keys");
        Tensor values = list(spec, "values");
        if (keys.size() != values.size()) {
            throw spec.refuse("there are " + keys.size() + " keys and " + values.size() + " values");
        }
        return new LabelEncoder(List.of(Mapping.of(keys, values, missing(spec, values.type()))));
    }

    /** Integers to strings, or strings to integers, as the input asks for. */
    static LabelEncoder bothWays(NodeSpec spec, Tensor ints, Tensor strings) {
        Tensor missingInt = Tensor.of(new long[] {spec.intAttribute("default_int64", -1)});
        Tensor missingString = Tensor.of(new String[] {spec.stringAttribute("default_string", "_Unused")});
        return new LabelEncoder(
                List.of(Mapping.of(ints, strings, missingString), Mapping.of(strings, ints, missingInt)));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, mapping(context.inputType(0)).values().type(), context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Mapping mapping = mapping(x.type());
        Tensor y = context.output(0, mapping.values().type(), x.shape());
        context.parallel(x.size(), 20, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int place = mapping.keys().find(x, i);
                y.copyFrom(i, place < 0 ? mapping.missing() : mapping.values(), Math.max(place, 0), 1);
            }
        });
    }

    private Mapping mapping(DataType type) {
        for (Mapping mapping : mappings) {
            if (mapping.keys().type() == type) {
                return mapping;
            }
        }
        throw new IllegalArgumentException("the input is " + type.onnxName() + ", expected the type of the keys, "
                + mappings.getFirst().keys().type().onnxName());
    }

    private static Tensor list(NodeSpec spec, String name) {
        float[] floats = spec.floatsAttribute(name + "_floats");
        long[] ints = spec.intsAttribute(name + "_int64s");
        List<String> strings = spec.stringsAttribute(name + "_strings");
        Tensor tensor = spec.tensorAttribute(name + "_tensor");
        List<Tensor> given = new ArrayList<>();
        if (floats != null && floats.length > 0) {
            given.add(Tensor.of(floats));
        }
        if (ints != null && ints.length > 0) {
            given.add(Tensor.of(ints));
        }
        if (strings != null && !strings.isEmpty()) {
            given.add(strings(strings));
        }
        if (tensor != null) {
            given.add(tensor);
        }
        if (given.size() != 1) {
            throw spec.refuse("needs exactly one of the attributes " + name + "_floats, _int64s, _strings and _tensor");
        }
        return given.getFirst();
    }

    private static Tensor missing(NodeSpec spec, DataType type) {
        Tensor tensor = spec.tensorAttribute("default_tensor");
        float number = spec.floatAttribute("default_float", -0.0f);
        long integer = spec.intAttribute("default_int64", -1);
        String string = spec.stringAttribute("default_string", "_Unused");
        if (tensor != null) {
            if (tensor.type() != type || tensor.size() != 1) {
                throw spec.refuse("default_tensor is " + tensor + ", expected one " + type.onnxName());
            }
            return tensor;
        }
        if (type == DataType.STRING) {
            return Tensor.of(new String[] {string});
        }
        Tensor missing = Tensor.allocate(type, Shape.of(1));
        if (type.isFloating()) {
            Elements.write(new double[] {number}, missing, 0, 1);
        } else {
            Elements.write(new long[] {integer}, missing, 0, 1);
        }
        return missing;
    }

    static Tensor strings(List<String> strings) {
        return Tensor.of(strings.toArray(String[]::new));
    }
}
