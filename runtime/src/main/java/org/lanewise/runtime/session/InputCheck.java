package org.lanewise.runtime.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Checks what the caller gives against what the model declares. */
final class InputCheck {
    private InputCheck() {}

    /** The inputs in the graph's order, defaults filled in. */
    static List<OnnxValue> inOrder(Graph graph, Map<String, ? extends OnnxValue> given) {
        List<OnnxValue> ordered = new ArrayList<>(graph.inputs().size());
        int used = 0;
        for (ValueInfo input : graph.inputs()) {
            OnnxValue value = given.get(input.name());
            if (value != null) {
                used++;
                check(input, value);
                ordered.add(value);
                continue;
            }
            if (given.containsKey(input.name())) {
                throw new RunException("input '" + input.name() + "' is null");
            }
            Initializer fallback = graph.initializers().get(input.name());
            if (fallback == null) {
                throw new RunException("input '" + input.name() + "' is missing: the model expects " + graph.inputs()
                        + ", got " + given.keySet());
            }
            ordered.add(fallback.tensor());
        }
        if (used < given.size()) {
            for (String name : given.keySet()) {
                if (name == null || !graph.isInput(name)) {
                    throw new RunException("unknown input '" + name + "': the model expects " + graph.inputs());
                }
            }
        }
        return ordered;
    }

    private static void check(ValueInfo input, OnnxValue value) {
        if (!(input.type() instanceof ValueType.Of(DataType type, PartialShape shape))) {
            return; // sequences, optionals and undeclared types are checked by the operators that use them
        }
        if (!(value instanceof Tensor tensor)) {
            throw new RunException("input '" + input.name() + "' must be a tensor, got " + value.valueType());
        }
        if (tensor.type() != type) {
            throw new RunException("input '" + input.name() + "' has type "
                    + tensor.type().onnxName() + ", expected " + type.onnxName());
        }
        if (shape.isRanked() && shape.rank() != tensor.shape().rank()) {
            throw new RunException("input '" + input.name() + "' has shape " + tensor.shape() + " of rank "
                    + tensor.shape().rank() + ", expected " + shape + " of rank " + shape.rank());
        }
        if (!shape.accepts(tensor.shape())) {
            throw new RunException("input '" + input.name() + "' has shape " + tensor.shape() + ", expected " + shape);
        }
    }
}
