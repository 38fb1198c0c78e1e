package org.lanewise.runtime.ops.ml;

import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.Tensor;

/** {@code y = 1 if x > threshold, else 0}, in the type of x. ONNX {@code ai.onnx.ml.Binarizer}-1. */
public record Binarizer(float threshold) implements Operator, InPlace {
    /** From a node. */
    public static Binarizer create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Binarizer(spec.floatAttribute("threshold", 0));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, Types.check(context, 0, Rows.NUMERIC), context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        Rows.map(context, x, x.type(), (values, column, n) -> {
            for (int i = 0; i < n; i++) {
                values[i] = values[i] > threshold ? 1 : 0;
            }
        });
    }
}
