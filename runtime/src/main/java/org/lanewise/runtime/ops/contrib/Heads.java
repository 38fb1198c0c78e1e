package org.lanewise.runtime.ops.contrib;

import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.kernels.elementwise.BinaryOp;
import org.lanewise.kernels.elementwise.Broadcast;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.ops.math.Elementwise;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * What {@link Attention} and {@link MultiHeadAttention} share.
 *
 * @param count number of heads
 * @param scale factor of the products of queries and keys, NaN for 1 / sqrt(size)
 * @param causal whether a query attends no later keys; a single query is the last and attends all, as in ONNX Runtime
 * @param filter what is added to the products of masked keys
 */
record Heads(int count, float scale, boolean causal, float filter) {
    static Heads create(NodeSpec spec) {
        float scale = spec.floatAttribute("scale", Float.NaN);
        return new Heads(
                Checks.heads(spec, true),
                scale == 0 ? Float.NaN : scale,
                spec.flag("unidirectional", false),
                spec.floatAttribute("mask_filter_value", -10000));
    }

    /** The attention of ONNX with these attributes, for so many queries of a sequence. */
    Operator attention(int queries) {
        boolean ordered = causal && queries > 1;
        return new org.lanewise.runtime.ops.nn.Attention(
                count, count, scale, new AttentionSpec(0, 0, ordered, -1, -1, false, AttentionSpec.Capture.PRODUCT));
    }

    /**
     * A mask to add, that broadcasts to (N, heads, queries, keys), or {@code null}: the filter where {@code mask} says so, and the bias.
     *
     * @param mask (N, keys) or (N, queries, keys) with 0 for masked keys; (N) with the number of keys; (2 N) with the ends of the keys and then their starts
     * @param bias broadcasts to (N, heads, queries, keys)
     */
    @Nullable
    Tensor mask(OpContext context, @Nullable Tensor mask, @Nullable Tensor bias, int batch, int queries, int keys) {
        if (mask == null) {
            return bias;
        }
        Shape shape = mask.shape();
        boolean each = shape.rank() == 3 && shape.equals(Shape.of(batch, queries, keys));
        boolean rows = shape.rank() == 2 && shape.equals(Shape.of(batch, keys));
        boolean ends = shape.rank() == 1 && (shape.dim(0) == batch || shape.dim(0) == 2 * batch);
        if (!each && !rows && !ends) {
            throw new IllegalArgumentException("the mask has shape " + shape + ", expected [" + batch + "," + keys
                    + "], [" + batch + "," + queries + "," + keys + "], [" + batch + "] or [" + 2 * batch + "]");
        }
        float[] values = new float[each ? mask.size() : batch * keys];
        for (int i = 0; i < values.length; i++) {
            boolean kept = ends
                    ? i % keys < mask.getLong(i / keys)
                            && (mask.size() == batch || i % keys >= mask.getLong(batch + i / keys))
                    : mask.getLong(i) != 0;
            values[i] = kept ? 0 : filter;
        }
        Tensor added = Tensor.of(values, batch, 1, each ? queries : 1, keys);
        if (bias == null) {
            return added;
        }
        Broadcast plan = Elementwise.plan(added.shape(), bias.shape());
        Tensor both = Tensor.allocate(DataType.FLOAT, Shape.of(plan.outputShape()));
        Elementwise.binary(context, BinaryOp.ADD, plan, added, bias, both);
        return both;
    }

    /** Columns {@code from} to {@code from + width} of the rows of {@code x}, (N, L, C), as (N, L, width), plus those of {@code bias}, (C). */
    static FloatTensor columns(FloatTensor x, int from, int width, @Nullable FloatTensor bias, int biasFrom) {
        int all = x.shape().dim(-1);
        int rows = x.size() / Math.max(1, all);
        float[] values = new float[rows * width];
        for (int row = 0; row < rows; row++) {
            System.arraycopy(x.array(), x.offset() + row * all + from, values, row * width, width);
            for (int i = 0; bias != null && i < width; i++) {
                values[row * width + i] += bias.array()[bias.offset() + biasFrom + i];
            }
        }
        return Tensor.of(values, x.shape().dim(0), x.shape().dim(1), width);
    }
}
