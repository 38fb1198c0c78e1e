package org.lanewise.runtime.ops.nn;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Rotates pairs of values of each head by angles that depend on the position. X is (batch, heads, rows, size) or (batch, rows, heads * size); cos_cache and sin_cache are
 * (positions, pairs) with position_ids (batch, rows), or (batch, rows, pairs) without. ONNX {@code RotaryEmbedding}-23.
 *
 * @param heads {@code num_heads}, needed when X has rank 3
 * @param rotated {@code rotary_embedding_dim}: values of a head that are rotated, 0 for all
 * @param interleaved whether a pair is (2i, 2i + 1) instead of (i, pairs + i)
 */
public record RotaryEmbedding(int heads, int rotated, boolean interleaved)
        implements Operator, ComputesInFloat, Repeatable {
    private static final int POSITIONS = 3;

    /** From a node. */
    public static RotaryEmbedding create(NodeSpec spec) {
        spec.inputs(3, 4);
        long heads = spec.intAttribute("num_heads", 0);
        long rotated = spec.intAttribute("rotary_embedding_dim", 0);
        if (heads < 0 || heads > Integer.MAX_VALUE || rotated < 0 || rotated % 2 != 0 || rotated > Integer.MAX_VALUE) {
            throw spec.refuse("num_heads is " + heads + " and rotary_embedding_dim " + rotated
                    + ", expected no negative and an even number");
        }
        return new RotaryEmbedding((int) heads, (int) rotated, spec.flag("interleaved", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        switch (type) {
            case FLOAT, FLOAT16, BFLOAT16 -> {}
            default -> throw new IllegalArgumentException("no rotary embedding of " + type.onnxName() + " is defined");
        }
        Types.same(context, 1, 0);
        Types.same(context, 2, 0);
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() != 4 && !(x.rank() == 3 && heads > 0)) {
            throw new IllegalArgumentException(
                    "input X has shape " + x + ", expected rank 4, or rank 3 with num_heads");
        }
        context.output(0, type, x);
    }

    @Override
    public void run(OpContext context) {
        rotate(context, heads, context.input(1), context.input(2), context.optionalInput(POSITIONS), false);
    }

    /**
     * Rotates input 0. Positions are read by the tasks, so that a decoder's steps can be repeated.
     *
     * @param count number of heads, used when the input has rank 3
     * @param given positions, or {@code null} where the angles are given row by row
     * @param counted whether {@code given} is the position of the first row of every sequence, from which they go up
     */
    public void rotate(
            OpContext context, int count, Tensor cosines, Tensor sines, @Nullable Tensor given, boolean counted) {
        HeadLayout x = HeadLayout.of("X", context.input(0), count);
        FloatTensor cos = (FloatTensor) cosines;
        FloatTensor sin = (FloatTensor) sines;
        int half = (rotated == 0 ? x.size() : rotated) / 2;
        check(x, cos, sin, given, half, counted);
        HeadLayout y =
                HeadLayout.of("Y", context.output(0, DataType.FLOAT, x.tensor().shape()), x.heads());
        float[] in = ((FloatTensor) x.tensor()).array();
        float[] out = ((FloatTensor) y.tensor()).array();
        int rows = x.rows();
        int positions = cos.shape().dim(0);
        context.kernel("rotary-f32");
        context.parallel(x.batch() * rows, (long) x.heads() * x.size(), (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                long position = given == null ? i : counted ? given.getLong(0) + i % rows : given.getLong(i);
                if (given != null && (position < 0 || position >= positions)) {
                    throw new IllegalArgumentException(
                            "position " + position + " is outside the " + positions + " positions of cos_cache");
                }
                int angle = (int) position * half;
                for (int h = 0; h < x.heads(); h++) {
                    org.lanewise.kernels.attention.RotaryEmbedding.row(
                            in,
                            x.at(i / rows, h) + i % rows * x.stride(),
                            cos.array(),
                            cos.offset() + angle,
                            sin.array(),
                            sin.offset() + angle,
                            half,
                            x.size(),
                            interleaved,
                            out,
                            y.at(i / rows, h) + i % rows * y.stride());
                }
            }
        });
    }

    private static void check(
            HeadLayout x, FloatTensor cos, FloatTensor sin, @Nullable Tensor positions, int half, boolean counted) {
        boolean fits = cos.shape().equals(sin.shape()) && cos.shape().dim(-1) == half && 2 * half <= x.size();
        if (positions == null) {
            fits &= cos.shape().rank() == 3
                    && cos.shape().dim(0) == x.batch()
                    && cos.shape().dim(1) == x.rows();
        } else {
            fits &= cos.shape().rank() == 2 && positions.size() == (counted ? 1 : x.batch() * x.rows());
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "cos_cache " + cos.shape() + ", sin_cache " + sin.shape() + " and position_ids "
                            + (positions == null ? "(absent)" : positions.shape()) + " do not fit X "
                            + x.tensor().shape() + " with " + half
                            + " pairs");
        }
    }
}
