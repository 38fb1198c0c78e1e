package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Permutes the axes: axis {@code i} of the output is axis {@code perm[i]} of the input. ONNX {@code Transpose}-1 and later.
 *
 * @param perm the permutation, {@code null} for the axes reversed
 */
public record Transpose(long @Nullable [] perm) implements Operator, Repeatable {
    /** From a node. */
    public static Transpose create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Transpose(spec.intsAttribute("perm"));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        if (!in.isRanked()) {
            context.output(
                    0, context.inputType(0), perm == null ? PartialShape.unranked() : PartialShape.ofRank(perm.length));
            return;
        }
        int[] order = order(in.rank());
        context.output(
                0,
                context.inputType(0),
                PartialShape.of(Arrays.stream(order).mapToLong(in::dim).toArray()));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int[] order = order(shape.rank());
        int[] strides = shape.strides();
        int[] dims = new int[order.length];
        int[] inStrides = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            dims[i] = shape.dim(order[i]);
            inStrides[i] = strides[order[i]];
        }
        Tensor out = context.output(0, in.type(), Shape.of(dims));
        Moves.strided(context, dims, in, 0, inStrides, out, 0, out.shape().strides());
    }

    private int[] order(int rank) {
        if (perm == null) {
            int[] reversed = new int[rank];
            Arrays.setAll(reversed, i -> rank - 1 - i);
            return reversed;
        }
        if (perm.length != rank) {
            throw new IllegalArgumentException(
                    "perm " + Arrays.toString(perm) + " does not fit an input of rank " + rank);
        }
        return Axes.of(perm, rank);
    }
}
