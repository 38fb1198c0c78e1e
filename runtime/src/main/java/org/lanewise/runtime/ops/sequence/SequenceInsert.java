package org.lanewise.runtime.ops.sequence;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.control.CommonType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** The sequence with a tensor inserted before a position (negative from the end), at the end when there is none. ONNX {@code SequenceInsert}-11. */
public record SequenceInsert() implements Operator {
    /** From a node. */
    public static SequenceInsert create(NodeSpec spec) {
        spec.inputs(2, 3);
        return new SequenceInsert();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Sequences.expectPosition(context, 2);
        context.output(
                0, new ValueType.SequenceOf(CommonType.of(Sequences.elementType(context), context.inputValueType(1))));
    }

    @Override
    public void run(OpContext context) {
        SequenceValue sequence = Sequences.sequence(context);
        List<OnnxValue> elements = new ArrayList<>(sequence.elements());
        Tensor position = context.optionalInput(2);
        int length = elements.size();
        elements.add(position == null ? length : Sequences.position(position, length, length + 1), context.value(1));
        ValueType type = length == 0
                ? context.value(1).valueType()
                : CommonType.of(sequence.elementType(), context.value(1).valueType());
        context.output(0, new SequenceValue(type, elements));
    }
}
