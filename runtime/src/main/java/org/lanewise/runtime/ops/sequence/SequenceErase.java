package org.lanewise.runtime.ops.sequence;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;

/** The sequence without the element at a position (negative from the end), without the last when there is no position. ONNX {@code SequenceErase}-11. */
public record SequenceErase() implements Operator {
    /** From a node. */
    public static SequenceErase create(NodeSpec spec) {
        spec.inputs(1, 2);
        return new SequenceErase();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Sequences.expectPosition(context, 1);
        Sequences.elementType(context);
        context.output(0, context.inputValueType(0));
    }

    @Override
    public void run(OpContext context) {
        SequenceValue sequence = Sequences.sequence(context);
        List<OnnxValue> elements = new ArrayList<>(sequence.elements());
        Tensor position = context.optionalInput(1);
        int length = elements.size();
        elements.remove(Sequences.position(position == null ? Tensor.scalar(-1L) : position, length, length));
        context.output(0, new SequenceValue(sequence.elementType(), elements));
    }
}
