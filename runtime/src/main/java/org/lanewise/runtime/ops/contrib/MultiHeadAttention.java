package org.lanewise.runtime.ops.contrib;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Attention {@code Y = softmax(scale Q K' + mask) V} per head, Q, K and V with a bias each. Inputs query (N, L, H), key (N, K, H) or (N, heads, K, size), value likewise, bias (the biases of Q, K and V one after the other), key_padding_mask (N, K) or (N), attention_bias, past_key and past_value (N,
 * heads, P, size); query alone may hold all three, (N, L, heads, 3, size), and key both keys and values, (N, K, heads, 2, size). Outputs Y (N, L, H), present_key, present_value. {@code com.microsoft.MultiHeadAttention}-1.
 *
 * @param heads the attributes
 */
public record MultiHeadAttention(Heads heads) implements Operator, ComputesInFloat {
    private static final int BIAS = 3;
    private static final int MASK = 4;
    private static final int ADDED = 5;
    private static final int PAST = 6;

    /** From a node. */
    public static MultiHeadAttention create(NodeSpec spec) {
        spec.inputs(1, 8);
        Checks.absent(spec, 3, "qk");
        boolean past = spec.inputCount() > PAST && spec.hasInput(PAST);
        if (past != (spec.inputCount() > PAST + 1 && spec.hasInput(PAST + 1))) {
            throw spec.refuse("past_key and past_value must be given together");
        }
        return new MultiHeadAttention(Heads.create(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        PartialShape q = context.inputShape(0);
        if (q.isRanked() && q.rank() != 3 && q.rank() != 5) {
            throw new IllegalArgumentException("query has shape " + q + ", expected [N,L,H] or [N,L,heads,3,size]");
        }
        long batch = q.isRanked() ? q.dim(0) : PartialShape.UNKNOWN;
        long rows = q.isRanked() ? q.dim(1) : PartialShape.UNKNOWN;
        PartialShape v = has(context, 2) ? context.inputShape(2) : PartialShape.unranked();
        long width = v.rank() == 3
                ? v.dim(2)
                : v.rank() == 4 && v.dim(3) >= 0 ? v.dim(3) * heads.count() : PartialShape.UNKNOWN;
        context.output(0, type, PartialShape.of(batch, rows, width));
        PartialShape present = PartialShape.of(batch, heads.count(), PartialShape.UNKNOWN, PartialShape.UNKNOWN);
        context.output(1, type, present);
        context.output(2, type, present);
    }

    private static boolean has(ShapeContext context, int i) {
        return context.inputCount() > i && context.hasInput(i);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor query = (FloatTensor) context.input(0);
        FloatTensor key = (FloatTensor) optional(context, 1);
        FloatTensor value = (FloatTensor) optional(context, 2);
        FloatTensor bias = (FloatTensor) optional(context, BIAS);
        int batch = query.shape().dim(0);
        int rows = query.shape().dim(1);
        Tensor q;
        Tensor k;
        Tensor v;
        if (query.shape().rank() == 5) {
            refuseBias(bias);
            q = part(query, 0, 3);
            k = part(query, 1, 3);
            v = part(query, 2, 3);
        } else if (key == null) {
            throw new IllegalArgumentException("query has shape " + query.shape() + ", which needs a key");
        } else {
            int width = query.shape().dim(2);
            q = bias == null ? query : Heads.columns(query, 0, width, bias, 0);
            if (key.shape().rank() == 5) {
                refuseBias(bias);
                k = part(key, 0, 2);
                v = part(key, 1, 2);
            } else if (value == null) {
                throw new IllegalArgumentException("key has shape " + key.shape() + ", which needs a value");
            } else {
                k = biased(key, bias, width);
                v = biased(value, bias, 2 * width);
            }
        }
        Tensor past = optional(context, PAST);
        Tensor pastValue = optional(context, PAST + 1);
        int keys = k.shape().dim(k.shape().rank() == 4 ? 2 : 1)
                + (past == null ? 0 : past.shape().dim(2));
        int size = v.shape().rank() == 4 ? v.shape().dim(3) : v.shape().dim(2) / heads.count();
        Shape all = Shape.of(batch, heads.count(), keys, size);
        int keySize = q.shape().dim(2) / heads.count();
        InnerContext.runTo(
                context,
                heads.attention(rows),
                new Tensor[] {
                    context.output(0, DataType.FLOAT, Shape.of(batch, rows, size * heads.count())),
                    wanted(context, 1) || past != null ? present(context, 1, all.with(3, keySize)) : null,
                    wanted(context, 2) || past != null ? present(context, 2, all) : null,
                    null
                },
                q,
                k,
                v,
                heads.mask(context, optional(context, MASK), optional(context, ADDED), batch, rows, keys),
                past,
                pastValue,
                null);
    }

    private static boolean wanted(OpContext context, int i) {
        return context.outputCount() > i && context.hasOutput(i);
    }

    private static Tensor present(OpContext context, int i, Shape shape) {
        return wanted(context, i) ? context.output(i, DataType.FLOAT, shape) : Tensor.allocate(DataType.FLOAT, shape);
    }

    private static void refuseBias(@Nullable FloatTensor bias) {
        if (bias != null) {
            throw new IllegalArgumentException("a bias is not supported where one input holds several of Q, K and V");
        }
    }

    private static Tensor biased(FloatTensor x, @Nullable FloatTensor bias, int from) {
        if (bias != null && x.shape().rank() != 3) {
            throw new IllegalArgumentException("a bias is not supported for keys or values of shape " + x.shape());
        }
        return bias == null ? x : Heads.columns(x, 0, x.shape().dim(2), bias, from);
    }

    /** Part {@code i} of {@code parts} of (N, L, heads, parts, size) as (N, L, heads size). */
    private Tensor part(FloatTensor x, int i, int parts) {
        Shape shape = x.shape();
        if (shape.dim(2) != heads.count() || shape.dim(3) != parts) {
            throw new IllegalArgumentException(
                    "a packed input has shape " + shape + ", expected [N,L," + heads.count() + "," + parts + ",size]");
        }
        int size = shape.dim(4);
        int count = shape.sizeBetween(0, 3);
        Tensor out = Tensor.allocate(DataType.FLOAT, Shape.of(shape.dim(0), shape.dim(1), heads.count() * size));
        for (int j = 0; j < count; j++) {
            out.copyFrom(j * size, x, (j * parts + i) * size, size);
        }
        return out;
    }

    private static @Nullable Tensor optional(OpContext context, int i) {
        return i < context.inputCount() ? context.optionalInput(i) : null;
    }
}
