package org.lanewise.testmodels.check;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Compares what a model gave with what is expected. */
public final class Comparison {
    private Comparison() {}

    /**
     * What is wrong with {@code got}, in one sentence, or {@code null} if nothing is.
     *
     * @param what how the sentence names the value
     */
    public static @Nullable String difference(String what, OnnxValue got, OnnxValue expected, Tolerance tolerance) {
        OnnxValue gotContent = content(got);
        OnnxValue expectedContent = content(expected);
        return switch (expectedContent) {
            case null -> gotContent == null ? null : what + " is " + describe(gotContent) + ", expected none";
            case OptionalValue optional ->
                throw new IllegalArgumentException("an optional of an optional: " + optional);
            case SequenceValue sequence ->
                gotContent instanceof SequenceValue other
                        ? sequenceDifference(what, other, sequence, tolerance)
                        : what + " is " + describe(gotContent) + ", expected " + describe(sequence);
            case MapValue map ->
                gotContent instanceof MapValue other
                        ? mapDifference(what, other, map, tolerance)
                        : what + " is " + describe(gotContent) + ", expected " + describe(map);
            case Tensor tensor ->
                gotContent instanceof Tensor other
                        ? tensorDifference(what, other, tensor, tolerance)
                        : what + " is " + describe(gotContent) + ", expected " + tensor;
        };
    }

    /** An optional value that is there is as good as the value itself. */
    private static @Nullable OnnxValue content(@Nullable OnnxValue value) {
        return value instanceof OptionalValue optional ? content(optional.value()) : value;
    }

    private static String describe(@Nullable OnnxValue value) {
        return switch (value) {
            case null -> "none";
            case Tensor tensor -> tensor.toString();
            case SequenceValue sequence ->
                "a sequence of " + sequence.elements().size() + " values of " + sequence.elementType();
            case OptionalValue optional -> "optional " + describe(optional.value());
            case MapValue map -> "a map of " + map.keys() + " to " + map.values();
        };
    }

    private static @Nullable String sequenceDifference(
            String what, SequenceValue got, SequenceValue expected, Tolerance tolerance) {
        int size = expected.elements().size();
        if (got.elements().size() != size) {
            return what + " is " + describe(got) + ", expected " + describe(expected);
        }
        for (int i = 0; i < size; i++) {
            String difference = difference(
                    what + " element " + i,
                    got.elements().get(i),
                    expected.elements().get(i),
                    tolerance);
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    /** Entries in any order. */
    private static @Nullable String mapDifference(String what, MapValue got, MapValue expected, Tolerance tolerance) {
        Map<Object, Object> values = got.toMap();
        Map<Object, Object> wanted = expected.toMap();
        if (!got.valueType().equals(expected.valueType()) || !values.keySet().equals(wanted.keySet())) {
            return what + " is " + describe(got) + ", expected " + describe(expected);
        }
        for (Map.Entry<Object, Object> entry : wanted.entrySet()) {
            Object value = Objects.requireNonNull(values.get(entry.getKey()));
            boolean same = value instanceof Number number && entry.getValue() instanceof Number other
                    ? tolerance.accepts(number.doubleValue(), other.doubleValue())
                    : value.equals(entry.getValue());
            if (!same) {
                return what + " at '" + entry.getKey() + "' = " + value + ", expected " + entry.getValue();
            }
        }
        return null;
    }

    private static @Nullable String tensorDifference(String what, Tensor got, Tensor expected, Tolerance tolerance) {
        if (got.type() != expected.type()) {
            return what + " has type " + got.type().onnxName() + ", expected "
                    + expected.type().onnxName();
        }
        if (!got.shape().equals(expected.shape())) {
            return what + " has shape " + got.shape() + ", expected " + expected.shape();
        }
        if (got instanceof StringTensor gotStrings && expected instanceof StringTensor expectedStrings) {
            return stringDifference(what, gotStrings, expectedStrings);
        }
        String difference = numberDifference(what, got, expected, tolerance);
        return difference == null && tolerance.sameTop1() ? top1Difference(what, got, expected) : difference;
    }

    private static @Nullable String stringDifference(String what, StringTensor got, StringTensor expected) {
        for (int i = 0; i < expected.size(); i++) {
            if (!got.get(i).equals(expected.get(i))) {
                return "%s%s = \"%s\", expected \"%s\""
                        .formatted(what, index(i, expected.shape()), got.get(i), expected.get(i));
            }
        }
        return null;
    }

    private static @Nullable String numberDifference(String what, Tensor got, Tensor expected, Tolerance tolerance) {
        int first = -1;
        int count = 0;
        double maxAbsolute = 0;
        double maxRelative = 0;
        for (int i = 0; i < expected.size(); i++) {
            double g = got.getDouble(i);
            double e = expected.getDouble(i);
            if (tolerance.accepts(g, e)) {
                continue;
            }
            if (count++ == 0) {
                first = i;
            }
            double error = Math.abs(g - e);
            // Math.max keeps NaN: a NaN where none is expected has no smaller error beside it
            maxAbsolute = Math.max(maxAbsolute, error);
            maxRelative = Math.max(maxRelative, error / Math.abs(e));
        }
        if (count == 0) {
            return null;
        }
        return "%s%s = %s, expected %s; %d of %d differ, max abs error %s, max rel error %s"
                .formatted(
                        what,
                        index(first, expected.shape()),
                        number(got, first),
                        number(expected, first),
                        count,
                        expected.size(),
                        shortNumber(maxAbsolute),
                        shortNumber(maxRelative));
    }

    /** Per row of a matrix: the expected best class, or one that ties with it, must be among the best ones got. */
    private static @Nullable String top1Difference(String what, Tensor got, Tensor expected) {
        if (expected.shape().rank() != 2 || expected.shape().dim(1) < 2) {
            return null;
        }
        int columns = expected.shape().dim(1);
        for (int row = 0; row < expected.shape().dim(0); row++) {
            int best = best(got, row * columns, columns);
            int wanted = best(expected, row * columns, columns);
            boolean tied = got.getDouble(wanted) == got.getDouble(best)
                    || expected.getDouble(best) == expected.getDouble(wanted);
            if (!tied) {
                return what + " has its largest value at " + index(best, expected.shape()) + ", expected at "
                        + index(wanted, expected.shape());
            }
        }
        return null;
    }

    private static int best(Tensor tensor, int start, int count) {
        int best = start;
        for (int i = start + 1; i < start + count; i++) {
            if (tensor.getDouble(i) > tensor.getDouble(best)) {
                best = i;
            }
        }
        return best;
    }

    /** The index of element {@code i} along each axis, such as {@code [0,3]}; nothing for a scalar. */
    private static String index(int i, Shape shape) {
        int[] indices = new int[shape.rank()];
        int rest = i;
        for (int axis = indices.length - 1; axis >= 0; axis--) {
            indices[axis] = rest % shape.dim(axis);
            rest /= shape.dim(axis);
        }
        StringBuilder text = new StringBuilder();
        for (int axis = 0; axis < indices.length; axis++) {
            text.append(axis == 0 ? "[" : ",").append(indices[axis]);
        }
        return indices.length == 0 ? "" : text.append(']').toString();
    }

    /** Element {@code i} with the digits its type has. */
    public static String number(Tensor tensor, int i) {
        if (tensor instanceof StringTensor strings) {
            return strings.get(i);
        }
        if (tensor.type() == DataType.BOOL) {
            return Boolean.toString(tensor.getLong(i) != 0);
        }
        if (tensor.type().isInteger()) {
            return tensor.type() == DataType.UINT64
                    ? Long.toUnsignedString(tensor.getLong(i))
                    : Long.toString(tensor.getLong(i));
        }
        double value = tensor.getDouble(i);
        return tensor.type() == DataType.DOUBLE ? Double.toString(value) : Float.toString((float) value);
    }

    private static String shortNumber(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3g", value) : Double.toString(value);
    }
}
