package org.lanewise.runtime.ops.fused;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.attention.AttentionSpec;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.nn.AttentionMask;
import org.lanewise.runtime.ops.nn.AttentionRun;
import org.lanewise.runtime.ops.nn.HeadLayout;
import org.lanewise.runtime.ops.shape.Expand;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * {@code Y = softmax(choose(condition, scale * Q K') + mask) V} per head, with the heads wherever a {@code Transpose} before or after it would have taken them from or put them. Inputs Q, K, V, mask
 * (added), condition (BOOL), factors of the products, of one element each. Shapes broadcast as those of {@code MatMul} and {@code Add}. Operator {@code Attention} of the domain {@code org.lanewise}, made by the
 * pass {@code attention}.
 *
 * @param q where Q lies
 * @param k where K lies
 * @param v where V lies
 * @param outputAxes which of batch (0), head (1), row (2) and column (3) each axis of the output is
 * @param scale constant factor of the products
 * @param multiplied how many of the factors multiply, the others divide
 * @param kept whether products where the condition holds stay, or the others
 * @param fill what those that do not stay become
 * @param spec the rest
 */
public record FusedAttention(
        Heads q,
        Heads k,
        Heads v,
        int[] outputAxes,
        float scale,
        int multiplied,
        boolean kept,
        float fill,
        AttentionSpec spec)
        implements Operator, Repeatable {
    private static final int MASK = 3;
    private static final int CONDITION = 4;
    private static final int FACTORS = 5;
    private static final int BATCH = 0;
    private static final int HEAD = 1;
    private static final int ROW = 2;
    private static final int COLUMN = 3;

    /**
     * Where heads lie in a tensor.
     *
     * @param axes its axes for batch, head, row and column, -1 where there is none; the column is the last
     * @param partAxis an axis of which only one index is meant, or -1
     * @param part that index
     */
    public record Heads(int[] axes, int partAxis, int part) {
        static Heads read(NodeSpec spec, String name) {
            int[] axes = ints(spec, name + "_axes");
            int[] part = ints(spec, name + "_part");
            return new Heads(axes, part.length == 0 ? -1 : part[0], part.length == 0 ? 0 : part[1]);
        }

        long dim(PartialShape shape, int axis) {
            return axes[axis] < 0 ? 1 : shape.isRanked() ? shape.dim(axes[axis]) : PartialShape.UNKNOWN;
        }

        int dim(Tensor tensor, int axis) {
            return axes[axis] < 0 ? 1 : tensor.shape().dim(axes[axis]);
        }

        HeadLayout of(Tensor tensor, int batch, int heads) {
            int[] strides = tensor.shape().strides();
            return new HeadLayout(
                    tensor,
                    batch,
                    heads,
                    dim(tensor, ROW),
                    dim(tensor, COLUMN),
                    partAxis < 0 ? 0 : part * strides[partAxis],
                    dim(tensor, BATCH) == 1 ? 0 : strides[axes[BATCH]],
                    dim(tensor, HEAD) == 1 ? 0 : strides[axes[HEAD]],
                    axes[ROW] < 0 ? 0 : strides[axes[ROW]]);
        }
    }

    /** From a node. */
    public static FusedAttention create(NodeSpec spec) {
        spec.inputs(3, Integer.MAX_VALUE);
        AttentionSpec.EmptyRows empty =
                spec.flag("nan_to_zero", false) ? AttentionSpec.EmptyRows.ZERO : AttentionSpec.EmptyRows.NAN;
        return new FusedAttention(
                Heads.read(spec, "q"),
                Heads.read(spec, "k"),
                Heads.read(spec, "v"),
                ints(spec, "output_axes"),
                spec.floatAttribute("scale", 1),
                (int) spec.intAttribute("multiplied", 0),
                spec.flag("kept", true),
                spec.floatAttribute("fill", 0),
                AttentionSpec.plain(1, empty));
    }

    private static int[] ints(NodeSpec spec, String name) {
        long[] values = spec.intsAttribute(name);
        return values == null
                ? new int[0]
                : Arrays.stream(values).mapToInt(value -> (int) value).toArray();
    }

    /** Masks are looked at, and factors multiplied, before the work begins. */
    @Override
    public boolean readsAhead(int i) {
        return i >= MASK;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape shape = leading(q, context.inputShape(0)).with(ROW, q.dim(context.inputShape(0), ROW));
        shape = PartialShape.broadcast(shape, leading(k, context.inputShape(1)));
        shape = PartialShape.broadcast(shape, leading(v, context.inputShape(2)));
        for (int i = MASK; i <= CONDITION; i++) {
            PartialShape mask = context.hasInput(i) ? context.inputShape(i) : PartialShape.of(1);
            if (!mask.isRanked()) {
                shape = PartialShape.ofRank(4);
            } else if (mask.rank() > 0) {
                shape = PartialShape.broadcast(shape, mask.with(mask.rank() - 1, 1));
            }
        }
        PartialShape all = shape.with(COLUMN, v.dim(context.inputShape(2), COLUMN));
        context.output(
                0,
                DataType.FLOAT,
                PartialShape.of(Arrays.stream(outputAxes).mapToLong(all::dim).toArray()));
    }

    private static PartialShape leading(Heads heads, PartialShape shape) {
        return PartialShape.of(heads.dim(shape, BATCH), heads.dim(shape, HEAD), 1, 1);
    }

    @Override
    public void run(OpContext context) {
        Tensor qt = context.input(0);
        Tensor kt = context.input(1);
        Tensor vt = context.input(2);
        Tensor added = optional(context, MASK);
        Tensor condition = optional(context, CONDITION);
        Shape products = Shape.broadcast(
                Shape.of(q.dim(qt, BATCH), q.dim(qt, HEAD), q.dim(qt, ROW), 1),
                Shape.of(k.dim(kt, BATCH), k.dim(kt, HEAD), 1, k.dim(kt, ROW)));
        products = added == null ? products : Shape.broadcast(products, added.shape());
        products = condition == null ? products : Shape.broadcast(products, condition.shape());
        Shape values = Shape.broadcast(products.with(COLUMN, 1), Shape.of(v.dim(vt, BATCH), v.dim(vt, HEAD), 1, 1));
        int batch = values.dim(BATCH);
        int heads = values.dim(HEAD);
        int queries = products.dim(ROW);
        int keys = products.dim(COLUMN);
        if (q.dim(qt, COLUMN) != k.dim(kt, COLUMN) || v.dim(vt, ROW) != keys) {
            throw new IllegalArgumentException("Q " + qt.shape() + ", K " + kt.shape() + " and V " + vt.shape()
                    + " do not fit: expected columns of Q as of K, and " + keys + " rows of V");
        }
        HeadLayout ql = q.of(qt, batch, heads);
        HeadLayout kl = k.of(kt, batch, heads);
        Shape all = Shape.of(batch, heads, queries, v.dim(vt, COLUMN));
        Tensor y = context.output(
                0,
                DataType.FLOAT,
                Shape.of(Arrays.stream(outputAxes).map(all::dim).toArray()));
        double factor = factor(context);
        AttentionRun.run(
                context,
                AttentionSpec.plain((float) factor, spec.emptyRows()),
                factor,
                ql.rows() == queries ? ql : ql.repeated(context, queries),
                kl.rows() == keys ? kl : kl.repeated(context, keys),
                v.of(vt, batch, heads),
                mask(context, added, condition, all.with(COLUMN, keys)),
                null,
                new int[batch],
                output().of(y, batch, heads),
                null);
    }

    private Heads output() {
        int[] axes = {-1, -1, -1, -1};
        for (int i = 0; i < outputAxes.length; i++) {
            axes[outputAxes[i]] = i;
        }
        return new Heads(axes, -1, 0);
    }

    private double factor(OpContext context) {
        double factor = scale;
        for (int i = FACTORS; i < context.inputCount(); i++) {
            double value = context.input(i).getDouble(0);
            factor = i - FACTORS < multiplied ? factor * value : factor / value;
        }
        return factor;
    }

    private @Nullable AttentionMask mask(
            OpContext context, @Nullable Tensor added, @Nullable Tensor condition, Shape shape) {
        int batch = shape.dim(BATCH);
        int heads = shape.dim(HEAD);
        int queries = shape.dim(ROW);
        int keys = shape.dim(COLUMN);
        Tensor chosen = condition == null ? null : covering(context, condition, keys);
        AttentionMask.Choice choice = AttentionMask.choice(chosen, kept, fill, batch, heads, queries, keys);
        if (added == null) {
            return choice == null ? null : AttentionMask.of(choice, keys);
        }
        return AttentionMask.of(covering(context, added, keys), false, batch, heads, queries, keys)
                .with(choice);
    }

    /** A mask with a value for each key. */
    private static Tensor covering(OpContext context, Tensor mask, int keys) {
        Shape shape = mask.shape().rank() == 0 ? Shape.of(1) : mask.shape();
        return Expand.expanded(context, mask.reshape(shape), shape.with(-1, keys));
    }

    private static @Nullable Tensor optional(OpContext context, int i) {
        return i < context.inputCount() ? context.optionalInput(i) : null;
    }
}
