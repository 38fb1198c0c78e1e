package org.lanewise.runtime.ops.control;

import java.util.List;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Runs one of two subgraphs without inputs and gives its outputs. ONNX {@code If}-1 and later.
 *
 * @param thenBranch runs when the condition is true
 * @param elseBranch runs when it is false
 */
public record If(Graph thenBranch, Graph elseBranch) implements Operator, HasSubgraphs {
    /** From a node. */
    public static If create(NodeSpec spec) {
        spec.inputs(1, 1);
        If result = new If(spec.graphAttribute("then_branch"), spec.graphAttribute("else_branch"));
        for (Graph branch : result.subgraphs()) {
            if (branch.outputs().size() < spec.outputCount() || !branch.inputs().isEmpty()) {
                throw spec.refuse(
                        "branch '" + branch.name() + "' has " + branch.inputs().size() + " inputs and "
                                + branch.outputs().size() + " outputs, expected 0 and " + spec.outputCount());
            }
        }
        return result;
    }

    @Override
    public List<Graph> subgraphs() {
        return List.of(thenBranch, elseBranch);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        if (context.inputType(0) != DataType.BOOL) {
            throw new IllegalArgumentException(
                    "cond has type " + context.inputType(0).onnxName() + ", expected bool");
        }
        Tensor known = context.constant(0);
        if (known != null) {
            List<ValueType> taken = context.inferSubgraph(branch(known), List.of());
            for (int i = 0; i < context.outputCount(); i++) {
                context.output(i, taken.get(i));
            }
            return;
        }
        List<ValueType> a = context.inferSubgraph(0, List.of());
        List<ValueType> b = context.inferSubgraph(1, List.of());
        for (int i = 0; i < context.outputCount(); i++) {
            context.output(i, CommonType.of(a.get(i), b.get(i)));
        }
    }

    @Override
    public void run(OpContext context) {
        List<OnnxValue> outputs = context.runSubgraph(branch(context.input(0)), List.of());
        for (int i = 0; i < context.outputCount(); i++) {
            context.output(i, outputs.get(i));
        }
    }

    private static int branch(Tensor condition) {
        if (condition.size() != 1) {
            throw new IllegalArgumentException("cond is " + condition + ", expected one bool");
        }
        return condition.getLong(0) != 0 ? 0 : 1;
    }
}
