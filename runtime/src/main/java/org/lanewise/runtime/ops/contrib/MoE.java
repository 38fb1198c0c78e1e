package org.lanewise.runtime.ops.contrib;

import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A mixture of experts, {@link Experts}. Inputs input (..., H), router_probs (rows, E), which are products before a softmax, fc1_experts_weights (E, inner, H) or (E, 2 inner, H) for pairs, fc1_experts_bias, fc2_experts_weights (E, H, inner), fc2_experts_bias. The softmax is over all experts. {@code com.microsoft.MoE}-1.
 *
 * @param experts the attributes
 */
public record MoE(Experts experts) implements Operator, Prepacks, ComputesInFloat {
    private static final int FIRST = 2;
    private static final int SECOND = 4;

    /** From a node. */
    public static MoE create(NodeSpec spec) {
        Checks.inputs(spec, 5, 8, 3);
        Experts.refuseThird(spec, 6, 7);
        return new MoE(Experts.create(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        experts.inferShapes(context);
        for (int i = FIRST; i <= SECOND + 1; i++) {
            if (PerTensor.has(context, i)) {
                Types.same(context, i, 0);
            }
        }
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        @Nullable Tensor[] inputs = new Tensor[SECOND + 2];
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
        return new Packed(weights(inputs), Set.copyOf(consumed));
    }

    private Experts.Weights weights(@Nullable Tensor[] inputs) {
        Shape shape = Objects.requireNonNull(inputs[FIRST]).shape();
        boolean fits = shape.rank() == 3 && shape.dim(1) % experts.fused() == 0;
        int inner = fits ? shape.dim(1) / experts.fused() : 0;
        Shape back = fits ? Shape.of(shape.dim(0), shape.dim(2), inner) : shape;
        if (!fits || !Objects.requireNonNull(inputs[SECOND]).shape().equals(back)) {
            throw new IllegalArgumentException("fc1_experts_weights has shape " + shape + " and fc2_experts_weights "
                    + Objects.requireNonNull(inputs[SECOND]).shape() + ", expected [E," + experts.fused()
                    + " inner,H] and [E,H,inner]");
        }
        return new Experts.Weights(layers(inputs, FIRST), layers(inputs, SECOND));
    }

    private static Experts.Layer[] layers(@Nullable Tensor[] inputs, int at) {
        Tensor weights = Objects.requireNonNull(inputs[at]);
        float[] values = weights.toFloatArray();
        int count = weights.shape().dim(0);
        int n = weights.shape().dim(1);
        int k = weights.shape().dim(2);
        Experts.Layer[] layers = new Experts.Layer[count];
        for (int e = 0; e < count; e++) {
            PackedB packed = PackedB.pack(values, e * n * k, k, true, k, n);
            layers[e] = new Experts.Layer(packed, null, Experts.bias(inputs[at + 1], count, e, n));
        }
        return layers;
    }

    @Override
    public void run(OpContext context) {
        Experts.Weights weights;
        if (context.packed() instanceof Experts.Weights packed) {
            weights = packed;
        } else {
            @Nullable Tensor[] inputs = new Tensor[SECOND + 2];
            for (int i = FIRST; i < inputs.length && i < context.inputCount(); i++) {
                inputs[i] = context.optionalInput(i);
            }
            weights = weights(inputs);
        }
        FloatTensor x = (FloatTensor) context.input(0);
        PackedB first = Objects.requireNonNull(weights.first()[0].floats());
        if (x.shape().dim(-1) != first.k()) {
            throw new IllegalArgumentException(
                    "the input has shape " + x.shape() + ", expected " + first.k() + " columns");
        }
        Experts.Routes routes = experts.routes(context.input(1), x.size() / first.k(), false, null);
        experts.run(context, x, routes, weights, first.n() / experts.fused());
    }
}
