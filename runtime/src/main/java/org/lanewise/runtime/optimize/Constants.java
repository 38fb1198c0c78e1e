package org.lanewise.runtime.optimize;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.OperatorCatalog;
import org.lanewise.runtime.session.Precompute;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Arithmetic on constants that passes need. */
final class Constants {
    private Constants() {}

    /** {@code tensor} with its dimensions in another order. */
    static Tensor transpose(Tensor tensor, Permutation order) {
        Node node = order.node("", "in", "out");
        return Objects.requireNonNull(Precompute.run(node, OperatorCatalog.create(node), name -> tensor)
                .getFirst());
    }

    /** A vector given per axis of the permuted value, per axis of the original. */
    static Tensor reorder(Tensor perAxis, Permutation order) {
        Tensor result = Tensor.allocate(perAxis.type(), perAxis.shape());
        List<Integer> axes = order.axes();
        for (int i = 0; i < axes.size(); i++) {
            result.copyFrom(axes.get(i), perAxis, i, 1);
        }
        return result;
    }

    /** {@code values} as a {@code FLOAT} vector. */
    static Tensor vector(float[] values) {
        return Tensor.of(Arrays.copyOf(values, values.length));
    }

    /** {@code values} under a shape. */
    static Tensor floats(float[] values, Shape shape) {
        return Tensor.wrap(DataType.FLOAT, shape, values, 0);
    }
}
