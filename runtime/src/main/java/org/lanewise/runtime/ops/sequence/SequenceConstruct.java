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
import org.lanewise.runtime.tensor.ValueType;

/** The sequence of the inputs. ONNX {@code SequenceConstruct}-11. */
public record SequenceConstruct() implements Operator {
    /** From a node. */
    public static SequenceConstruct create(NodeSpec spec) {
        spec.inputs(1, Integer.MAX_VALUE);
        return new SequenceConstruct();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        ValueType element = context.inputValueType(0);
        for (int i = 1; i < context.inputCount(); i++) {
            element = CommonType.of(element, context.inputValueType(i));
        }
        context.output(0, new ValueType.SequenceOf(element));
    }

    @Override
    public void run(OpContext context) {
        List<OnnxValue> elements = new ArrayList<>();
        for (int i = 0; i < context.inputCount(); i++) {
            elements.add(context.value(i));
        }
        context.output(0, new SequenceValue(CommonType.of(elements, null), elements));
    }
}
