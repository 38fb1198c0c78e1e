package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.ops.contrib.CacheSide.Rotation;
import org.lanewise.runtime.ops.nn.HeadLayout;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
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
    private static final int COS = 7;
    private static final int POSITIONS = 9;

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

    /** The angles for these steps. */
    Rotation rotation(OpContext context, CacheStep[] steps, boolean prompt, boolean interleaved) {
        FloatTensor cos = (FloatTensor) context.input(COS);
        FloatTensor sin = (FloatTensor) context.input(COS + 1);
        if (cos.shape().rank() != 2
                || !cos.shape().equals(sin.shape())
                || 2 * cos.shape().dim(1) > q.size()) {
            throw new IllegalArgumentException("cos_cache has shape " + cos.shape() + " and sin_cache " + sin.shape()
                    + ", expected equal shapes [positions,pairs] with at most " + q.size() / 2 + " pairs");
        }
        int rows = q.rows();
        int[] positions = positions(context.optionalInput(POSITIONS), steps, rows, prompt);
        for (int position : positions) {
            if (position < 0 || position >= cos.shape().dim(0)) {
                throw new IllegalArgumentException("position " + position + " is outside the "
                        + cos.shape().dim(0) + " positions of cos_cache");
            }
        }
        return new Rotation(cos, sin, cos.shape().dim(1), interleaved, positions);
    }

    /** Positions as given, but a prompt uses the first one only: they go up from there in every sequence. */
    private static int[] positions(
            @org.jspecify.annotations.Nullable Tensor given, CacheStep[] steps, int rows, boolean prompt) {
        int[] positions = new int[steps.length * rows];
        if (given == null || prompt) {
            int first = given == null || given.size() == 0 ? 0 : Math.toIntExact(given.getLong(0));
            Arrays.setAll(positions, i -> first + steps[i / rows].start() + i % rows);
            return positions;
        }
        Shape shape = given.shape();
        if (shape.rank() != 2 || shape.dim(0) != steps.length || shape.dim(1) < rows) {
            throw new IllegalArgumentException(
                    "position_ids has shape " + shape + ", expected [" + steps.length + "," + rows + "]");
        }
        Arrays.setAll(positions, i -> Math.toIntExact(given.getLong(i / rows * shape.dim(1) + i % rows)));
        return positions;
    }

    /** {@code q} with its rows rotated, (N, L, heads size). */
    static HeadLayout rotated(OpContext context, HeadLayout q, Rotation rotation) {
        int size = q.size();
        int width = q.heads() * size;
        FloatTensor from = (FloatTensor) q.tensor();
        Tensor target = Tensor.allocate(DataType.FLOAT, Shape.of(q.batch(), q.rows(), width));
        float[] values = (float[]) target.storage();
        context.parallel(q.batch() * q.rows(), 1 + width, (first, to, scratch) -> {
            for (int i = first; i < to; i++) {
                int x = from.offset() + q.offset() + i / q.rows() * q.batchStride() + i % q.rows() * q.stride();
                for (int h = 0; h < q.heads(); h++) {
                    rotation.row(from.array(), x + h * q.headStride(), size, i, values, i * width + h * size);
                }
            }
        });
        return sideBySide(target, q.heads(), 0, width);
    }
}
