package org.lanewise.runtime.ops.contrib;

import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.ops.nn.FloatProduct;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Self-attention with its projections: Q, K and V are the columns of {@code X W + bias}, and {@code Y = softmax(scale Q K' + mask) V} per head. Inputs X (N, L, C), W, bias, mask_index (see {@code com.microsoft}), past (2, N, heads, P, size), attention_bias; outputs Y (N, L, H) and
 * present (2, N, heads, P + L, size). {@code com.microsoft.Attention}-1.
 *
 * @param heads the attributes of the attention
 * @param sizes widths of Q, K and V, or {@code null} for thirds
 */
public record Attention(Heads heads, long @Nullable [] sizes) implements Operator, Prepacks, ComputesInFloat {
    private static final int BIAS = 2;
    private static final int MASK = 3;
    private static final int PAST = 4;
    private static final int ADDED = 5;

    /** From a node. */
    public static Attention create(NodeSpec spec) {
        spec.inputs(2, 6);
        Checks.off(spec, "do_rotary");
        Checks.off(spec, "past_present_share_buffer");
        spec.acknowledge("rotary_embedding_dim"); // only with do_rotary
        long[] sizes = spec.intsAttribute("qkv_hidden_sizes");
        if (sizes != null && (sizes.length != 3 || sizes[0] != sizes[1] || sizes[0] < 1 || sizes[2] < 1)) {
            throw spec.refuse("qkv_hidden_sizes must be three sizes, the first two equal");
        }
        boolean cached = spec.hasInput(PAST) || spec.outputCount() > 1 && spec.hasOutput(1);
        if (cached && sizes != null && sizes[0] != sizes[2]) {
            throw spec.refuse("past and present hold keys and values of one size, but qkv_hidden_sizes is "
                    + Arrays.toString(sizes));
        }
        return new Attention(Heads.create(spec), sizes);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Checks.floats(context);
        Types.same(context, 1, 0);
        PartialShape x = context.inputShape(0);
        PartialShape w = context.inputShape(1);
        if (x.isRanked() && x.rank() != 3 || w.isRanked() && w.rank() != 2) {
            throw new IllegalArgumentException("X has shape " + x + ", W " + w + ", expected [N,L,C] and [C,H]");
        }
        x = x.isRanked() ? x : PartialShape.ofRank(3);
        long width = w.isRanked() ? w.dim(1) : PartialShape.UNKNOWN;
        long values = sizes != null ? sizes[2] : width < 0 ? width : width / 3;
        context.output(0, type, x.with(2, values));
        PartialShape past = context.inputCount() > PAST && context.hasInput(PAST)
                ? context.inputShape(PAST)
                : PartialShape.of(2, 0, 0, 0, 0);
        long before = past.rank() == 5 ? past.dim(3) : PartialShape.UNKNOWN;
        long all = before < 0 || x.dim(1) < 0 ? PartialShape.UNKNOWN : before + x.dim(1);
        context.output(
                1,
                type,
                PartialShape.of(2, x.dim(0), heads.count(), all, values < 0 ? values : values / heads.count()));
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        Tensor w = context.constant(1);
        if (w == null) {
            return null;
        }
        int k = w.shape().dim(0);
        int n = w.shape().dim(1);
        return new Packed(PackedB.pack(w.toFloatArray(), 0, n, false, k, n), Set.of(1));
    }

    @Override
    public void run(OpContext context) {
        FloatTensor x = (FloatTensor) context.input(0);
        PackedB w = packed(context);
        int batch = x.shape().dim(0);
        int rows = x.shape().dim(1);
        int q = sizes != null ? (int) sizes[0] : w.n() / 3;
        int v = sizes != null ? (int) sizes[2] : w.n() / 3;
        if (2 * q + v != w.n() || w.k() != x.shape().dim(2)) {
            throw new IllegalArgumentException("W has shape [" + w.k() + "," + w.n() + "], expected ["
                    + x.shape().dim(2) + "," + (2 * q + v) + "]");
        }
        FloatTensor bias = (FloatTensor) optional(context, BIAS);
        Epilogue epilogue = bias == null
                ? Epilogue.NONE
                : Epilogue.biasPerColumn(bias.toFloatArray(), new Activation(Activation.Kind.NONE, 0, 0));
        FloatTensor projected = (FloatTensor) Tensor.allocate(DataType.FLOAT, Shape.of(batch, rows, w.n()));
        FloatProduct.run(context, x, batch * rows, w, projected, null, epilogue);
        attend(
                context,
                heads,
                projected,
                q,
                v,
                optional(context, MASK),
                optional(context, PAST),
                optional(context, ADDED));
    }

    /**
     * The attention of projected rows (N, L, Q and K and V one after the other): outputs 0 and 1.
     *
     * @param q width of Q, and of K
     * @param v width of V
     */
    static void attend(
            OpContext context,
            Heads heads,
            FloatTensor projected,
            int q,
            int v,
            @Nullable Tensor mask,
            @Nullable Tensor past,
            @Nullable Tensor added) {
        int batch = projected.shape().dim(0);
        int rows = projected.shape().dim(1);
        int before = past == null ? 0 : past.shape().dim(3);
        Shape each = Shape.of(batch, heads.count(), before + rows, v / heads.count());
        Tensor present = present(context, each, past);
        InnerContext.runTo(
                context,
                heads.attention(rows),
                new Tensor[] {
                    context.output(0, DataType.FLOAT, Shape.of(batch, rows, v)),
                    present == null ? null : present.slice(0, each),
                    present == null ? null : present.slice(each.size(), each),
                    null
                },
                Heads.columns(projected, 0, q, null, 0),
                Heads.columns(projected, q, q, null, 0),
                Heads.columns(projected, 2 * q, v, null, 0),
                heads.mask(context, mask, added, batch, rows, before + rows),
                past == null ? null : part(past, 0),
                past == null ? null : part(past, 1),
                null);
    }

    private static @Nullable Tensor present(OpContext context, Shape each, @Nullable Tensor past) {
        boolean wanted = context.outputCount() > 1 && context.hasOutput(1);
        if (past == null && !wanted) {
            return null;
        }
        Shape shape = Shape.of(2, each.dim(0), each.dim(1), each.dim(2), each.dim(3));
        return wanted ? context.output(1, DataType.FLOAT, shape) : Tensor.allocate(DataType.FLOAT, shape);
    }

    private static Tensor part(Tensor past, int i) {
        int[] dims = past.shape().toArray();
        if (dims.length != 5 || dims[0] != 2) {
            throw new IllegalArgumentException("past has shape " + past.shape() + ", expected [2,N,heads,P,size]");
        }
        Shape shape = Shape.of(Arrays.copyOfRange(dims, 1, 5));
        return past.slice(i * shape.size(), shape);
    }

    private static PackedB packed(OpContext context) {
        if (context.packed() instanceof PackedB packed) {
            return packed;
        }
        Tensor w = context.input(1);
        int n = w.shape().dim(1);
        return PackedB.pack(w.toFloatArray(), 0, n, false, w.shape().dim(0), n);
    }

    private static @Nullable Tensor optional(OpContext context, int i) {
        return i < context.inputCount() ? context.optionalInput(i) : null;
    }
}
