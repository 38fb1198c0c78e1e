package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;

/**
 * Group normalization of images X with gamma and beta (C), {@link ImageGroups}. {@code com.microsoft.GroupNorm}-1.
 *
 * @param groups the attributes
 */
public record GroupNorm(ImageGroups groups) implements Operator, ComputesInFloat, Repeatable {
    /** From a node. */
    public static GroupNorm create(NodeSpec spec) {
        spec.inputs(3, 3);
        return new GroupNorm(ImageGroups.create(spec));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        groups.inferShapes(context);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, x.shape());
        groups.run(context, x, context.input(1), context.input(2), y);
    }
}
