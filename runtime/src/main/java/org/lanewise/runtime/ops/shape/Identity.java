package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.op.Views;

/** {@code output = input}, for tensors, sequences and optionals. ONNX {@code Identity}-1, 13, 14, 16 and later. */
public record Identity() implements Operator, Views {
    /** From a node. */
    public static Identity create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Identity();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, context.inputValueType(0));
    }

    @Override
    public void run(OpContext context) {
        context.output(0, context.value(0));
    }
}
