package org.lanewise.runtime.ops.shape;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.InPlace;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Writes new keys or values into a cache: per sample {@code n}, {@code update} replaces the positions from {@code write_indices[n]} on along the sequence axis
 * (wrapping around when {@code circular}). ONNX {@code TensorScatter}-24.
 *
 * @param axis the sequence axis, not the first
 * @param circular whether positions behind the end wrap around; else they are an error
 */
public record TensorScatter(long axis, boolean circular) implements Operator, InPlace {
    /** From a node. */
    public static TensorScatter create(NodeSpec spec) {
        spec.inputs(2, 3);
        String mode = spec.stringAttribute("mode", "linear");
        if (!mode.equals("linear") && !mode.equals("circular")) {
            throw spec.refuse("mode '" + mode + "' is not known");
        }
        return new TensorScatter(spec.intAttribute("axis", -2), mode.equals("circular"));
    }

    @Override
    public int reusableInput(int output) {
        return 0;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape cache = context.inputShape(0);
        PartialShape update = context.inputShape(1);
        if (cache.isRanked() && update.isRanked()) {
            int at = sequenceAxis(cache.rank());
            Axes.expectRank(update, cache.rank(), "update");
            for (int i = 0; i < cache.rank(); i++) {
                if (i != at) {
                    Axes.agree(cache.dim(i), update.dim(i), "axis " + i + " of past_cache and update differs");
                }
            }
        }
        Types.same(context, 1, 0);
        if (context.hasInput(2)) {
            Indices.expectType(context.inputType(2));
        }
        context.output(0, context.inputType(0), cache);
    }

    @Override
    public void run(OpContext context) {
        Tensor cache = context.input(0);
        Tensor update = context.input(1);
        Tensor starts = context.optionalInput(2);
        Shape shape = cache.shape();
        int at = sequenceAxis(shape.rank());
        Tensor out = context.output(0, cache.type(), shape);
        Moves.all(context, cache, out);
        int length = shape.dim(at);
        int count = update.shape().dim(at);
        int batch = shape.dim(0);
        if (starts != null && starts.size() != batch) {
            throw new IllegalArgumentException("write_indices are " + starts + ", expected one for each of " + batch);
        }
        if (update.type() != cache.type() || !update.shape().equals(shape.with(at, count))) {
            throw new IllegalArgumentException("update is " + update + ", past_cache " + cache);
        }
        int perBatch = shape.sizeBetween(1, at);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        for (int n = 0; n < batch; n++) {
            int start = start(starts, n, length, count);
            int head = Math.min(count, length - start);
            int from = n * perBatch * count * inner;
            int to = n * perBatch * length * inner;
            Moves.rows(
                    context,
                    perBatch,
                    head * inner,
                    update,
                    from,
                    count * inner,
                    out,
                    to + start * inner,
                    length * inner);
            if (head < count) {
                Moves.rows(
                        context,
                        perBatch,
                        (count - head) * inner,
                        update,
                        from + head * inner,
                        count * inner,
                        out,
                        to,
                        length * inner);
            }
        }
    }

    private int start(@Nullable Tensor starts, int n, int length, int count) {
        long start = starts == null ? 0 : starts.getLong(n);
        if (circular && length > 0) {
            start = Math.floorMod(start, (long) length);
        }
        if (start < 0 || count > length || !circular && start > length - count) {
            throw new IllegalArgumentException("update of length " + count + " at position " + start + " of sample " + n
                    + " does not fit a cache of length " + length);
        }
        return (int) start;
    }

    private int sequenceAxis(int rank) {
        int at = Shape.axis(axis, rank);
        if (at == 0) {
            throw new IllegalArgumentException("axis " + axis + " of rank " + rank + " is the batch axis");
        }
        return at;
    }
}
