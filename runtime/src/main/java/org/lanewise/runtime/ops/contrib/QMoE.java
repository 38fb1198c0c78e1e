package org.lanewise.runtime.ops.contrib;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A mixture of experts with weights of few bits, {@link Experts} and {@link ExpertBlocks}. Inputs input (..., H), router_probs (rows, E), which are products before a softmax, then weights, scales and bias of fc1 and fc2, zero points of both and router_weights (rows, E), shares to take instead of the softmax, which is over the chosen experts only. Computed in fp32, which is at least as
 * exact as any {@code accuracy_level} asks for. {@code com.microsoft.QMoE}-1.
 *
 * @param experts the attributes
 * @param bits of a weight: 2, 4 or 8
 * @param block columns that share a scale, 0 for all
 */
public record QMoE(Experts experts, int bits, int block) implements Operator, Prepacks, ComputesInFloat {
    private static final int FIRST = 2;
    private static final int SECOND = 5;
    private static final int ZEROS = 11;
    private static final int SHARES = 14;
    private static final int LAST = 20;
    private static final int SMALLEST_BLOCK = 16;

    /** From a node. */
    public static QMoE create(NodeSpec spec) {
        Checks.inputs(spec, 6, LAST + 1, FIRST + 2);
        Experts.refuseThird(spec, 8, 9, 10, ZEROS + 2);
        for (int i = SHARES + 1; i <= LAST; i++) {
            if (spec.hasInput(i)) {
                throw spec.refuse("input " + i + ", a scale of floating weights, is not supported");
            }
        }
        if (!spec.hasInput(SECOND + 1)) {
            throw spec.refuse("required input " + (SECOND + 1) + " is absent");
        }
        String type = spec.stringAttribute("quant_type", "int");
        if (!type.equals("int")) {
            throw spec.refuse("quant_type is " + type + ", only int is supported");
        }
        long prepacked = spec.intAttribute("weights_prepacked", -1);
        if (prepacked != -1 && prepacked != 0) {
            throw spec.refuse("weights_prepacked is " + prepacked + ", a layout of one device; only 0 is supported");
        }
        long level = spec.intAttribute("accuracy_level", 0);
        if (level < 0 || level > 4) {
            throw spec.refuse("accuracy_level is " + level + ", expected 0 to 4");
        }
        long bits = spec.intAttribute("expert_weight_bits", 4);
        long block = spec.intAttribute("block_size", 0);
        boolean fits = bits == 2 || bits == 4 || bits == Byte.SIZE;
        if (!fits || block != 0 && (block < SMALLEST_BLOCK || Long.bitCount(block) != 1 || block > 1 << 30)) {
            throw spec.refuse("expert_weight_bits is " + bits + " and block_size " + block
                    + ", expected 2, 4 or 8, and none or a power of two of at least " + SMALLEST_BLOCK);
        }
        return new QMoE(Experts.create(spec), (int) bits, (int) block);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        experts.inferShapes(context);
        for (int at : new int[] {FIRST, SECOND}) {
            Types.check(context, at, Set.of(DataType.UINT8));
            Types.check(context, at + 1, Set.of(DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16));
            if (PerTensor.has(context, at + 2)) {
                Types.same(context, at + 2, 0);
            }
        }
        for (int i = ZEROS; i < SHARES; i++) {
            if (PerTensor.has(context, i)) {
                Types.check(context, i, Set.of(DataType.UINT8));
            }
        }
        if (PerTensor.has(context, SHARES)) {
            Types.same(context, SHARES, 0);
        }
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        @Nullable Tensor[] inputs = new Tensor[SHARES];
        Set<Integer> consumed = new HashSet<>();
        for (int i = FIRST; i < inputs.length; i++) {
            inputs[i] = PerTensor.has(context, i) ? context.constant(i) : null;
            if (PerTensor.has(context, i) && inputs[i] == null) {
                return null;
            }
            if (inputs[i] != null) {
                consumed.add(i);
            }
        }
        return new Packed(ready(inputs), Set.copyOf(consumed));
    }

    /**
     * Layers, and the sizes they have been made for.
     *
     * @param hidden columns of the input
     * @param inner columns between the layers
     */
    private record Ready(Experts.Weights weights, int hidden, int inner) {}

    private Ready ready(@Nullable Tensor[] inputs) {
        Shape first = Objects.requireNonNull(inputs[FIRST]).shape();
        Shape second = Objects.requireNonNull(inputs[SECOND]).shape();
        if (first.rank() != 3 || second.rank() != 3 || first.dim(1) % experts.fused() != 0) {
            throw new IllegalArgumentException(
                    "fc1_experts_weights has shape " + first + " and fc2_experts_weights " + second + ", expected [E,"
                            + experts.fused() + " inner,H/n] and [E,H,inner/n] with n elements a byte");
        }
        int hidden = second.dim(1);
        int inner = first.dim(1) / experts.fused();
        Experts.Layer[] wide = layers(inputs, FIRST, inputs[ZEROS], first.dim(1), hidden);
        Experts.Layer[] narrow = layers(inputs, SECOND, inputs[ZEROS + 1], hidden, inner);
        if (wide.length != narrow.length) {
            throw new IllegalArgumentException(
                    "fc1 has " + wide.length + " experts and fc2 " + narrow.length + ", expected the same number");
        }
        return new Ready(new Experts.Weights(wide, narrow), hidden, inner);
    }

    private Experts.Layer[] layers(@Nullable Tensor[] inputs, int at, @Nullable Tensor zeros, int n, int k) {
        Tensor weights = Objects.requireNonNull(inputs[at]);
        Tensor scales = Objects.requireNonNull(inputs[at + 1]);
        boolean perRow = scales.shape().rank() == 2 || block == 0;
        ExpertBlocks blocks = new ExpertBlocks(weights.shape().dim(0), n, k, bits, perRow ? k : block);
        return blocks.layers(weights, scales, zeros, inputs[at + 2]);
    }

    @Override
    public void run(OpContext context) {
        Ready ready;
        if (context.packed() instanceof Ready packed) {
            ready = packed;
        } else {
            @Nullable Tensor[] inputs = new Tensor[SHARES];
            for (int i = FIRST; i < inputs.length && i < context.inputCount(); i++) {
                inputs[i] = context.optionalInput(i);
            }
            ready = ready(inputs);
        }
        FloatTensor x = (FloatTensor) context.input(0);
        if (x.shape().dim(-1) != ready.hidden) {
            throw new IllegalArgumentException(
                    "the input has shape " + x.shape() + ", expected " + ready.hidden + " columns");
        }
        Tensor shares = context.inputCount() > SHARES ? context.optionalInput(SHARES) : null;
        Experts.Routes routes = experts.routes(context.input(1), x.size() / ready.hidden, true, shares);
        experts.run(context, x, routes, ready.weights, ready.inner);
    }
}
