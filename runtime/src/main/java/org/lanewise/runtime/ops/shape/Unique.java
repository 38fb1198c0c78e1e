package org.lanewise.runtime.ops.shape;

import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The distinct elements of the flattened input, or the distinct slices along one axis: sorted (slices element by element) or in the order of their first
 * occurrence; with the index of that occurrence, the place of every input in the result, and how often each occurs. ONNX {@code Unique}-11.
 *
 * @param axis the axis, {@code null} for the flattened input
 * @param sorted whether the result is sorted
 */
public record Unique(@Nullable Long axis, boolean sorted) implements Operator {
    /** From a node. */
    public static Unique create(NodeSpec spec) {
        spec.inputs(1, 1);
        return new Unique(spec.has("axis") ? spec.intAttribute("axis", 0) : null, spec.flag("sorted", true));
    }

    /** The distinct slices: first occurrences in the order of the result, the place of every slice in the result, and counts. */
    private record Found(int[] first, int[] inverse, int[] counts) {}

    @Override
    public void inferShapes(ShapeContext context) {
        PartialShape in = context.inputShape(0);
        DataType type = context.inputType(0);
        if (!SortKeys.isNumber(type) && type != DataType.STRING) {
            throw new IllegalArgumentException("input has type " + type.onnxName() + ", which has no order");
        }
        Tensor constant = context.constant(0);
        long count = constant == null ? PartialShape.UNKNOWN : find(constant).first.length;
        long total =
                axis == null ? in.size() : in.isRanked() ? in.dim(Shape.axis(axis, in.rank())) : PartialShape.UNKNOWN;
        PartialShape values = axis == null
                ? PartialShape.of(count)
                : in.isRanked() ? in.with(Shape.axis(axis, in.rank()), count) : in;
        context.output(0, type, values);
        context.output(1, DataType.INT64, PartialShape.of(count));
        context.output(2, DataType.INT64, PartialShape.of(total));
        context.output(3, DataType.INT64, PartialShape.of(count));
    }

    @Override
    public void run(OpContext context) {
        Tensor in = context.input(0);
        Found found = find(in);
        Shape shape = axis == null ? Shape.of(in.size()) : in.shape();
        int at = axis == null ? 0 : shape.axis(axis);
        Tensor values = context.output(0, in.type(), shape.with(at, found.first.length));
        if (values.size() > 0) {
            Moves.pick(
                    context,
                    in,
                    shape.sizeBetween(0, at),
                    shape.dim(at),
                    shape.sizeBetween(at + 1, shape.rank()),
                    found.first,
                    values);
        }
        context.output(1, wide(found.first));
        context.output(2, wide(found.inverse));
        context.output(3, wide(found.counts));
    }

    private static Tensor wide(int[] values) {
        return Tensor.of(Arrays.stream(values).asLongStream().toArray());
    }

    private Found find(Tensor in) {
        Shape shape = axis == null ? Shape.of(in.size()) : in.shape();
        int at = axis == null ? 0 : shape.axis(axis);
        int count = shape.dim(at);
        int inner = shape.sizeBetween(at + 1, shape.rank());
        int outer = shape.sizeBetween(0, at);
        long[] keys = SortKeys.of(in);
        Comparator<Integer> order = (a, b) -> compare(keys, a, b, outer, count, inner);
        Integer[] slices = new Integer[count];
        Arrays.setAll(slices, i -> i);
        Arrays.sort(slices, order); // stable: the first of equal slices is their first occurrence
        int[] first = new int[count];
        int[] counts = new int[count];
        int[] inverse = new int[count];
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || order.compare(slices[i - 1], slices[i]) != 0) {
                first[distinct++] = slices[i];
            }
            counts[distinct - 1]++;
            inverse[slices[i]] = distinct - 1;
        }
        Found found = new Found(Arrays.copyOf(first, distinct), inverse, Arrays.copyOf(counts, distinct));
        return sorted ? found : byOccurrence(found);
    }

    private static int compare(long[] keys, int a, int b, int outer, int count, int inner) {
        for (int o = 0; o < outer; o++) {
            for (int i = 0; i < inner; i++) {
                int difference = Long.compare(keys[(o * count + a) * inner + i], keys[(o * count + b) * inner + i]);
                if (difference != 0) {
                    return difference;
                }
            }
        }
        return 0;
    }

    private static Found byOccurrence(Found found) {
        int[] first = found.first.clone();
        Arrays.sort(first);
        int[] counts = new int[first.length];
        int[] inverse = new int[found.inverse.length];
        for (int i = 0; i < first.length; i++) {
            counts[i] = found.counts[found.inverse[first[i]]];
        }
        for (int i = 0; i < inverse.length; i++) {
            inverse[i] = Arrays.binarySearch(first, found.first[found.inverse[i]]);
        }
        return new Found(first, inverse, counts);
    }
}
