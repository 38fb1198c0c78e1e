package org.lanewise.runtime.ops.cast;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;

/**
 * The elements converted to another type, by the rules of {@link Conversion}. ONNX {@code Cast}-1, 6, 9, 13, 19, 21, 23, 24, 25; the type is a name in opset 1, a code since 6.
 *
 * @param to the type of the output
 * @param conversion how
 */
public record Cast(DataType to, Conversion conversion) implements Operator, Repeatable {
    /** From a node. */
    public static Cast create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Cast(spec.opset() < 6 ? named(spec) : TargetType.read(spec), Conversion.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Conversion.check(context, 0);
        context.output(0, to, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        conversion.run(context, context.input(0), to);
    }

    private static DataType named(NodeSpec spec) {
        String name = spec.stringAttribute("to", "");
        for (DataType type : DataType.values()) {
            if (type.name().equals(name)) {
                return TargetType.checked(spec, type);
            }
        }
        throw spec.refuse("attribute 'to' is '" + name + "', which is no element type");
    }
}
