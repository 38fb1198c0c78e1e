package org.lanewise.runtime.ops.math;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * How the second input of a binary operator is laid over the first. Since opset 7: NumPy's rules. Before: both shapes are equal, or, with {@code broadcast},
 * the second is a contiguous part of the first that starts at {@code axis}, by default its end; the output has the first input's shape.
 */
public sealed interface Alignment {
    /** NumPy's rules. */
    record Numpy() implements Alignment {}

    /** The rules before opset 7; {@code axis} is {@link Long#MIN_VALUE} where not given. */
    record Legacy(boolean broadcast, long axis) implements Alignment {}

    /** From the node of a binary operator, whose attributes are read. */
    static Alignment of(NodeSpec spec) {
        if (spec.opset() >= 7) {
            return new Numpy();
        }
        if (spec.opset() < 6) {
            spec.acknowledge("consumed_inputs"); // an opset 1 memory hint
        }
        return new Legacy(spec.flag("broadcast", false), spec.intAttribute("axis", Long.MIN_VALUE));
    }

    /**
     * The shape that {@code b} is to be seen under, so that NumPy's rules then do the rest.
     *
     * @throws IllegalArgumentException if it cannot be laid over {@code a}
     */
    default PartialShape align(PartialShape a, PartialShape b) {
        if (!(this instanceof Legacy legacy) || !a.isRanked() || !b.isRanked()) {
            return b;
        }
        boolean broadcast = legacy.broadcast();
        long axis = legacy.axis();
        long size = b.size();
        if (broadcast && size == 1) {
            return PartialShape.of(Shape.scalar());
        }
        int start =
                axis == Long.MIN_VALUE || !broadcast ? a.rank() - b.rank() : (int) (axis < 0 ? axis + a.rank() : axis);
        boolean fits = start >= 0 && start + b.rank() <= a.rank() && (broadcast || start == 0);
        long[] dims = new long[fits ? a.rank() - start : 0];
        for (int i = 0; fits && i < dims.length; i++) {
            dims[i] = i < b.rank() ? b.dim(i) : 1;
            long other = a.dim(start + i);
            fits = i >= b.rank()
                    || dims[i] <= 1
                    || other < 0
                    || dims[i] == other; // exporters relied on 1, against the text
        }
        if (!fits) {
            throw new IllegalArgumentException("shapes " + a + " and " + b + " do not match"
                    + (broadcast ? " from axis " + start + " on" : " and broadcast is 0"));
        }
        return PartialShape.of(dims);
    }

    /** As {@link #align(PartialShape, PartialShape)}, for shapes wholly known. */
    default Shape align(Shape a, Shape b) {
        return this instanceof Numpy
                ? b
                : align(PartialShape.of(a), PartialShape.of(b)).toShape();
    }
}
