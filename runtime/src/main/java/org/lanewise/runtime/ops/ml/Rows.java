package org.lanewise.runtime.ops.ml;

import java.util.Set;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/** Inputs of rows of features, (N, C), or (C) for one row. */
final class Rows {
    /** The numeric types of {@code ai.onnx.ml}. */
    static final Set<DataType> NUMERIC = Set.of(DataType.FLOAT, DataType.DOUBLE, DataType.INT64, DataType.INT32);

    private Rows() {}

    /** Checks input 0, which must be numbers in rows of {@code features} (-1: any number). Returns N as far as known. */
    static long infer(ShapeContext context, int features) {
        Types.check(context, 0, NUMERIC);
        return count(context.inputShape(0), features);
    }

    /** As {@link #infer} for a known shape. */
    static int count(Shape shape, int features) {
        return (int) count(PartialShape.of(shape), features);
    }

    private static long count(PartialShape x, int features) {
        if (!x.isRanked()) {
            return PartialShape.UNKNOWN;
        }
        if (x.rank() != 1 && x.rank() != 2) {
            throw new IllegalArgumentException("the input has shape " + x + ", expected [N,C] or [C]");
        }
        if (features >= 0 && x.dim(-1) >= 0 && x.dim(-1) != features) {
            throw new IllegalArgumentException("the input has shape " + x + ", expected " + features + " features");
        }
        return x.rank() == 1 ? 1 : x.dim(0);
    }
}
