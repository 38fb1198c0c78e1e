package org.lanewise.runtime.ops.sequence;

import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.OnnxValue;

/** The element at a position, negative from the end. ONNX {@code SequenceAt}-11. */
public record SequenceAt() implements Operator {
    /** From a node. */
    public static SequenceAt create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new SequenceAt();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Sequences.expectPosition(context, 1);
        context.output(0, Sequences.elementType(context));
    }

    @Override
    public void run(OpContext context) {
        List<OnnxValue> elements = Sequences.sequence(context).elements();
        context.output(0, elements.get(Sequences.position(context.input(1), elements.size(), elements.size())));
    }
}
