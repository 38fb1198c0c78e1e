package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Repeats the input along axes of size 1 and new leading axes, so that it and the shape of input 1 broadcast. ONNX {@code Expand}-8 and later. */
public record Expand() implements Operator, Repeatable {
    /** From a node. */
    public static Expand create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Expand();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Tensor target = context.constant(1);
        if (target != null) {
            PartialShape wanted = PartialShape.of(Shape.of(target.toLongArray()));
            context.output(0, context.inputType(0), PartialShape.broadcast(in, wanted));
            return;
        }
        PartialShape list = context.inputShape(1);
        long rank = list.isRanked() ? list.dim(0) : PartialShape.UNKNOWN;
        if (rank < 0 || !in.isRanked()) {
            context.output(0, context.inputType(0), PartialShape.unranked());
            return;
        }
        // A known dimension above 1 stays whatever the target asks; one of size 1 may grow.
        context.output(0, context.inputType(0), PartialShape.broadcast(in, PartialShape.ofRank((int) rank)));
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = Shape.broadcast(in.shape(), Shape.of(context.input(1).toLongArray()));
        Tensor out = context.output(0, in.type(), shape);
        if (in.size() == 1) {
            context.parallel(1, out.size() / 4, (from, to, scratch) -> Moves.fill(out, 0, out.size(), in));
            return;
        }
        Moves.strided(
                context, shape.toArray(), in, 0, broadcastStrides(in.shape(), shape.rank()), out, 0, shape.strides());
    }

    /** {@code in} repeated to {@code shape}, which it must broadcast to; itself if it has that shape. */
    public static Tensor expanded(OpContext context, Tensor in, Shape shape) {
        if (in.shape().equals(shape)) {
            return in;
        }
        if (!Shape.broadcast(in.shape(), shape).equals(shape)) {
            throw new IllegalArgumentException("shape " + in.shape() + " does not broadcast to " + shape);
        }
        Tensor out = Tensor.allocate(in.type(), shape);
        Moves.strided(
                context, shape.toArray(), in, 0, broadcastStrides(in.shape(), shape.rank()), out, 0, shape.strides());
        return out;
    }

    /** Strides with which a tensor of this shape is read under a shape it broadcasts to: 0 along axes it is repeated on. */
    public static int[] broadcastStrides(Shape shape, int rank) {
        int[] strides = shape.strides();
        int[] result = new int[rank];
        int lead = rank - shape.rank();
        for (int i = 0; i < strides.length; i++) {
            result[lead + i] = shape.dim(i) == 1 ? 0 : strides[i];
        }
        return result;
    }
}
