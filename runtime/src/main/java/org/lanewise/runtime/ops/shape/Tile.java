package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Repeats the whole input along its axes: {@code output[i] = input[i mod dim]}. ONNX {@code Tile}: one count and one axis in opset 1, a count for each axis
 * since 6.
 *
 * @param oneAxis whether inputs 1 and 2 are one count and its axis
 */
public record Tile(boolean oneAxis) implements Operator {
    /** From a node. */
    public static Tile create(NodeSpec spec) {
        boolean oneAxis = spec.opset() < 6;
        spec.inputs(oneAxis ? 3 : 2, oneAxis ? 3 : 2);
        return new Tile(oneAxis);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Tensor counts = context.constant(1);
        Tensor axis = context.constant(2);
        if (!in.isRanked() || counts == null || oneAxis && axis == null) {
            context.output(0, context.inputType(0), in.isRanked() ? PartialShape.ofRank(in.rank()) : in);
            return;
        }
        long[] repeats = repeats(counts, axis == null ? counts : axis, in.rank());
        long[] dims = in.toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Axes.product(new long[] {dims[i], repeats[i]}, 0, 2);
        }
        context.output(0, context.inputType(0), PartialShape.of(dims));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int rank = shape.rank();
        long[] repeats = repeats(context.input(1), context.input(oneAxis ? 2 : 1), rank);
        int[] dims = new int[2 * rank];
        int[] inStrides = new int[2 * rank];
        int[] strides = shape.strides();
        long[] outDims = new long[rank];
        for (int i = 0; i < rank; i++) {
            outDims[i] = Math.multiplyExact(repeats[i], (long) shape.dim(i));
            dims[2 * i] = Math.toIntExact(repeats[i]);
            dims[2 * i + 1] = shape.dim(i);
            inStrides[2 * i + 1] = strides[i];
        }
        Tensor out = context.output(0, in.type(), Shape.of(outDims));
        if (out.size() > 0) {
            Moves.strided(
                    context, dims, in, 0, inStrides, out, 0, Shape.of(dims).strides());
        }
    }

    private long[] repeats(Tensor counts, Tensor axis, int rank) {
        long[] repeats = new long[rank];
        if (oneAxis) {
            Arrays.fill(repeats, 1);
            repeats[Shape.axis(axis.scalarLong(), rank)] = counts.scalarLong();
        } else if (counts.size() != rank) {
            throw new IllegalArgumentException(
                    "repeats has " + counts.size() + " values, expected one for each of " + rank + " axes");
        } else {
            repeats = counts.toLongArray();
        }
        if (Arrays.stream(repeats).anyMatch(repeat -> repeat < 0)) {
            throw new IllegalArgumentException("repeats " + Arrays.toString(repeats) + " has a negative value");
        }
        return repeats;
    }
}
