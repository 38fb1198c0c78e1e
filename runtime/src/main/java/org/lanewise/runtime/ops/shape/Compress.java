package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
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
 * Keeps the positions along one axis, or of the flattened input, at which {@code condition} is true; the condition may be shorter than the axis. ONNX
 * {@code Compress}-9 and later.
 *
 * @param axis the axis, {@code null} for the flattened input
 */
public record Compress(@Nullable Long axis) implements Operator {
    /** From a node. */
    public static Compress create(NodeSpec spec) {
        spec.inputs(2, 2);
        return new Compress(spec.has("axis") ? spec.intAttribute("axis", 0) : null);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        if (context.inputType(1) != DataType.BOOL) {
            throw new IllegalArgumentException(
                    "condition has type " + context.inputType(1).onnxName() + ", expected bool");
        }
        PartialShape in = context.inputShape(0);
        Tensor condition = context.constant(1);
        long count = condition == null ? PartialShape.UNKNOWN : kept(condition).length;
        PartialShape out = axis == null
                ? PartialShape.of(count)
                : in.isRanked() ? in.with(Shape.axis(axis, in.rank()), count) : in;
        context.output(0, context.inputType(0), out);
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = axis == null ? Shape.of(in.size()) : in.shape();
        int at = axis == null ? 0 : shape.axis(axis);
        int[] kept = kept(context.input(1));
        if (kept.length > 0 && kept[kept.length - 1] >= shape.dim(at)) {
            throw new IllegalArgumentException(
                    "condition is true at " + kept[kept.length - 1] + ", axis " + at + " has size " + shape.dim(at));
        }
        Tensor out = context.output(0, in.type(), shape.with(at, kept.length));
        if (out.size() > 0) {
            Moves.pick(
                    context,
                    in,
                    shape.sizeBetween(0, at),
                    shape.dim(at),
                    shape.sizeBetween(at + 1, shape.rank()),
                    kept,
                    out);
        }
    }

    private static int[] kept(Tensor condition) {
        int[] kept = new int[condition.size()];
        int count = 0;
        for (int i = 0; i < kept.length; i++) {
            if (condition.getLong(i) != 0) {
                kept[count++] = i;
            }
        }
        return Arrays.copyOf(kept, count);
    }
}
