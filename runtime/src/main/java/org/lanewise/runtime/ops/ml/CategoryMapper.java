package org.lanewise.runtime.ops.ml;

import java.util.List;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.Tensor;

/** Replaces strings by the integers listed for them, or integers by strings, as the input asks for. ONNX {@code ai.onnx.ml.CategoryMapper}-1. */
public record CategoryMapper(LabelEncoder encoder) implements Operator {
    /** From a node. */
    public static CategoryMapper create(NodeSpec spec) {
        spec.inputs(1, 1);
        long[] ints = spec.intsAttribute("cats_int64s");
        List<String> strings = spec.stringsAttribute("cats_strings");
        if (ints == null || strings == null || ints.length != strings.size()) {
            throw spec.refuse("needs cats_int64s and cats_strings, of one length");
        }
        return new CategoryMapper(LabelEncoder.bothWays(spec, Tensor.of(ints), LabelEncoder.strings(strings)));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        encoder.inferShapes(context);
    }

    @Override
    public void run(OpContext context) {
        encoder.run(context);
    }
}
