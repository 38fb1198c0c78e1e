package org.lanewise.runtime.ops.shape;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A matrix of the input's shape with ones on diagonal {@code k} ({@code column - row = k}) and zeros elsewhere. ONNX {@code EyeLike}-9 and later.
 *
 * @param type element type, {@code null} for the input's
 * @param k the diagonal
 */
public record EyeLike(@Nullable DataType type, long k) implements Operator {
    /** From a node. */
    public static EyeLike create(NodeSpec spec) {
        spec.inputs(1, 1);
        DataType type = null;
        if (spec.has("dtype")) {
            long code = spec.intAttribute("dtype", 0);
            type = DataType.ofCode((int) code);
            if (type == null || !Numbers.isWritable(type)) {
                throw spec.refuse("dtype " + (type == null ? code : type.onnxName()) + " is not supported");
            }
        }
        return new EyeLike(type, spec.intAttribute("k", 0));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType out = type == null ? context.inputType(0) : type;
        Numbers.expectWritable(out, "output");
        PartialShape in = context.inputShape(0);
        Axes.expectRank(in, 2, "input");
        context.output(0, out, in.isRanked() ? in : PartialShape.ofRank(2));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Axes.expectRank(PartialShape.of(in.shape()), 2, "input");
        Tensor out = context.output(0, type == null ? in.type() : type, in.shape());
        int rows = in.shape().dim(0);
        int columns = in.shape().dim(1);
        Moves.fill(out, 0, out.size(), Tensor.allocate(out.type(), Shape.scalar()));
        for (int row = 0; row < rows; row++) {
            if (row + k >= 0 && row + k < columns) {
                Numbers.setLong(out, (int) (row * columns + row + k), 1);
            }
        }
    }
}
