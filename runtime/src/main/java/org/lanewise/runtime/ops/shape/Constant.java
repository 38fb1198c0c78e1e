package org.lanewise.runtime.ops.shape;

import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A constant from an attribute. ONNX {@code Constant}: {@code value} since opset 1, {@code sparse_value} since 11, the short forms since 12.
 *
 * @param value the constant
 */
public record Constant(Tensor value) implements Operator {
    /** From a node. */
    public static Constant create(NodeSpec spec) {
        spec.inputs(0, 0);
        Tensor tensor = spec.tensorAttribute("value");
        Tensor sparse = spec.tensorAttribute("sparse_value"); // read as the dense tensor it stands for
        long[] ints = spec.intsAttribute("value_ints");
        float[] floats = spec.floatsAttribute("value_floats");
        List<String> strings = spec.stringsAttribute("value_strings");
        if (tensor != null) {
            return new Constant(tensor);
        } else if (sparse != null) {
            return new Constant(sparse);
        } else if (spec.has("value_int")) {
            return new Constant(Tensor.scalar(spec.intAttribute("value_int", 0)));
        } else if (spec.has("value_float")) {
            return new Constant(Tensor.scalar(spec.floatAttribute("value_float", 0)));
        } else if (spec.has("value_string")) {
            return new Constant(Tensor.of(new String[] {spec.stringAttribute("value_string", "")})
                    .reshape(Shape.scalar()));
        } else if (ints != null) {
            return new Constant(Tensor.of(ints));
        } else if (floats != null) {
            return new Constant(Tensor.of(floats));
        } else if (strings != null) {
            return new Constant(Tensor.of(strings.toArray(String[]::new)));
        }
        throw spec.refuse("has no value");
    }

    @Override
    public void inferShapes(ShapeContext context) {
        context.output(0, value.valueType());
        context.outputKnown(0, value);
    }

    @Override
    public void run(OpContext context) {
        context.output(0, value);
    }
}
