package org.lanewise.runtime.ops.sequence;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** The number of elements of a sequence, an {@code INT64} scalar. ONNX {@code SequenceLength}-11. */
public record SequenceLength() implements Operator {
    /** From a node. */
    public static SequenceLength create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new SequenceLength();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Sequences.elementType(context);
        context.output(0, DataType.INT64, PartialShape.of());
    }

    @Override
    public void run(OpContext context) {
        context.output(
                0, Tensor.scalar((long) Sequences.sequence(context).elements().size()));
    }
}
