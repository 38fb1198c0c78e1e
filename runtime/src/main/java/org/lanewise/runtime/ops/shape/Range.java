package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code output[i] = start + i * delta} for {@code i < max(0, ceil((limit - start) / delta))}. ONNX {@code Range}-11 and later; 16-bit floating types since
 * 27, computed in single precision. {@code com.microsoft.Range}-1.
 */
public record Range() implements Operator {
    /** From a node. */
    public static Range create(NodeSpec spec) {
        spec.inputs(3, 3);
        if (spec.opset() >= 27 && spec.intAttribute("stash_type", 1) != DataType.FLOAT.code()) {
            throw spec.refuse(
                    "stash_type " + spec.intAttribute("stash_type", 1) + " is not supported, expected 1 (float)");
        }
        return new Range();
    }

    /** From a node of {@code com.microsoft}, where delta may be absent: then it is 1. */
    public static Range createContrib(NodeSpec spec) {
        spec.inputs(2, 3);
        return new Range();
    }

    private static Tensor one(DataType type) {
        Tensor one = Tensor.allocate(type, Shape.scalar());
        Numbers.set(one, 0, 1);
        return one;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        switch (type) {
            case FLOAT, DOUBLE, FLOAT16, BFLOAT16, INT16, INT32, INT64 -> {}
            default ->
                throw new IllegalArgumentException("start has type " + type.onnxName() + ", expected a number type");
        }
        Tensor start = context.constant(0);
        Tensor limit = context.constant(1);
        boolean given = context.inputCount() > 2 && context.hasInput(2);
        Tensor delta = given ? context.constant(2) : one(type);
        long count =
                start == null || limit == null || delta == null ? PartialShape.UNKNOWN : count(start, limit, delta);
        context.output(0, type, PartialShape.of(count));
    }

    @Override
    public void run(OpContext context) {
        Tensor start = context.input(0);
        Tensor delta = context.inputCount() > 2 && context.hasInput(2) ? context.input(2) : one(start.type());
        int count = count(start, context.input(1), delta);
        Tensor out = context.output(0, start.type(), Shape.of(count));
        if (start.type().isInteger()) {
            long first = start.scalarLong();
            long step = delta.scalarLong();
            for (int i = 0; i < count; i++) {
                Numbers.setLong(out, i, first + i * step);
            }
        } else if (start.type() == DataType.DOUBLE) {
            double first = start.scalarDouble();
            double step = delta.scalarDouble();
            for (int i = 0; i < count; i++) {
                Numbers.set(out, i, first + i * step);
            }
        } else {
            float first = (float) start.scalarDouble();
            float step = (float) delta.scalarDouble();
            for (int i = 0; i < count; i++) {
                Numbers.set(out, i, first + i * step);
            }
        }
    }

    private static int count(Tensor start, Tensor limit, Tensor delta) {
        if (start.size() != 1 || limit.size() != 1 || delta.size() != 1) {
            throw new IllegalArgumentException(
                    "start, limit and delta are " + start + ", " + limit + " and " + delta + ", expected scalars");
        }
        if (delta.scalarDouble() == 0) {
            throw new IllegalArgumentException("delta is 0");
        }
        double count;
        if (start.type().isInteger()) {
            long distance = Math.subtractExact(limit.scalarLong(), start.scalarLong());
            count = Math.ceilDiv(distance, delta.scalarLong());
        } else {
            count = Math.ceil((limit.scalarDouble() - start.scalarDouble()) / delta.scalarDouble());
        }
        if (!(count <= Integer.MAX_VALUE)) {
            throw new IllegalArgumentException("from " + start.scalarDouble() + " to " + limit.scalarDouble() + " by "
                    + delta.scalarDouble() + " are " + count + " elements, more than a tensor holds");
        }
        return (int) Math.max(0, count);
    }
}
