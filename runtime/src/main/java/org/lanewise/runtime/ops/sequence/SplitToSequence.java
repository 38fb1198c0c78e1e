package org.lanewise.runtime.ops.sequence;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.control.CommonType;
import org.lanewise.runtime.ops.shape.Moves;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Cuts a tensor along one axis into a sequence: into parts of the given lengths (a vector), of one length except perhaps the last (a scalar), or of length 1
 * when nothing is given. ONNX {@code SplitToSequence}-11 and later.
 *
 * @param axis the axis
 * @param keepDims whether parts of length 1 keep the axis when no lengths are given
 */
public record SplitToSequence(long axis, boolean keepDims) implements Operator {
    /** From a node. */
    public static SplitToSequence create(NodeSpec spec) {
        spec.inputs(1, 2);
        boolean keep = spec.flag("keepdims", true) || spec.hasInput(1);
        return new SplitToSequence(spec.intAttribute("axis", 0), keep);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        Tensor lengths = context.constant(1);
        PartialShape element = in;
        if (in.isRanked()) {
            int at = Shape.axis(axis, in.rank());
            long[] parts =
                    in.dim(at) < 0 || context.hasInput(1) && lengths == null ? null : lengths(in.dim(at), lengths);
            long same = context.hasInput(1) ? PartialShape.UNKNOWN : 1;
            if (parts != null
                    && parts.length > 0
                    && Arrays.stream(parts).distinct().count() == 1) {
                same = parts[0];
            }
            element = PartialShape.of(part(in.toArray(), at, same));
        }
        context.output(0, new ValueType.SequenceOf(ValueType.tensor(context.inputType(0), element)));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Shape shape = in.shape();
        int at = shape.axis(axis);
        int outer = shape.sizeBetween(0, at);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        int step = shape.dim(at) * inner;
        List<OnnxValue> parts = new ArrayList<>();
        int done = 0;
        for (long length : lengths(shape.dim(at), context.optionalInput(1))) {
            Tensor part = Tensor.allocate(in.type(), Shape.of(part(shape.toLongArray(), at, length)));
            int count = (int) length * inner;
            if (part.size() > 0) {
                Moves.rows(context, outer, count, in, done, step, part, 0, count);
            }
            parts.add(part);
            done += count;
        }
        ValueType fallback = ValueType.tensor(in.type(), PartialShape.unranked());
        context.output(0, new SequenceValue(CommonType.of(parts, fallback), parts));
    }

    private long[] part(long[] dims, int at, long length) {
        if (keepDims) {
            dims[at] = length;
            return dims;
        }
        long[] rest = Arrays.copyOf(dims, dims.length - 1);
        System.arraycopy(dims, at + 1, rest, at, rest.length - at);
        return rest;
    }

    private static long[] lengths(long dim, @Nullable Tensor given) {
        if (given != null && given.shape().rank() > 0) {
            long[] lengths = given.toLongArray();
            if (Arrays.stream(lengths).anyMatch(length -> length < 0)
                    || Arrays.stream(lengths).sum() != dim) {
                throw new IllegalArgumentException(
                        "split " + Arrays.toString(lengths) + " does not cut a dimension of " + dim);
            }
            return lengths;
        }
        long size = given == null ? 1 : given.scalarLong();
        if (size < 1) {
            throw new IllegalArgumentException("split is " + size + ", expected a positive length");
        }
        long[] lengths = new long[(int) Math.ceilDiv(dim, size)];
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.min(size, dim - i * size);
        }
        return lengths;
    }
}
