package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The upper or lower triangle of the matrices in the last two axes, the rest 0: upper keeps {@code column - row >= k}, lower {@code column - row <= k}. ONNX
 * {@code Trilu}-14, {@code com.microsoft.Trilu}-1.
 *
 * @param upper which triangle
 */
public record Trilu(boolean upper) implements Operator {
    /** From a node. */
    public static Trilu create(NodeSpec spec) {
        spec.inputs(1, 2);
        return new Trilu(spec.flag("upper", true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        if (in.isRanked() && in.rank() < 2) {
            throw new IllegalArgumentException("input has shape " + in + ", expected at least 2 axes");
        }
        context.output(0, context.inputType(0), in);
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Tensor diagonal = context.optionalInput(1);
        int rows = in.shape().dim(-2);
        int columns = in.shape().dim(-1);
        long k = diagonal == null ? 0 : diagonal.scalarLong();
        Tensor out = context.output(0, in.type(), in.shape());
        Tensor zero = Tensor.allocate(in.type(), Shape.scalar());
        if (out.size() == 0) {
            return;
        }
        context.parallel(in.size() / columns, 10 + columns / 4, (from, to, scratch) -> {
            for (int line = from; line < to; line++) {
                long first = Math.clamp(k, -rows, columns) + line % rows + (upper ? 0 : 1);
                int split = (int) Math.clamp(first, 0, columns);
                int at = line * columns;
                if (upper) {
                    Moves.fill(out, at, split, zero);
                    out.copyFrom(at + split, in, at + split, columns - split);
                } else {
                    out.copyFrom(at, in, at, split);
                    Moves.fill(out, at + split, columns - split, zero);
                }
            }
        });
    }
}
