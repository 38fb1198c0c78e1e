package org.lanewise.runtime.ops.control;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Runs a subgraph on each element of a sequence; further inputs are sequences of the same length, walked along, or tensors, given to every run. Each output is
 * the sequence of what the runs gave. ONNX {@code SequenceMap}-17.
 *
 * @param body the subgraph
 */
public record SequenceMap(Graph body) implements Operator, HasSubgraphs {
    /** From a node. */
    public static SequenceMap create(NodeSpec spec) {
        spec.inputs(1, Integer.MAX_VALUE);
        Graph body = spec.graphAttribute("body");
        if (body.inputs().size() != spec.inputCount() || body.outputs().size() < spec.outputCount()) {
            throw spec.refuse("body '" + body.name() + "' has " + body.inputs().size() + " inputs and "
                    + body.outputs().size() + " outputs, expected " + spec.inputCount() + " and " + spec.outputCount());
        }
        return new SequenceMap(body);
    }

    @Override
    public List<Graph> subgraphs() {
        return List.of(body);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        List<ValueType> types = new ArrayList<>();
        for (int i = 0; i < context.inputCount(); i++) {
            ValueType type = context.inputValueType(i);
            types.add(type instanceof ValueType.SequenceOf(ValueType element) ? element : type);
        }
        if (!(context.inputValueType(0) instanceof ValueType.SequenceOf)) {
            throw new IllegalArgumentException("input 0 is " + context.inputValueType(0) + ", expected a sequence");
        }
        List<ValueType> outputs = context.inferSubgraph(0, types);
        for (int i = 0; i < outputs.size(); i++) {
            context.output(i, new ValueType.SequenceOf(outputs.get(i)));
        }
    }

    @Override
    public void run(OpContext context) {
        int length = ((SequenceValue) context.value(0)).elements().size();
        List<List<OnnxValue>> results = new ArrayList<>();
        body.outputs().forEach(output -> results.add(new ArrayList<>()));
        for (int n = 0; n < length; n++) {
            List<OnnxValue> inputs = new ArrayList<>();
            for (int i = 0; i < context.inputCount(); i++) {
                inputs.add(element(context.value(i), i, n, length));
            }
            List<OnnxValue> outputs = context.runSubgraph(0, inputs);
            for (int i = 0; i < results.size(); i++) {
                results.get(i).add(outputs.get(i));
            }
        }
        for (int i = 0; i < results.size(); i++) {
            ValueType type =
                    CommonType.of(results.get(i), context.subgraphOutputTypes(0).get(i));
            context.output(i, new SequenceValue(type, results.get(i)));
        }
    }

    private static OnnxValue element(OnnxValue value, int input, int n, int length) {
        if (!(value instanceof SequenceValue(ValueType type, List<OnnxValue> elements))) {
            return value;
        }
        if (elements.size() != length) {
            throw new IllegalArgumentException(
                    "input " + input + " has " + elements.size() + " elements, input 0 has " + length);
        }
        return elements.get(n);
    }
}
