package org.lanewise.runtime.ops.shape;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The indices of the elements that are not 0 (not false, not the empty string), in row-major order: column {@code k} of the output {@code (rank, count)} is the
 * index of the k-th of them. ONNX {@code NonZero}-9 and later.
 */
public record NonZero() implements Operator {
    /** From a node. */
    public static NonZero create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new NonZero();
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Tensor constant = context.constant(0);
        long rank = in.isRanked() ? in.rank() : PartialShape.UNKNOWN;
        context.output(
                0, DataType.INT64, PartialShape.of(rank, constant == null ? PartialShape.UNKNOWN : count(constant)));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int rank = shape.rank();
        int count = count(in);
        Tensor out = context.output(0, DataType.INT64, Shape.of(rank, count));
        long[] array = (long[]) out.storage();
        int[] strides = shape.strides();
        int k = out.offset();
        for (int i = 0; i < in.size(); i++) {
            if (isNonZero(in, i)) {
                for (int axis = 0; axis < rank; axis++) {
                    array[k + axis * count] = i / strides[axis] % shape.dim(axis);
                }
                k++;
            }
        }
    }

    private static int count(Tensor in) {
        int count = 0;
        for (int i = 0; i < in.size(); i++) {
            count += isNonZero(in, i) ? 1 : 0;
        }
        return count;
    }

    private static boolean isNonZero(Tensor in, int i) {
        if (in instanceof StringTensor strings) {
            return !strings.get(i).isEmpty();
        }
        return in.type().isFloating() ? in.getDouble(i) != 0 : in.getLong(i) != 0;
    }
}
