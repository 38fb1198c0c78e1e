package org.lanewise.runtime.ops.contrib;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.op.UpdatesInput;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.HeadLayout;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Causal attention of a decoder with its cache, {@code Y = softmax(softcap(scale Q K') + bias) V} per head; each head of K and V serves several of Q. Inputs query (N, L, heads size), key and value (N, L, kv_heads size), or query alone with all three side by side; past_key and past_value (N, kv_heads, P,
 * size), seqlens_k (N) with the positions of each sequence less one, total_sequence_length with the largest number of positions T, cos_cache and sin_cache (positions, pairs), position_ids (N, L), attention_bias that broadcasts to (N, heads, L, T), head_sink (heads), k_scale and v_scale. Outputs Y, present_key and
 * present_value (N, kv_heads, max(P, T), size), output_qk (N, heads, L, T). {@code com.microsoft.GroupQueryAttention}-1.
 *
 * <p>The past may be a buffer longer than the sequence; rows of the present behind the last position are 0. Keys of length 0 append nothing: then the past is all there is. Where L is T the run begins the sequence, whatever the past holds.
 *
 * <p>A session may be bound to one buffer as past and present: then only new rows are written, and what lies behind the last position stays.
 *
 * @param heads of Q
 * @param keyHeads of K and V
 * @param scale of the products, 0 for 1 / sqrt(size)
 * @param softcap bound of the products, 0 for none
 * @param window keys that a query attends, its own among them; -1 for all
 * @param rotary whether queries and new keys are rotated by their positions
 * @param interleaved whether a rotated pair is two neighbours
 * @param smooth whether every query has one more product, 0, without a value
 * @param captured what output_qk receives, {@link QkOutput}
 * @param format how the cache is stored
 * @param sliding whether the cache holds the last positions only and drops old ones itself
 */
public record GroupQueryAttention(
        int heads,
        int keyHeads,
        float scale,
        float softcap,
        int window,
        boolean rotary,
        boolean interleaved,
        boolean smooth,
        QkOutput captured,
        CacheFormat format,
        boolean sliding)
        implements Operator, Repeatable, UpdatesInput {
    /** What output_qk receives, in the order of {@code qk_output}; products that are not attended are 0. */
    enum QkOutput {
        NOTHING,
        PRODUCTS,
        WEIGHTS
    }

    private static final int KEY = 1;
    private static final int VALUE = 2;
    static final int PAST = 3;
    static final int LENGTHS = 5;
    static final int TOTAL = 6;
    static final int COS = 7;
    static final int POSITIONS = 9;
    static final int BIAS = 10;
    private static final int SINKS = 11;
    private static final int SCALES = 12;
    private static final int NORMS = 14;

    /** From a node. */
    public static GroupQueryAttention create(NodeSpec spec) {
        Checks.inputs(spec, 7, 16, KEY, VALUE, PAST, PAST + 1);
        int heads = Checks.heads(spec, true);
        long keyHeads = spec.requiredInt("kv_num_heads");
        if (keyHeads < 1 || heads % keyHeads != 0) {
            throw spec.refuse("num_heads is " + heads + ", expected a multiple of kv_num_heads " + keyHeads);
        }
        together(spec, KEY, "key", "value");
        together(spec, PAST, "past_key", "past_value");
        together(spec, COS, "cos_cache", "sin_cache");
        boolean rotary = spec.flag("do_rotary", false);
        if (rotary && !spec.hasInput(COS)) {
            throw spec.refuse("do_rotary is on, which needs cos_cache and sin_cache");
        }
        if (spec.hasInput(NORMS) || spec.hasInput(NORMS + 1)) {
            throw spec.refuse("inputs q_norm_weight and k_norm_weight are not supported");
        }
        spec.acknowledge("qk_norm_epsilon"); // it belongs to q_norm_weight, which is absent
        if (!spec.flag("causal", true)) {
            throw spec.refuse("attribute 'causal' of 0 is not supported");
        }
        long window = spec.intAttribute("local_window_size", -1);
        if (window < -1 || window == 0) {
            throw spec.refuse("local_window_size is " + window + ", expected -1 or at least 1");
        }
        CacheFormat format = CacheFormat.read(spec);
        if (format.isQuantized() && !(spec.hasInput(SCALES) && spec.hasInput(SCALES + 1))) {
            throw spec.refuse("a quantized cache needs k_scale and v_scale");
        }
        QkOutput captured = captured(spec);
        boolean sliding = spec.flag("sliding_window_cache", false);
        if (sliding) {
            checkSliding(spec, window);
        }
        return new GroupQueryAttention(
                heads,
                (int) keyHeads,
                spec.floatAttribute("scale", 0),
                spec.floatAttribute("softcap", 0),
                (int) Math.min(window, Integer.MAX_VALUE / 2),
                rotary,
                spec.flag("rotary_interleaved", false),
                spec.flag("smooth_softmax", false),
                captured,
                format,
                sliding);
    }

    private static void together(NodeSpec spec, int i, String name, String other) {
        if (spec.hasInput(i) != spec.hasInput(i + 1)) {
            throw spec.refuse(name + " and " + other + " must be given together");
        }
    }

    private static QkOutput captured(NodeSpec spec) {
        long mode = spec.intAttribute("qk_output", 0);
        if (mode < 0 || mode >= QkOutput.values().length) {
            throw spec.refuse("qk_output is " + mode + ", expected 0 to 2");
        }
        boolean wanted = spec.outputCount() > 3 && spec.hasOutput(3);
        if (wanted != (mode != 0)) {
            throw spec.refuse("qk_output is " + mode + ", but output_qk is " + (wanted ? "there" : "absent"));
        }
        return QkOutput.values()[(int) mode];
    }

    private static void checkSliding(NodeSpec spec, long window) {
        if (window < 1) {
            throw spec.refuse("sliding_window_cache needs a local_window_size of at least 1");
        }
        if (!spec.hasInput(PAST)) {
            throw spec.refuse("sliding_window_cache needs past_key and past_value");
        }
        if (spec.hasInput(BIAS) || spec.outputCount() > 3 && spec.hasOutput(3)) {
            throw spec.refuse("attention_bias and output_qk are not supported with sliding_window_cache");
        }
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        for (int i : new int[] {KEY, VALUE, COS, COS + 1, BIAS, SINKS}) {
            if (context.hasInput(i)) {
                Types.same(context, i, 0);
            }
        }
        for (int i = PAST; i <= PAST + 1; i++) {
            if (context.hasInput(i)) {
                Types.check(context, i, Set.of(format.type(type)));
            }
            Types.check(context, LENGTHS + i - PAST, Set.of(DataType.INT32));
            if (format.isQuantized()) {
                Types.check(context, SCALES + i - PAST, Set.of(DataType.FLOAT));
            }
        }
        if (context.hasInput(POSITIONS)) {
            Types.check(context, POSITIONS, Set.of(DataType.INT64));
        }
        PartialShape q = context.inputShape(0);
        if (q.isRanked() && q.rank() != 3) {
            throw new IllegalArgumentException("query has shape " + q + ", expected [N,L,width]");
        }
        boolean packed = !context.hasInput(KEY);
        long parts = packed ? heads + 2L * keyHeads : heads;
        long width = q.isRanked() ? q.dim(2) : PartialShape.UNKNOWN;
        if (width >= 0 && width % parts != 0) {
            throw new IllegalArgumentException("query has shape " + q + ", expected a width of " + parts + " heads");
        }
        long batch = q.isRanked() ? q.dim(0) : PartialShape.UNKNOWN;
        long rows = q.isRanked() ? q.dim(1) : PartialShape.UNKNOWN;
        long size = width < 0 ? PartialShape.UNKNOWN : width / parts;
        Tensor given = context.constant(TOTAL);
        long total = given == null || given.size() != 1 ? PartialShape.UNKNOWN : given.getLong(0);
        PartialShape present = PartialShape.of(batch, keyHeads, presentRows(context, total), format.columns(size));
        context.output(0, type, PartialShape.of(batch, rows, size < 0 ? size : size * heads));
        context.output(1, format.type(type), present);
        context.output(2, format.type(type), present);
        context.output(3, type, PartialShape.of(batch, heads, rows, total));
    }

    private long presentRows(ShapeContext context, long total) {
        PartialShape past = context.hasInput(PAST) ? context.inputShape(PAST) : PartialShape.of(0, 0, 0, 0);
        if (past.isRanked() && past.rank() != 4) {
            throw new IllegalArgumentException("past_key has shape " + past + ", expected [N,kv_heads,P,size]");
        }
        long room = past.isRanked() ? past.dim(2) : PartialShape.UNKNOWN;
        if (sliding) {
            return room;
        }
        return room < 0 || total < 0 ? PartialShape.UNKNOWN : Math.max(room, total);
    }

    @Override
    public void run(OpContext context) {
        new GroupedRun(this, context).hand(context);
    }

    @Override
    public boolean readsAhead(int i) {
        return i >= SINKS;
    }

    @Override
    public int updatedInput(int output) {
        return output == 1 || output == 2 ? PAST + output - 1 : -1;
    }

    AttentionSpec spec(int size) {
        return new AttentionSpec(
                scale == 0 ? (float) (1 / Math.sqrt(size)) : scale,
                softcap,
                true,
                window < 0 ? -1 : window - 1,
                -1,
                false,
                captured == QkOutput.WEIGHTS ? AttentionSpec.Capture.AFTER_SOFTMAX : AttentionSpec.Capture.AFTER_MASK);
    }

    /** Keys for {@code i} 0, values for 1. */
    CacheSide side(OpContext context, int i, HeadLayout added, DataType floats, Shape present) {
        Tensor past = context.optionalInput(PAST + i);
        Shape expected = past == null ? present : present.with(2, past.shape().dim(2));
        if (past != null && !past.shape().equals(expected)) {
            throw new IllegalArgumentException(
                    (i == 0 ? "past_key" : "past_value") + " has shape " + past.shape() + ", expected " + expected);
        }
        float[] scales = new float[0];
        if (format.isQuantized()) {
            Tensor given = context.input(SCALES + i);
            int count = format.scales(keyHeads, added.size());
            if (given.size() != count) {
                throw new IllegalArgumentException((i == 0 ? "k_scale" : "v_scale") + " has shape " + given.shape()
                        + ", expected " + count + " values");
            }
            scales = given.toFloatArray();
        }
        boolean wanted = context.outputCount() > 1 + i && context.hasOutput(1 + i);
        Tensor target = wanted ? context.output(1 + i, format.type(floats), present) : null;
        return new CacheSide(format, added, past, scales, target);
    }

    float @Nullable [] sinks(OpContext context) {
        Tensor given = context.optionalInput(SINKS);
        if (given == null) {
            return smooth ? new float[heads] : null;
        }
        if (given.size() != heads) {
            throw new IllegalArgumentException(
                    "head_sink has shape " + given.shape() + ", expected " + heads + " values");
        }
        return given.toFloatArray();
    }
}
