package org.lanewise.runtime.ops.contrib;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.kernels.gemm.PackedBlockwiseB;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.BlockwiseProduct;
import org.lanewise.runtime.ops.nn.FloatProduct;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = A B' + bias} with B (N, K) of 2, 4 or 8 bits, {@code B(n, k) = scale (q - zero)} with a scale and zero point for each block of K, {@link BlockWeights}. A (..., K) is {@code FLOAT}, {@code FLOAT16} or
 * {@code BFLOAT16}; all is computed in fp32, which is at least as exact as any {@code accuracy_level} asks for. Weights of 4 and 8 bits stay in their bits. Inputs A, B, scales, zero_points, g_idx, bias. {@code com.microsoft.MatMulNBits}-1.
 *
 * @param layout how B is stored
 */
public record MatMulNBits(BlockWeights layout) implements Operator, Prepacks, ComputesInFloat, Repeatable {
    private static final int B = 1;
    private static final int SCALES = 2;
    private static final int ZEROS = 3;
    private static final int GROUPS = 4;
    private static final int BIAS = 5;
    private static final int MOST_ACCURACY = 4;

    /** From a node. */
    public static MatMulNBits create(NodeSpec spec) {
        spec.inputs(3, 6);
        long level = spec.intAttribute("accuracy_level", 0);
        if (level < 0 || level > MOST_ACCURACY) {
            throw spec.refuse("accuracy_level is " + level + ", expected 0 to " + MOST_ACCURACY);
        }
        if (spec.intAttribute("weight_prepacked", 0) != 0) {
            throw spec.refuse("weight_prepacked is " + spec.intAttribute("weight_prepacked", 0)
                    + ", a layout of one device; only 0 is supported");
        }
        return new MatMulNBits(BlockWeights.read(spec));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        Types.check(context, B, Set.of(DataType.UINT8));
        Types.same(context, SCALES, 0);
        if (PerTensor.has(context, ZEROS)) {
            Types.check(context, ZEROS, Set.of(DataType.UINT8, type));
        }
        if (PerTensor.has(context, GROUPS)) {
            Types.check(context, GROUPS, Set.of(DataType.INT32));
        }
        if (PerTensor.has(context, BIAS)) {
            Types.same(context, BIAS, 0);
        }
        PartialShape a = context.inputShape(0);
        if (a.isRanked() && (a.rank() == 0 || a.dim(-1) >= 0 && a.dim(-1) != layout.k())) {
            throw new IllegalArgumentException("A has shape " + a + ", expected K = " + layout.k() + " columns");
        }
        context.output(0, type, a.isRanked() ? a.with(a.rank() - 1, layout.n()) : a);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        @Nullable Tensor[] inputs = new Tensor[BIAS + 1];
        Set<Integer> consumed = new HashSet<>();
        for (int i = B; i <= BIAS; i++) {
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

    /**
     * Weights in the order of the kernel.
     *
     * @param blockwise packed B' in its bits, or {@code null}
     * @param floats packed B' in fp32, where the kernel of few bits cannot: 2 bits, or columns out of order
     * @param bias one a column, or {@code null}
     */
    private record Weights(
            @Nullable PackedBlockwiseB blockwise, @Nullable PackedB floats, float @Nullable [] bias) {}

    private Weights weights(@Nullable Tensor[] inputs) {
        Tensor b = inputs[B];
        Tensor scales = inputs[SCALES];
        if (b == null || scales == null) {
            throw new IllegalArgumentException("B or its scales are absent");
        }
        Tensor bias = inputs[BIAS];
        if (bias != null && bias.size() != layout.n()) {
            throw new IllegalArgumentException(
                    "the bias has shape " + bias.shape() + ", expected N = " + layout.n() + " values");
        }
        float[] addend = bias == null ? null : bias.toFloatArray();
        PackedBlockwiseB packed = inputs[GROUPS] == null ? layout.packed(b, scales, inputs[ZEROS]) : null;
        if (packed != null) {
            return new Weights(packed, null, addend);
        }
        float[] values = layout.values(b, scales, inputs[ZEROS], inputs[GROUPS]);
        return new Weights(null, PackedB.pack(values, 0, layout.k(), true, layout.k(), layout.n()), addend);
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        FloatTensor a = (FloatTensor) context.input(0);
        Weights weights;
        if (context.packed() instanceof Weights packed) {
            weights = packed;
        } else {
            @Nullable Tensor[] inputs = new Tensor[BIAS + 1];
            for (int i = B; i < context.inputCount(); i++) {
                inputs[i] = context.optionalInput(i);
            }
            weights = weights(inputs);
        }
        Shape shape = a.shape();
        if (shape.rank() == 0 || shape.dim(-1) != layout.k()) {
            throw new IllegalArgumentException("A has shape " + shape + ", expected K = " + layout.k() + " columns");
        }
        FloatTensor y = (FloatTensor) context.output(0, DataType.FLOAT, shape.with(shape.rank() - 1, layout.n()));
        int m = a.size() / layout.k();
        if (weights.blockwise != null) {
            BlockwiseProduct.run(context, a, m, weights.blockwise, y, weights.bias);
        } else if (weights.floats != null) {
            Epilogue epilogue = weights.bias == null
                    ? Epilogue.NONE
                    : Epilogue.biasPerColumn(weights.bias, new Activation(Activation.Kind.NONE, 0, 0));
            FloatProduct.run(context, a, m, weights.floats, y, null, epilogue);
        }
    }
}
