package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.MatrixShapes;
import org.lanewise.runtime.ops.quant.ByteWeights;
import org.lanewise.runtime.ops.quant.QuantizedTypes;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Self-attention whose projections are products of bytes: Q, K and V are the columns of {@code xScale wScale (X - xZero) (W - wZero) + bias}, and {@code Y = softmax(scale Q K' + mask) V} per head in {@code FLOAT} or
 * {@code FLOAT16}. X (N, L, C) and W (C, 3 H) are {@code UINT8} or {@code INT8}; scale and zero point of W are one for all or one for each column. Inputs X, W, bias, x_scale, w_scale, mask_index (see {@code com.microsoft}), x_zero_point, w_zero_point, past (2, N, heads, P, size);
 * outputs Y (N, L, H) and present (2, N, heads, P + L, size). {@code com.microsoft.QAttention}-1.
 *
 * @param heads the attributes of the attention
 */
public record QAttention(Heads heads) implements Operator, Prepacks, ComputesInFloat {
    private static final int BIAS = 2;
    private static final int X_SCALE = 3;
    private static final int W_SCALE = 4;
    private static final int MASK = 5;
    private static final int X_ZERO = 6;
    private static final int W_ZERO = 7;
    private static final int PAST = 8;
    private static final int PARTS = 3;

    /** From a node. */
    public static QAttention create(NodeSpec spec) {
        spec.inputs(5, 9);
        Checks.off(spec, "do_rotary");
        Checks.off(spec, "past_present_share_buffer");
        return new QAttention(Heads.create(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        Types.check(context, 0, QuantizedTypes.BYTES);
        Types.check(context, 1, QuantizedTypes.BYTES);
        DataType type = Types.check(context, BIAS, Set.of(DataType.FLOAT, DataType.FLOAT16));
        Types.same(context, X_SCALE, BIAS);
        Types.same(context, W_SCALE, BIAS);
        if (PerTensor.has(context, X_ZERO)) {
            Types.same(context, X_ZERO, 0);
        }
        if (PerTensor.has(context, W_ZERO)) {
            Types.same(context, W_ZERO, 1);
        }
        PartialShape x = context.inputShape(0);
        PartialShape w = context.inputShape(1);
        if (x.isRanked() && x.rank() != 3 || w.isRanked() && w.rank() != 2) {
            throw new IllegalArgumentException("X has shape " + x + ", W " + w + ", expected [N,L,C] and [C,3H]");
        }
        x = x.isRanked() ? x : PartialShape.ofRank(3);
        long width = w.isRanked() && w.dim(1) >= 0 ? w.dim(1) / PARTS : PartialShape.UNKNOWN;
        context.output(0, type, x.with(2, width));
        long before = 0;
        if (PerTensor.has(context, PAST)) {
            Types.same(context, PAST, BIAS);
            before = context.inputShape(PAST).rank() == 5
                    ? context.inputShape(PAST).dim(3)
                    : PartialShape.UNKNOWN;
        }
        long all = before < 0 || x.dim(1) < 0 ? PartialShape.UNKNOWN : before + x.dim(1);
        context.output(
                1, type, PartialShape.of(2, x.dim(0), heads.count(), all, width < 0 ? width : width / heads.count()));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return ByteWeights.prepack(context, 1, W_ZERO);
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        ByteWeights weights = ByteWeights.of(context, 1, W_ZERO);
        MatrixShapes shapes = MatrixShapes.of(x.shape(), weights.shape());
        if (shapes.n() % (PARTS * heads.count()) != 0) {
            throw new IllegalArgumentException(
                    "W has " + shapes.n() + " columns, expected a multiple of 3 times " + heads.count() + " heads");
        }
        FloatTensor projected = (FloatTensor) Tensor.allocate(DataType.FLOAT, shapes.output());
        weights.toFloats(
                context,
                x,
                optional(context, X_ZERO),
                (float) context.input(X_SCALE).scalarDouble(),
                context.input(W_SCALE).toFloatArray(),
                context.input(BIAS).toFloatArray(),
                projected);
        int width = shapes.n() / PARTS;
        Attention.attend(
                context, heads, projected, width, width, optional(context, MASK), optional(context, PAST), null);
    }

    private static @Nullable Tensor optional(OpContext context, int i) {
        return i < context.inputCount() ? context.optionalInput(i) : null;
    }
}
