package org.lanewise.runtime.ops.shape;

import java.util.HashMap;
import java.util.Map;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Sums of products of elements, as an equation says: {@code bij,bjk->bik} is a batch of matrix products, {@code ii->i} a diagonal, {@code ij->} the sum of all
 * elements. Operands are contracted two at a time, from the left, each time as a batch of matrix products. ONNX {@code Einsum}-12 and later.
 *
 * @param equation the equation
 */
public record Einsum(String equation) implements Operator, ComputesInFloat {
    /** From a node. */
    public static Einsum create(NodeSpec spec) {
        spec.inputs(1, Integer.MAX_VALUE);
        String equation = spec.stringAttribute("equation", "");
        try {
            EinsumEquation.parse(equation);
        } catch (IllegalArgumentException e) {
            throw spec.refuse(String.valueOf(e.getMessage()));
        }
        return new Einsum(equation);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        Numbers.expectWritable(type, "product of elements");
        int[] ranks = new int[context.inputCount()];
        for (int i = 0; i < ranks.length; i++) {
            if (context.inputType(i) != type) {
                throw new IllegalArgumentException(
                        "input " + i + " has type " + context.inputType(i).onnxName() + ", input 0 has " + type.onnxName());
            }
            ranks[i] = context.inputShape(i).rank();
            if (ranks[i] < 0) {
                context.output(0, type, PartialShape.unranked());
                return;
            }
        }
        EinsumEquation.Bound bound = EinsumEquation.parse(equation).bind(ranks);
        Map<Integer, Long> sizes = new HashMap<>();
        for (int i = 0; i < ranks.length; i++) {
            for (int axis = 0; axis < ranks[i]; axis++) {
                meet(sizes, bound.operands()[i][axis], context.inputShape(i).dim(axis));
            }
        }
        long[] dims = new long[bound.result().length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = sizes.getOrDefault(bound.result()[i], PartialShape.UNKNOWN);
        }
        context.output(0, type, PartialShape.of(dims));
    }

    private static void meet(Map<Integer, Long> sizes, int label, long dim) {
        long known = sizes.getOrDefault(label, 1L);
        if (known > 1 && dim > 1 && known != dim) {
            throw new IllegalArgumentException("sizes " + known + " and " + dim + " of label '" + EinsumRun.name(label) + "' differ");
        }
        sizes.put(label, known == 1 ? dim : dim == 1 ? known : Math.max(known, dim));
    }

    @Override
    public void run(OpContext context) {
        int[] ranks = new int[context.inputCount()];
        Tensor[] inputs = new Tensor[ranks.length];
        for (int i = 0; i < ranks.length; i++) {
            inputs[i] = context.input(i);
            ranks[i] = inputs[i].shape().rank();
        }
        new EinsumRun(context, EinsumEquation.parse(equation).bind(ranks), inputs).run();
    }
}
