package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Cuts a tensor along one axis, into parts of the given lengths or of equal length. ONNX {@code Split}: the lengths are an attribute or an input in opset
 * 1, an attribute from 2 to 12, an input since 13; since 18 {@code num_outputs} parts are cut, the last of which may be shorter.
 *
 * @param axis the axis
 * @param lengths the attribute, or {@code null}
 * @param parts number of outputs
 * @param uneven whether the last part may be shorter
 */
public record Split(long axis, long @Nullable [] lengths, int parts, boolean uneven) implements Operator, Repeatable {
    /** From a node. */
    public static Split create(NodeSpec spec) {
        int opset = spec.opset();
        spec.inputs(1, opset < 2 || opset >= 13 ? 2 : 1);
        long axis = spec.intAttribute("axis", 0);
        long[] lengths = opset < 13 ? spec.intsAttribute("split") : null;
        int parts = spec.outputCount();
        boolean counted = opset >= 18 && spec.has("num_outputs");
        if (counted) {
            long number = spec.intAttribute("num_outputs", 0);
            if (spec.hasInput(1)) {
                throw spec.refuse("has both the input split and the attribute num_outputs");
            }
            if (number < parts) {
                throw spec.refuse("num_outputs is " + number + ", the node has " + parts + " outputs");
            }
            parts = Math.toIntExact(number);
        }
        if (lengths != null && lengths.length != parts) {
            throw spec.refuse("split " + Arrays.toString(lengths) + " does not fit " + parts + " outputs");
        }
        return new Split(axis, lengths, parts, opset >= 18);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Tensor constant = context.constant(1);
        long[] given = constant != null ? constant.toLongArray() : lengths;
        boolean unknown = context.hasInput(1) && constant == null;
        int at = in.isRanked() ? Shape.axis(axis, in.rank()) : 0;
        long[] sizes = unknown || !in.isRanked() ? null : lengths(in.dim(at), given);
        for (int i = 0; i < context.outputCount(); i++) {
            PartialShape part = in.isRanked() ? in.with(at, sizes == null ? PartialShape.UNKNOWN : sizes[i]) : in;
            context.output(i, context.inputType(0), part);
        }
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int at = shape.axis(axis);
        long[] given = context.hasInput(1) ? context.input(1).toLongArray() : lengths;
        long[] sizes = lengths(shape.dim(at), given);
        int outer = shape.sizeBetween(0, at);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        int inStep = shape.dim(at) * inner;
        int done = 0;
        for (int i = 0; i < sizes.length; i++) {
            int count = (int) sizes[i] * inner;
            if (context.hasOutput(i)) {
                Tensor out = context.output(i, in.type(), shape.with(at, (int) sizes[i]));
                if (out.size() > 0) {
                    Moves.rows(context, outer, count, in, done, inStep, out, 0, count);
                }
            }
            done += count;
        }
    }

    private long[] lengths(long dim, long @Nullable [] given) {
        if (given != null) {
            long sum = Arrays.stream(given).sum();
            if (given.length != parts
                    || Arrays.stream(given).anyMatch(length -> length < 0)
                    || dim >= 0 && sum != dim) {
                throw new IllegalArgumentException("split " + Arrays.toString(given) + " does not cut a dimension of "
                        + dim + " into " + parts + " parts");
            }
            return given;
        }
        long[] sizes = new long[parts];
        if (dim < 0) {
            Arrays.fill(sizes, PartialShape.UNKNOWN);
            return sizes;
        }
        if (!uneven && dim % parts != 0) {
            throw new IllegalArgumentException("dimension " + dim + " cannot be cut into " + parts + " equal parts");
        }
        long size = (dim + parts - 1) / parts;
        for (int i = 0; i < parts; i++) {
            sizes[i] = Math.clamp(dim - i * size, 0, size);
        }
        return sizes;
    }
}
