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
 * Part of a tensor: along each named axis the indices {@code start, start + step, ...} before {@code end}. Negative starts and ends count from the end of
 * the axis, both are clamped to it, a negative step walks backwards. ONNX {@code Slice}: attributes in opset 1, inputs since 10.
 *
 * @param attributes starts, ends and axes of opset 1, else {@code null}
 */
public record Slice(@Nullable Bounds attributes) implements Operator, Repeatable {
    /** Starts, ends, steps and axes, one of each for every axis that is cut. */
    public record Bounds(long[] starts, long[] ends, long[] axes, long[] steps) {
        /** Checks the counts. */
        public Bounds {
            if (starts.length != ends.length || starts.length != axes.length || starts.length != steps.length) {
                throw new IllegalArgumentException("starts, ends, axes and steps have " + starts.length + ", "
                        + ends.length + ", " + axes.length + " and " + steps.length + " values");
            }
        }
    }

    /** From a node. */
    public static Slice create(NodeSpec spec) {
        if (spec.opset() >= 10) {
            spec.inputs(3, 5);
            return new Slice(null);
        }
        spec.inputs(1, 1);
        long[] starts = spec.intsAttribute("starts");
        long[] ends = spec.intsAttribute("ends");
        long[] axes = spec.intsAttribute("axes");
        if (starts == null || ends == null) {
            throw spec.refuse("required attribute '" + (starts == null ? "starts" : "ends") + "' is missing");
        }
        return new Slice(new Bounds(starts, ends, axes == null ? firstAxes(starts.length) : axes, ones(starts.length)));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        if (!in.isRanked()) {
            context.output(0, context.inputType(0), in);
            return;
        }
        long[] dims = in.toArray();
        Bounds bounds = attributes;
        if (bounds == null) {
            bounds = constantBounds(context);
        }
        if (bounds == null) {
            forget(context, dims);
        } else {
            int[] axes = Axes.of(bounds.axes, dims.length);
            for (int i = 0; i < axes.length; i++) {
                dims[axes[i]] = dims[axes[i]] < 0
                        ? lengthOfUnknown(bounds.starts[i], bounds.ends[i], bounds.steps[i])
                        : count(dims[axes[i]], bounds.starts[i], bounds.ends[i], bounds.steps[i]);
            }
        }
        context.output(0, context.inputType(0), PartialShape.of(dims));
    }

    private static @Nullable Bounds constantBounds(ShapeContext context) {
        Tensor starts = context.constant(1);
        Tensor ends = context.constant(2);
        Tensor axes = context.constant(3);
        Tensor steps = context.constant(4);
        if (starts == null
                || ends == null
                || context.hasInput(3) && axes == null
                || context.hasInput(4) && steps == null) {
            return null;
        }
        return bounds(starts, ends, axes, steps);
    }

    /** Which dimensions are cut is known when the axes are; how far is not. */
    private static void forget(ShapeContext context, long[] dims) {
        Tensor axes = context.constant(3);
        if (context.hasInput(3) && axes != null) {
            for (int axis : Axes.of(axes.toLongArray(), dims.length)) {
                dims[axis] = PartialShape.UNKNOWN;
            }
            return;
        }
        long cut = context.hasInput(3) || !context.inputShape(1).isRanked()
                ? dims.length
                : context.inputShape(1).size();
        Arrays.fill(dims, 0, (int) Math.min(cut < 0 ? dims.length : cut, dims.length), PartialShape.UNKNOWN);
    }

    /** Only an end before the start is certain without the dimension. */
    private static long lengthOfUnknown(long start, long end, long step) {
        return step > 0 && start >= 0 == end >= 0 && end <= start ? 0 : PartialShape.UNKNOWN;
    }

    @Override
    public boolean readsAhead(int i) {
        return i > 0;
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Bounds bounds = attributes != null
                ? attributes
                : bounds(context.input(1), context.input(2), context.optionalInput(3), context.optionalInput(4));
        int[] dims = in.shape().toArray();
        int[] strides = in.shape().strides();
        int[] axes = Axes.of(bounds.axes, dims.length);
        int at = 0;
        for (int i = 0; i < axes.length; i++) {
            int axis = axes[i];
            int dim = dims[axis];
            long step = clampStep(bounds.steps[i]);
            dims[axis] = (int) count(dim, bounds.starts[i], bounds.ends[i], step);
            if (dims[axis] > 0) {
                at += (int) start(dim, bounds.starts[i], step) * strides[axis];
            }
            strides[axis] = dims[axis] > 1 ? (int) (strides[axis] * step) : strides[axis];
        }
        Tensor out = context.output(0, in.type(), Shape.of(dims));
        if (out.size() > 0) {
            Moves.strided(context, dims, in, at, strides, out, 0, out.shape().strides());
        }
    }

    private static Bounds bounds(Tensor starts, Tensor ends, @Nullable Tensor axes, @Nullable Tensor steps) {
        int count = starts.size();
        return new Bounds(
                starts.toLongArray(),
                ends.toLongArray(),
                axes == null ? firstAxes(count) : axes.toLongArray(),
                steps == null ? ones(count) : steps.toLongArray());
    }

    private static long start(long dim, long start, long step) {
        long at = start < 0 ? start + dim : start;
        return step > 0 ? Math.clamp(at, 0, dim) : Math.clamp(at, 0, Math.max(0, dim - 1));
    }

    private static long count(long dim, long start, long end, long step) {
        long by = clampStep(step);
        long stop = end < 0 ? end + dim : end;
        stop = by > 0 ? Math.clamp(stop, 0, dim) : Math.clamp(stop, -1, Math.max(-1, dim - 1));
        long distance = by > 0 ? stop - start(dim, start, by) : start(dim, start, by) - stop;
        return dim == 0 || distance <= 0 ? 0 : (distance + Math.abs(by) - 1) / Math.abs(by);
    }

    private static long clampStep(long step) {
        if (step == 0) {
            throw new IllegalArgumentException("a step is 0");
        }
        return Math.clamp(step, -Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    private static long[] firstAxes(int count) {
        long[] axes = new long[count];
        Arrays.setAll(axes, i -> i);
        return axes;
    }

    private static long[] ones(int count) {
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        return ones;
    }
}
