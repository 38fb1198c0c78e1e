package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Scaled dot-product attention {@code Y = softmax(softcap(scale * Q K') + mask) V} per head; a head of K and V may serve several of Q. Q is (batch, q_heads, queries,
 * size) or (batch, queries, q_heads * size), K and V likewise with kv_heads and keys; past_key and past_value (batch, kv_heads, past, size) come before them. Inputs Q, K, V,
 * attn_mask, past_key, past_value, nonpad_kv_seqlen; outputs Y, present_key, present_value, qk_matmul_output. ONNX {@code Attention}-23, 24 (nonpad_kv_seqlen), 25
 * (windows).
 *
 * @param queryHeads {@code q_num_heads}, 0 when not given
 * @param keyHeads {@code kv_num_heads}, 0 when not given
 * @param givenScale {@code scale}, NaN for 1 / sqrt(size)
 * @param spec the other attributes
 */
public record Attention(int queryHeads, int keyHeads, float givenScale, AttentionSpec spec)
        implements Operator, ComputesInFloat {
    private static final int MASK = 3;
    private static final int PAST = 4;
    private static final int LENGTHS = 6;

    /** From a node. */
    public static Attention create(NodeSpec spec) {
        spec.inputs(3, spec.opset() >= 24 ? 7 : 6);
        long mode = spec.intAttribute("qk_matmul_output_mode", 0);
        if (mode < 0 || mode >= AttentionSpec.Capture.values().length) {
            throw spec.refuse("qk_matmul_output_mode is " + mode + ", expected 0 to 3");
        }
        if (spec.hasInput(PAST) != spec.hasInput(PAST + 1)) {
            throw spec.refuse("past_key and past_value must be given together");
        }
        if (spec.hasInput(PAST) && spec.hasInput(LENGTHS)) {
            throw spec.refuse("nonpad_kv_seqlen cannot be given together with past_key");
        }
        return new Attention(
                heads(spec, "q_num_heads"),
                heads(spec, "kv_num_heads"),
                spec.floatAttribute("scale", Float.NaN),
                new AttentionSpec(
                        0,
                        spec.floatAttribute("softcap", 0),
                        spec.flag("is_causal", false),
                        window(spec, "left_window_size"),
                        window(spec, "right_window_size"),
                        softmaxInDouble(spec),
                        AttentionSpec.Capture.values()[(int) mode]));
    }

    private static int heads(NodeSpec spec, String name) {
        long value = spec.intAttribute(name, 0);
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw spec.refuse(name + " is " + value + ", expected at least 1");
        }
        return (int) value;
    }

    private static int window(NodeSpec spec, String name) {
        long value = spec.intAttribute(name, -1);
        if (value < -1) {
            throw spec.refuse(name + " is " + value + ", expected -1 or more");
        }
        return (int) Math.min(value, Integer.MAX_VALUE / 2);
    }

    /** The precisions below float are computed in float, which rounds less. */
    static boolean softmaxInDouble(NodeSpec spec) {
        long code = spec.intAttribute("softmax_precision", DataType.FLOAT.code());
        DataType type = DataType.ofCode((int) code);
        if (type == null) {
            throw spec.refuse("softmax_precision " + code + " is not a type");
        }
        return switch (type) {
            case DOUBLE -> true;
            case FLOAT, FLOAT16, BFLOAT16 -> false;
            default -> throw spec.refuse("softmax_precision " + type.onnxName() + " is not a floating-point type");
        };
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        for (int i = 0; i < 3; i++) {
            PoolRunner.checkFloating(context.inputType(i));
            if (context.inputType(i) != type) {
                throw new IllegalArgumentException("input " + i + " is "
                        + context.inputType(i).onnxName() + ", expected " + type.onnxName() + " as Q");
            }
        }
        PartialShape q = context.inputShape(0);
        if (!q.isRanked()) {
            context.output(0, type, q);
            for (int i = 1; i < 4; i++) {
                context.output(i, type, PartialShape.ofRank(4));
            }
            return;
        }
        boolean packed = q.rank() == 3;
        if (!packed && q.rank() != 4 || packed && (queryHeads == 0 || keyHeads == 0)) {
            throw new IllegalArgumentException(
                    "input Q has shape " + q + ", expected rank 4, or rank 3 with q_num_heads and kv_num_heads");
        }
        PartialShape k = ranked(context.inputShape(1), q.rank(), "K");
        PartialShape v = ranked(context.inputShape(2), q.rank(), "V");
        PartialShape past = context.hasInput(PAST) ? context.inputShape(PAST) : PartialShape.of(0, 0, 0, 0);
        for (int i = PAST; i <= PAST + 1; i++) {
            if (context.hasInput(i)) {
                Types.same(context, i, 0);
                ranked(context.inputShape(i), 4, i == PAST ? "past_key" : "past_value");
            }
        }
        long pastRows = past.rank() == 4 ? past.dim(2) : PartialShape.UNKNOWN;
        long keys = k.dim(-2) < 0 || pastRows < 0 ? PartialShape.UNKNOWN : k.dim(-2) + pastRows;
        long valueSize = packed && v.dim(2) >= 0 ? v.dim(2) / keyHeads : packed ? -1 : v.dim(3);
        long size = packed && k.dim(2) >= 0 ? k.dim(2) / keyHeads : packed ? -1 : k.dim(3);
        long served = packed ? queryHeads : q.dim(1);
        long serving = packed ? keyHeads : k.dim(1);
        checkHeads(served, serving);
        context.output(
                0,
                type,
                packed
                        ? PartialShape.of(q.dim(0), q.dim(1), valueSize < 0 ? -1 : queryHeads * valueSize)
                        : PartialShape.of(q.dim(0), served, q.dim(2), valueSize));
        context.output(1, type, PartialShape.of(q.dim(0), serving, keys, size));
        context.output(2, type, PartialShape.of(q.dim(0), serving, keys, valueSize));
        context.output(3, type, PartialShape.of(q.dim(0), served, q.dim(-2), keys));
    }

    private static PartialShape ranked(PartialShape shape, int rank, String name) {
        if (shape.isRanked() && shape.rank() != rank) {
            throw new IllegalArgumentException(
                    "input " + name + " has shape " + shape + ", expected rank " + rank + " as Q");
        }
        return shape.isRanked() ? shape : PartialShape.ofRank(rank);
    }

    private static void checkHeads(long served, long serving) {
        if (served >= 0 && serving >= 0 && (serving == 0 || served % serving != 0)) {
            throw new IllegalArgumentException(
                    "Q has " + served + " heads, expected a multiple of the " + serving + " heads of K");
        }
    }

    @Override
    public void run(OpContext context) {
        HeadLayout q = HeadLayout.of("Q", context.input(0), queryHeads);
        HeadLayout k = HeadLayout.of("K", context.input(1), keyHeads);
        HeadLayout v = HeadLayout.of("V", context.input(2), keyHeads);
        checkSizes(q, k, v);
        Tensor past = context.optionalInput(PAST);
        int pastRows = past == null ? 0 : past.shape().dim(2);
        k = withPast(context, 1, k, past);
        v = withPast(context, 2, v, context.optionalInput(PAST + 1));
        int[] lengths = lengths(context, q.batch(), k.rows());
        int[] positions = new int[q.batch()];
        for (int b = 0; b < positions.length; b++) {
            positions[b] = lengths == null ? pastRows : lengths[b] - q.rows();
        }
        DataType type = q.tensor().type();
        Tensor given = context.optionalInput(MASK);
        AttentionMask mask = given == null
                ? null
                : AttentionMask.of(given, type == DataType.DOUBLE, q.batch(), q.heads(), q.rows(), k.rows());
        Shape shape = q.packed()
                ? Shape.of(q.batch(), q.rows(), q.heads() * v.size())
                : Shape.of(q.batch(), q.heads(), q.rows(), v.size());
        HeadLayout y = HeadLayout.of("Y", context.output(0, type, shape), q.heads());
        Tensor captured = context.hasOutput(3)
                ? context.output(3, type, Shape.of(q.batch(), q.heads(), q.rows(), k.rows()))
                : null;
        double scale = Float.isNaN(givenScale) ? 1 / Math.sqrt(q.size()) : givenScale;
        AttentionSpec scaled = new AttentionSpec(
                (float) scale,
                spec.softcap(),
                spec.causal(),
                spec.left(),
                spec.right(),
                spec.doubleSoftmax(),
                spec.captured());
        AttentionRun.run(context, scaled, scale, q, k, v, mask, lengths, positions, y, captured);
    }

    /** Refuses inputs whose sizes do not fit. */
    static void checkSizes(HeadLayout q, HeadLayout k, HeadLayout v) {
        checkHeads(q.heads(), k.heads());
        if (q.size() != k.size()
                || k.heads() != v.heads()
                || k.rows() != v.rows()
                || q.batch() != k.batch()
                || k.batch() != v.batch()) {
            throw new IllegalArgumentException("Q " + q.tensor().shape() + ", K "
                    + k.tensor().shape() + " and V " + v.tensor().shape()
                    + " do not fit: expected equal batches, sizes of Q and K, heads and rows of K and V");
        }
    }

    /** Puts {@code past} before the rows of {@code now}; the result is the present value. */
    private static HeadLayout withPast(OpContext context, int output, HeadLayout now, @Nullable Tensor past) {
        if (past == null && !context.hasOutput(output)) {
            return now;
        }
        int pastRows = past == null ? 0 : past.shape().dim(2);
        Shape shape = Shape.of(now.batch(), now.heads(), pastRows + now.rows(), now.size());
        Tensor present = context.output(output, now.tensor().type(), shape);
        if (past != null) {
            Shape expected = shape.with(2, pastRows);
            if (!past.shape().equals(expected)) {
                throw new IllegalArgumentException("the past has shape " + past.shape() + ", expected " + expected);
            }
            HeadLayout.of("past", past, 0).copyTo(present, 0);
        }
        now.copyTo(present, pastRows);
        return HeadLayout.of("present", present, 0);
    }

    private static int @Nullable [] lengths(OpContext context, int batch, int keys) {
        Tensor given = context.optionalInput(LENGTHS);
        if (given == null) {
            return null;
        }
        int[] lengths = given.toIntArray();
        boolean fits = lengths.length == batch;
        for (int length : lengths) {
            fits &= length >= 0 && length <= keys;
        }
        if (!fits) {
            throw new IllegalArgumentException("nonpad_kv_seqlen is " + Arrays.toString(lengths) + ", expected " + batch
                    + " values of 0 to " + keys);
        }
        return lengths;
    }
}
