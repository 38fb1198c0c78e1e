package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Adds elements before and behind each axis, or removes them where a pad is negative. What is added is a constant, the border ({@code edge}), the values
 * mirrored on the border ({@code reflect}), or the values of the other side ({@code wrap}). Removing comes first. ONNX {@code Pad}: pads and value are
 * attributes up to opset 10 ({@code paddings} in opset 1), inputs since 11; axes since 18, {@code wrap} since 19.
 *
 * @param mode what is added
 * @param pads the attribute, or {@code null} when the pads are input 1
 * @param value the attribute
 */
public record Pad(PadMode mode, long @Nullable [] pads, float value) implements Operator, Repeatable {
    /** From a node. */
    public static Pad create(NodeSpec spec) {
        PadMode mode = PadMode.read(spec);
        if (spec.opset() >= 11) {
            spec.inputs(2, spec.opset() >= 18 ? 4 : 3);
            return new Pad(mode, null, 0);
        }
        spec.inputs(1, 1);
        String name = spec.opset() < 2 ? "paddings" : "pads";
        long[] pads = spec.intsAttribute(name);
        if (pads == null) {
            throw spec.refuse("required attribute '" + name + "' is missing");
        }
        return new Pad(mode, pads, spec.floatAttribute("value", 0));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        if (pads != null) {
            Numbers.expectWritable(context.inputType(0), "padding of elements");
        }
        Tensor given = context.constant(1);
        Tensor axes = context.constant(3);
        if (!in.isRanked() || pads == null && (given == null || context.hasInput(3) && axes == null)) {
            context.output(0, context.inputType(0), in.isRanked() ? forgotten(in, axes) : in);
            return;
        }
        long[] all = allAxes(given, axes, in.rank());
        long[] dims = in.toArray();
        for (int i = 0; i < dims.length; i++) {
            dims[i] = dims[i] < 0 ? dims[i] : padded(dims[i], all[i], all[i + dims.length], i);
        }
        context.output(0, context.inputType(0), PartialShape.of(dims));
    }

    private static PartialShape forgotten(PartialShape in, @Nullable Tensor axes) {
        if (axes == null) {
            return PartialShape.ofRank(in.rank());
        }
        PartialShape out = in;
        for (int axis : Axes.of(axes.toLongArray(), in.rank())) {
            out = out.with(axis, PartialShape.UNKNOWN);
        }
        return out;
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int rank = shape.rank();
        long[] all = allAxes(pads == null ? context.input(1) : null, context.optionalInput(3), rank);
        int[] dims = new int[rank];
        for (int i = 0; i < rank; i++) {
            dims[i] = Math.toIntExact(padded(shape.dim(i), all[i], all[i + rank], i));
        }
        Tensor out = context.output(0, in.type(), Shape.of(dims));
        if (out.size() > 0) {
            new Padding(mode, in, all, out, fill(context, in.type())).run(context);
        }
    }

    private Tensor fill(OpContext context, DataType type) {
        Tensor given = pads == null ? context.optionalInput(2) : null;
        if (given == null) {
            given = Tensor.allocate(type, Shape.scalar());
            if (value != 0) {
                Numbers.set(given, 0, value);
            }
        }
        if (given.size() != 1 || given.type() != type) {
            throw new IllegalArgumentException("constant_value is " + given + ", expected one " + type.onnxName());
        }
        return given;
    }

    private long[] allAxes(@Nullable Tensor given, @Nullable Tensor axes, int rank) {
        long[] some = given == null ? pads : given.toLongArray();
        int[] named = axes == null ? Axes.all(rank) : Axes.of(axes.toLongArray(), rank);
        if (some == null || some.length != 2 * named.length) {
            throw new IllegalArgumentException("pads " + Arrays.toString(some) + " do not fit " + named.length
                    + " axes: two values for each are expected");
        }
        long[] all = new long[2 * rank];
        for (int i = 0; i < named.length; i++) {
            all[named[i]] = some[i];
            all[named[i] + rank] = some[i + named.length];
        }
        return all;
    }

    private long padded(long dim, long begin, long end, int axis) {
        long kept = dim + Math.min(begin, 0) + Math.min(end, 0);
        if (kept < 0) {
            throw new IllegalArgumentException(
                    "pads " + begin + " and " + end + " remove more than axis " + axis + " of size " + dim + " has");
        }
        long result = Math.addExact(kept, Math.max(begin, 0) + Math.max(end, 0));
        if (kept == 0 && result > 0 && mode != PadMode.CONSTANT) {
            throw new IllegalArgumentException("axis " + axis + " is empty: nothing to pad with");
        }
        return result;
    }
}
