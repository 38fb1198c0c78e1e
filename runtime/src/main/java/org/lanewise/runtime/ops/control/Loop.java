package org.lanewise.runtime.ops.control;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Runs a subgraph up to {@code M} times, as long as a condition holds. The body takes the iteration number, the condition and N carried values, and gives the
 * next condition, the next N carried values and K values that are stacked over the iterations. Outputs: the last carried values, then the stacks. Without the
 * input {@code cond} only the trip count ends the loop; without either, the body's condition does. ONNX {@code Loop}-1 and later.
 *
 * @param body the subgraph
 */
public record Loop(Graph body) implements Operator, HasSubgraphs {
    private static final ValueType ITERATION = ValueType.tensor(DataType.INT64, PartialShape.of());
    private static final ValueType CONDITION = ValueType.tensor(DataType.BOOL, PartialShape.of());

    /** From a node. */
    public static Loop create(NodeSpec spec) {
        if (spec.inputCount() < 2) {
            throw spec.refuse("has " + spec.inputCount() + " inputs, expected at least 2");
        }
        Graph body = spec.graphAttribute("body");
        int carried = spec.inputCount() - 2;
        if (body.inputs().size() != carried + 2 || body.outputs().size() < Math.max(carried, spec.outputCount()) + 1) {
            throw spec.refuse("body '" + body.name() + "' has " + body.inputs().size() + " inputs and "
                    + body.outputs().size() + " outputs, the node carries " + carried + " values and has "
                    + spec.outputCount() + " outputs");
        }
        return new Loop(body);
    }

    @Override
    public List<Graph> subgraphs() {
        return List.of(body);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        int carried = context.inputCount() - 2;
        List<ValueType> types = new ArrayList<>();
        types.add(ITERATION);
        types.add(CONDITION);
        for (int i = 0; i < carried; i++) {
            types.add(context.inputValueType(i + 2));
        }
        List<ValueType> outputs = CarriedTypes.infer(context, types, 2, 1, carried);
        for (int i = 0; i < carried; i++) {
            context.output(i, types.get(i + 2));
        }
        Tensor trips = context.constant(0);
        long count = trips != null && !context.hasInput(1) ? Math.max(0, trips.getLong(0)) : PartialShape.UNKNOWN;
        for (int i = carried; i < context.outputCount(); i++) {
            context.output(i, ScanOutput.type(outputs.get(i + 1), 0, count));
        }
    }

    @Override
    public void run(OpContext context) {
        int carried = context.inputCount() - 2;
        int stacks = body.outputs().size() - 1 - carried;
        long trips = context.hasInput(0) ? scalar(context.input(0), "M") : Long.MAX_VALUE;
        boolean goOn = !context.hasInput(1) || scalar(context.input(1), "cond") != 0;
        boolean conditional = context.hasInput(1) || !context.hasInput(0);
        List<OnnxValue> values = new ArrayList<>();
        for (int i = 0; i < carried; i++) {
            values.add(context.value(i + 2));
        }
        List<List<OnnxValue>> stacked = new ArrayList<>();
        for (int i = 0; i < stacks; i++) {
            stacked.add(new ArrayList<>());
        }
        for (long i = 0; i < trips && goOn; i++) {
            if (Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException(
                        "interrupted in iteration " + i); // so that a caller can end a loop that never ends
            }
            List<OnnxValue> inputs = new ArrayList<>(carried + 2);
            inputs.add(Tensor.scalar(i));
            inputs.add(Tensor.of(new boolean[] {goOn}).reshape(Shape.scalar()));
            inputs.addAll(values);
            List<OnnxValue> outputs = context.runSubgraph(0, inputs);
            goOn = !conditional || scalar((Tensor) outputs.getFirst(), "the body's condition") != 0;
            values = outputs.subList(1, 1 + carried);
            for (int k = 0; k < stacks; k++) {
                stacked.get(k).add(outputs.get(1 + carried + k));
            }
        }
        for (int i = 0; i < carried; i++) {
            context.output(i, values.get(i));
        }
        for (int k = 0; k < stacks; k++) {
            ScanOutput.stack(
                    context,
                    carried + k,
                    stacked.get(k),
                    context.subgraphOutputTypes(0).get(1 + carried + k));
        }
    }

    private static long scalar(Tensor tensor, String what) {
        if (tensor.size() != 1) {
            throw new IllegalArgumentException(what + " is " + tensor + ", expected one element");
        }
        return tensor.getLong(0);
    }
}
