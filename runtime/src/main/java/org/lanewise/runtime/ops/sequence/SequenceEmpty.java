package org.lanewise.runtime.ops.sequence;

import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.ValueType;

/**
 * A sequence of no tensors. ONNX {@code SequenceEmpty}-11.
 *
 * @param type element type of the tensors it may be given
 */
public record SequenceEmpty(DataType type) implements Operator {
    /** From a node. */
    public static SequenceEmpty create(NodeSpec spec) {
        spec.inputs(0, 0);
        long code = spec.intAttribute("dtype", DataType.FLOAT.code());
        DataType type = DataType.ofCode(Math.toIntExact(code));
        if (type == null) {
            throw spec.refuse("dtype " + code + " is not known");
        }
        return new SequenceEmpty(type);
    }

    private ValueType element() {
        return ValueType.tensor(type, PartialShape.unranked());
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, new ValueType.SequenceOf(element()));
    }

    @Override
    public void run(OpContext context) {
        context.output(0, new SequenceValue(element(), List.of()));
    }
}
