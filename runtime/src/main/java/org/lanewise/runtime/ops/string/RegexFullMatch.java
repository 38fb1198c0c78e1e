package org.lanewise.runtime.ops.string;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.StringTensor;

/**
 * Whether each string as a whole matches a regular expression in RE2's syntax; takes time in proportion to the length of the strings. ONNX
 * {@code RegexFullMatch}-20.
 *
 * @param pattern the expression
 * @param program the same, compiled
 */
public record RegexFullMatch(String pattern, RegexProgram program) implements Operator {
    /** From a node. */
    public static RegexFullMatch create(NodeSpec spec) {
        spec.inputs(1, 1);
        String pattern = spec.stringAttribute("pattern", "");
        try {
            return new RegexFullMatch(pattern, RegexProgram.compile(pattern));
        } catch (IllegalArgumentException e) {
            throw spec.refuse(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Strings.expect(context, 0);
        context.output(0, DataType.BOOL, context.inputShape(0));
    }

    @Override
    public void run(OpContext context) {
        StringTensor in = (StringTensor) context.input(0);
        ByteTensor out = (ByteTensor) context.output(0, DataType.BOOL, in.shape());
        for (int i = 0; i < in.size(); i++) {
            out.array()[out.offset() + i] = (byte) (program.matches(in.get(i)) ? 1 : 0);
        }
    }
}
