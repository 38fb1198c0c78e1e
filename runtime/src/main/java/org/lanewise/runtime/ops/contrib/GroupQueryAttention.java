package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.contrib.CacheSide.Rotation;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.AttentionMask;
import org.lanewise.runtime.ops.nn.AttentionRun;
import org.lanewise.runtime.ops.nn.HeadLayout;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
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
        implements Operator, ComputesInFloat {
    /** What output_qk receives, in the order of {@code qk_output}; products that are not attended are 0. */
    enum QkOutput {
        NOTHING,
        PRODUCTS,
        WEIGHTS
    }

    private static final int KEY = 1;
    private static final int VALUE = 2;
    private static final int PAST = 3;
    private static final int LENGTHS = 5;
    private static final int TOTAL = 6;
    private static final int COS = 7;
    private static final int POSITIONS = 9;
    private static final int BIAS = 10;
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
        GroupedHeads in = GroupedHeads.of(this, context);
        int batch = in.q().batch();
        int queries = in.q().rows();
        int size = in.q().size();
        int total = Math.toIntExact(context.input(TOTAL).scalarLong());
        Tensor past = context.optionalInput(PAST);
        int room = past == null ? 0 : past.shape().dim(2);
        CacheStep[] steps = steps(context.input(LENGTHS), batch, queries, in.k().rows(), total, room);
        int most = Arrays.stream(steps).mapToInt(CacheStep::rows).max().orElse(0);
        int presentRows = sliding ? room : Math.max(room, total);
        Shape present = Shape.of(batch, keyHeads, presentRows, (int) format.columns(size));
        Shape working = Shape.of(batch, keyHeads, sliding ? most : presentRows, size);
        CacheSide keys = side(context, 0, in.k(), present, working);
        CacheSide values = side(context, 1, in.v(), present, working);
        Rotation rotation = rotary ? in.rotation(context, steps, total == queries, interleaved) : null;
        context.parallel(batch * keyHeads, 1 + (long) most * size / 4, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                int b = i / keyHeads;
                keys.fill(b, i % keyHeads, steps[b], rotation);
                values.fill(b, i % keyHeads, steps[b], null);
            }
        });
        HeadLayout q = rotation == null ? in.q() : GroupedHeads.rotated(context, in.q(), rotation);
        Tensor y = context.output(0, DataType.FLOAT, Shape.of(batch, queries, heads * size));
        Tensor qk = captured == QkOutput.NOTHING
                ? null
                : context.output(3, DataType.FLOAT, Shape.of(batch, heads, queries, total));
        Tensor bias = context.optionalInput(BIAS);
        int attended = bias == null && qk == null ? most : total;
        AttentionMask mask =
                bias == null ? null : AttentionMask.of(checked(bias, total), false, batch, heads, queries, total);
        AttentionSpec spec = spec(size);
        AttentionRun.run(
                context,
                spec,
                spec.scale(),
                q,
                GroupedHeads.rows(keys.rows(), attended),
                GroupedHeads.rows(values.rows(), attended),
                mask,
                Arrays.stream(steps).mapToInt(CacheStep::valid).toArray(),
                Arrays.stream(steps).mapToInt(CacheStep::position).toArray(),
                sinks(context),
                GroupedHeads.sideBySide(y, heads, 0, heads * size),
                qk);
        if (qk != null && captured == QkOutput.PRODUCTS) {
            clear(context, qk, steps);
        }
    }

    private AttentionSpec spec(int size) {
        return new AttentionSpec(
                scale == 0 ? (float) (1 / Math.sqrt(size)) : scale,
                softcap,
                true,
                window < 0 ? -1 : window - 1,
                -1,
                false,
                captured == QkOutput.WEIGHTS ? AttentionSpec.Capture.AFTER_SOFTMAX : AttentionSpec.Capture.AFTER_MASK);
    }

    private CacheStep[] steps(Tensor lengths, int batch, int queries, int added, int total, int room) {
        if (lengths.size() != batch) {
            throw new IllegalArgumentException(
                    "seqlens_k has shape " + lengths.shape() + ", expected " + batch + " values");
        }
        if (sliding && (room < window || added == 0)) {
            throw new IllegalArgumentException("the past has " + room + " rows and key " + added
                    + ", expected at least the window of " + window + " and a key for each query");
        }
        boolean prompt = total == queries;
        CacheStep[] steps = new CacheStep[batch];
        for (int b = 0; b < batch; b++) {
            long length = lengths.getLong(b) + 1;
            if (length < 1 || length > total) {
                throw new IllegalArgumentException("seqlens_k[" + b + "] is " + (length - 1)
                        + ", expected at least 0 and less than total_sequence_length " + total);
            }
            steps[b] = sliding
                    ? CacheStep.sliding(b, (int) length, queries, prompt, room, window)
                    : CacheStep.whole(b, (int) length, queries, added, prompt, room);
        }
        return steps;
    }

    /** Keys for {@code i} 0, values for 1. */
    private CacheSide side(OpContext context, int i, HeadLayout added, Shape present, Shape working) {
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
        DataType type = format.type(DataType.FLOAT);
        boolean wanted = context.outputCount() > 1 + i && context.hasOutput(1 + i);
        Tensor target = wanted ? context.output(1 + i, type, present) : null;
        if (target == null && format.isQuantized()) {
            target = Tensor.allocate(type, present); // new rows are read as they come back from the cache
        }
        FloatTensor rows = target instanceof FloatTensor own && !sliding
                ? own
                : (FloatTensor) Tensor.allocate(DataType.FLOAT, working);
        return new CacheSide(format, added, past, scales, rows, target);
    }

    private static Tensor checked(Tensor bias, int total) {
        if (bias.shape().rank() != 4 || bias.shape().dim(3) != total) {
            throw new IllegalArgumentException(
                    "attention_bias has shape " + bias.shape() + ", expected rank 4 with " + total + " keys");
        }
        return bias;
    }

    private float @Nullable [] sinks(OpContext context) {
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

    /** Products outside of what a query attends become 0. */
    private void clear(OpContext context, Tensor qk, CacheStep[] steps) {
        float[] values = (float[]) qk.storage();
        int queries = qk.shape().dim(2);
        int total = qk.shape().dim(3);
        context.parallel(qk.shape().dim(0) * heads * queries, 1 + total / 8, (from, to, scratch) -> {
            for (int i = from; i < to; i++) {
                CacheStep step = steps[i / (heads * queries)];
                int end = Math.min(step.valid(), step.position() + i % queries + 1);
                int first = window < 0 ? 0 : Math.clamp(step.position() + i % queries + 1L - window, 0, end);
                int at = qk.offset() + i * total;
                Arrays.fill(values, at, at + first, 0);
                Arrays.fill(values, at + end, at + total, 0);
            }
        });
    }
}
