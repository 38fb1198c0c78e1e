package org.lanewise.runtime.ops.nn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.HalfPrecision;
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
 * Attention without softmax, a recurrence over a state S per head. Per step {@code linear}: S = S + k v'; {@code gated}: S = e^g S + k v'; {@code delta}:
 * S = S + b k (v - S' k)'; {@code gated_delta}: both; and o = scale * S' q. Inputs query (B, T, q_heads * dk), key (B, T, kv_heads * dk), value (B, T, kv_heads * dv), past_state
 * (B, kv_heads, dk, dv), decay (B, T, kv_heads * dk or kv_heads), beta (B, T, kv_heads or 1); outputs (B, T, q_heads * dv) and present_state. Computed in float whatever
 * the types. ONNX {@code LinearAttention}-27, {@code com.microsoft.LinearAttention}-1.
 *
 * @param queryHeads {@code q_num_heads}
 * @param keyHeads {@code kv_num_heads}
 * @param scale factor of the output, 0 for 1 / sqrt(dk)
 * @param gated whether the state decays
 * @param corrected whether what the state gives for a key is subtracted from its value
 */
public record LinearAttention(int queryHeads, int keyHeads, float scale, boolean gated, boolean corrected)
        implements Operator {
    private static final int PAST = 3;
    private static final int DECAY = 4;
    private static final int BETA = 5;

    /** From a node. */
    public static LinearAttention create(NodeSpec spec) {
        spec.inputs(3, 6);
        String rule = spec.stringAttribute("update_rule", "gated_delta");
        boolean gated = rule.equals("gated") || rule.equals("gated_delta");
        boolean corrected = rule.equals("delta") || rule.equals("gated_delta");
        if (!gated && !corrected && !rule.equals("linear")) {
            throw spec.refuse("update_rule is '" + rule + "', expected linear, gated, delta or gated_delta");
        }
        if (gated != spec.hasInput(DECAY) || corrected != spec.hasInput(BETA)) {
            throw spec.refuse("update_rule " + rule + (gated ? " needs" : " has no") + " input decay and"
                    + (corrected ? " needs" : " has no") + " input beta");
        }
        spec.acknowledge("chunk_size"); // how a prefill may be cut; the result is the same
        long q = spec.requiredInt("q_num_heads");
        long kv = spec.requiredInt("kv_num_heads");
        if (q < 1 || kv < 1 || q % kv != 0 || q > Integer.MAX_VALUE) {
            throw spec.refuse("q_num_heads is " + q + ", expected a multiple of kv_num_heads = " + kv);
        }
        return new LinearAttention((int) q, (int) kv, spec.floatAttribute("scale", 0), gated, corrected);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = context.inputType(0);
        DataType state = context.hasInput(PAST) ? context.inputType(PAST) : type;
        for (DataType t : new DataType[] {type, state}) {
            switch (t) {
                case FLOAT, FLOAT16, BFLOAT16 -> {}
                default -> throw new IllegalArgumentException("no linear attention of " + t.onnxName() + " is defined");
            }
        }
        PartialShape q = ranked(context, 0, "query");
        PartialShape k = ranked(context, 1, "key");
        PartialShape v = ranked(context, 2, "value");
        long dk = k.dim(2) < 0 ? -1 : k.dim(2) / keyHeads;
        long dv = v.dim(2) < 0 ? -1 : v.dim(2) / keyHeads;
        if (dk >= 0 && q.dim(2) >= 0 && q.dim(2) != dk * queryHeads) {
            throw new IllegalArgumentException("query has shape " + q + ", expected " + queryHeads + " heads of " + dk);
        }
        context.output(0, type, PartialShape.of(q.dim(0), q.dim(1), dv < 0 ? -1 : dv * queryHeads));
        context.output(1, state, PartialShape.of(q.dim(0), keyHeads, dk, dv));
    }

    private static PartialShape ranked(ShapeContext context, int i, String name) {
        PartialShape shape = context.inputShape(i);
        if (shape.isRanked() && shape.rank() != 3) {
            throw new IllegalArgumentException(
                    "input " + name + " has shape " + shape + ", expected (B, T, heads * size)");
        }
        return shape.isRanked() ? shape : PartialShape.ofRank(3);
    }

    @Override
    public void run(OpContext context) {
        DataType type = context.input(0).type();
        DataType stateType = context.hasInput(PAST) ? context.input(PAST).type() : type;
        HeadLayout q = HeadLayout.of("query", inFloat(context.input(0)), queryHeads);
        HeadLayout k = HeadLayout.of("key", inFloat(context.input(1)), keyHeads);
        HeadLayout v = HeadLayout.of("value", inFloat(context.input(2)), keyHeads);
        if (q.rows() != k.rows()
                || k.rows() != v.rows()
                || q.size() != k.size()
                || q.batch() != k.batch()
                || k.batch() != v.batch()) {
            throw new IllegalArgumentException("query " + q.tensor().shape() + ", key "
                    + k.tensor().shape() + " and value " + v.tensor().shape() + " do not fit");
        }
        int steps = q.rows();
        Tensor output = context.output(0, type, Shape.of(q.batch(), steps, queryHeads * v.size()));
        Tensor present = context.output(1, stateType, Shape.of(q.batch(), keyHeads, k.size(), v.size()));
        FloatTensor out = type == DataType.FLOAT ? (FloatTensor) output : floats(output.shape());
        FloatTensor state = stateType == DataType.FLOAT ? (FloatTensor) present : floats(present.shape());
        start(state, context.optionalInput(PAST));
        FloatTensor decay = optional(context, DECAY, steps * q.batch(), keyHeads, keyHeads * k.size());
        FloatTensor beta = optional(context, BETA, steps * q.batch(), keyHeads, 1);
        context.kernel("linear-attention-f32");
        HeadLayout y = HeadLayout.of("output", out, queryHeads);
        context.parallel(q.batch() * keyHeads, (long) steps * k.size() * v.size(), (from, to, scratch) -> {
            float[] spare = scratch.floats(v.size());
            for (int i = from; i < to; i++) {
                head(i / keyHeads, i % keyHeads, q, k, v, y, state, decay, beta, spare);
            }
        });
        round(out, output);
        round(state, present);
    }

    private void head(
            int b,
            int h,
            HeadLayout q,
            HeadLayout k,
            HeadLayout v,
            HeadLayout y,
            FloatTensor state,
            @Nullable FloatTensor decay,
            @Nullable FloatTensor beta,
            float[] spare) {
        int dk = k.size();
        int dv = v.size();
        int s = state.offset() + (b * keyHeads + h) * dk * dv;
        int share = queryHeads / keyHeads;
        float factor = scale == 0 ? (float) (1 / Math.sqrt(dk)) : scale;
        float[] gates = decay == null ? spare : decay.array();
        int gateWidth = decay == null ? 0 : decay.shape().dim(2);
        int gateStride = gateWidth == keyHeads ? 0 : 1;
        for (int t = 0; t < q.rows(); t++) {
            int row = b * q.rows() + t;
            int gate = decay == null ? 0 : decay.offset() + row * gateWidth + h * (gateStride == 0 ? 1 : dk);
            float rate = 1;
            if (beta != null) {
                int width = beta.shape().dim(2);
                rate = beta.get(row * width + (width == 1 ? 0 : h));
            }
            org.lanewise.kernels.attention.LinearAttention.update(
                    state.array(),
                    s,
                    dk,
                    dv,
                    array(k),
                    k.at(b, h) + t * k.stride(),
                    array(v),
                    v.at(b, h) + t * v.stride(),
                    gated,
                    gates,
                    gate,
                    gateStride,
                    corrected,
                    rate,
                    spare);
            for (int i = h * share; i < (h + 1) * share; i++) {
                org.lanewise.kernels.attention.LinearAttention.read(
                        state.array(),
                        s,
                        dk,
                        dv,
                        array(q),
                        q.at(b, i) + t * q.stride(),
                        factor,
                        array(y),
                        y.at(b, i) + t * y.stride());
            }
        }
    }

    private static float[] array(HeadLayout layout) {
        return ((FloatTensor) layout.tensor()).array();
    }

    private static void start(FloatTensor state, @Nullable Tensor past) {
        int from = state.offset();
        if (past == null) {
            Arrays.fill(state.array(), from, from + state.size(), 0);
            return;
        }
        if (!past.shape().equals(state.shape())) {
            throw new IllegalArgumentException("past_state has shape " + past.shape() + ", expected " + state.shape());
        }
        System.arraycopy(past.toFloatArray(), 0, state.array(), from, state.size());
    }

    private static @Nullable FloatTensor optional(OpContext context, int i, int rows, int width, int otherWidth) {
        Tensor given = context.optionalInput(i);
        if (given == null) {
            return null;
        }
        int last = given.shape().rank() == 3 ? given.shape().dim(2) : -1;
        if (last != width && last != otherWidth || given.size() != rows * last) {
            throw new IllegalArgumentException("input " + (i == DECAY ? "decay" : "beta") + " has shape "
                    + given.shape() + ", expected (B, T, " + width + ") or (B, T, " + otherWidth + ")");
        }
        return inFloat(given);
    }

    private static FloatTensor inFloat(Tensor tensor) {
        return tensor instanceof FloatTensor floats
                ? floats
                : new FloatTensor(DataType.FLOAT, tensor.shape(), tensor.toFloatArray(), 0);
    }

    private static FloatTensor floats(Shape shape) {
        return new FloatTensor(DataType.FLOAT, shape, new float[shape.size()], 0);
    }

    private static void round(FloatTensor from, Tensor to) {
        if (to != from) {
            HalfPrecision.round(from.array(), from.offset(), to.type(), (short[]) to.storage(), to.offset(), to.size());
        }
    }
}
