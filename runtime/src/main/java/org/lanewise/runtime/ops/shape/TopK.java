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
 * The {@code k} largest (or smallest) elements along one axis and their indices, in order; of equal elements the one with the lower index comes first. NaN
 * counts as larger than any number. ONNX {@code TopK}: k is an attribute up to opset 9, an input since 10; {@code largest} and {@code sorted} since 11 (the
 * result is sorted either way).
 *
 * @param axis the axis
 * @param k the attribute, or {@code null} when it is input 1
 * @param largest whether the largest elements are wanted
 */
public record TopK(long axis, @Nullable Long k, boolean largest) implements Operator {
    /** From a node. */
    public static TopK create(NodeSpec spec) {
        long axis = spec.intAttribute("axis", -1);
        if (spec.opset() < 10) {
            spec.inputs(1, 1);
            return new TopK(axis, spec.requiredInt("k"), true);
        }
        spec.inputs(2, 2);
        if (spec.opset() < 11) {
            return new TopK(axis, null, true);
        }
        spec.acknowledge("sorted"); // unsorted means any order, so sorted is right as well
        return new TopK(axis, null, spec.flag("largest", true));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        if (!type.isNumeric()) {
            throw new IllegalArgumentException("input has type " + type.onnxName() + ", expected numbers");
        }
        PartialShape in = context.inputShape(0);
        Tensor given = context.constant(1);
        if (in.isRanked()) {
            int at = Shape.axis(axis, in.rank());
            boolean known = k != null || given != null;
            in = in.with(at, known ? count(given, in.dim(at)) : PartialShape.UNKNOWN);
        }
        context.output(0, type, in);
        context.output(1, DataType.INT64, in);
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int at = shape.axis(axis);
        int dim = shape.dim(at);
        int count = (int) count(k == null ? context.input(1) : null, dim);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        Tensor values = context.output(0, in.type(), shape.with(at, count));
        Tensor indices = context.output(1, DataType.INT64, shape.with(at, count));
        long[] index = (long[]) indices.storage();
        if (values.size() == 0) {
            return;
        }
        context.parallel(in.size() / dim, 10L * dim, (from, to, scratch) -> {
            long[] keys = new long[dim];
            int[] heap = new int[count];
            for (int line = from; line < to; line++) {
                int source = line / inner * dim * inner + line % inner;
                int target = line / inner * count * inner + line % inner;
                SortKeys.of(in, source, inner, keys);
                if (largest) {
                    for (int i = 0; i < dim; i++) {
                        keys[i] = ~keys[i]; // the order reversed
                    }
                }
                Selection.smallest(keys, heap);
                for (int i = 0; i < count; i++) {
                    values.copyFrom(target + i * inner, in, source + heap[i] * inner, 1);
                    index[indices.offset() + target + i * inner] = heap[i];
                }
            }
        });
    }

    private long count(@Nullable Tensor given, long dim) {
        long count = given == null ? (k == null ? -1 : k) : given.size() == 1 ? given.getLong(0) : -1;
        if (count < 0 || dim >= 0 && count > dim) {
            throw new IllegalArgumentException("k is " + (given != null && given.size() != 1 ? given : count)
                    + ", the axis has " + dim + " elements");
        }
        return count;
    }
}
