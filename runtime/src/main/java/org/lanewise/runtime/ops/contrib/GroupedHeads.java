package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.nn.HeadLayout;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Where the heads of a {@link GroupQueryAttention} lie in its inputs: three of them, or one that holds all.
 *
 * @param q queries
 * @param k new keys
 * @param v new values
 */
record GroupedHeads(HeadLayout q, HeadLayout k, HeadLayout v) {
    static GroupedHeads of(GroupQueryAttention operator, OpContext context) {
        Tensor query = context.input(0);
        Tensor key = context.optionalInput(1);
        Tensor value = context.optionalInput(2);
        int heads = operator.heads();
        int keyHeads = operator.keyHeads();
        int parts = key == null ? heads + 2 * keyHeads : heads;
        Shape shape = query.shape();
        if (shape.rank() != 3 || shape.dim(2) % parts != 0) {
            throw new IllegalArgumentException(
                    "query has shape " + shape + ", expected [N,L,width] with a width of " + parts + " heads");
        }
        int size = shape.dim(2) / parts;
        HeadLayout q = sideBySide(query, heads, 0, heads * size);
        if (key == null || value == null) {
            int width = keyHeads * size;
            return new GroupedHeads(
                    q,
                    sideBySide(query, keyHeads, heads * size, width),
                    sideBySide(query, keyHeads, heads * size + width, width));
        }
        Shape expected = Shape.of(shape.dim(0), shape.dim(1), keyHeads * size);
        boolean fits = key.shape().equals(expected) || key.shape().equals(expected.with(1, 0));
        if (!fits || !value.shape().equals(key.shape())) {
            throw new IllegalArgumentException(
                    "key has shape " + key.shape() + " and value " + value.shape() + ", expected " + expected);
        }
        int width = keyHeads * size;
        return new GroupedHeads(q, sideBySide(key, keyHeads, 0, width), sideBySide(value, keyHeads, 0, width));
    }

    /** Heads beside each other in {@code width} columns of the rows of (N, L, all), from column {@code from} on. */
    static HeadLayout sideBySide(Tensor tensor, int heads, int from, int width) {
        Shape shape = tensor.shape();
        int all = shape.dim(2);
        int size = width / heads;
        return new HeadLayout(tensor, shape.dim(0), heads, shape.dim(1), size, from, shape.dim(1) * all, size, all);
    }

    /** The first {@code count} rows of each head of (N, heads, rows, size). */
    static HeadLayout rows(Tensor tensor, int count) {
        Shape shape = tensor.shape();
        int head = shape.dim(2) * shape.dim(3);
        int batch = shape.dim(1) * head;
        return new HeadLayout(tensor, shape.dim(0), shape.dim(1), count, shape.dim(3), 0, batch, head, shape.dim(3));
    }
}
