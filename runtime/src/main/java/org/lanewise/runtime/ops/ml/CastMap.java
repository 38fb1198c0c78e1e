package org.lanewise.runtime.ops.ml;

import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Makes the values of a map from {@code INT64} to strings or {@code FLOAT} a row, (1, C), converted: dense, in ascending order of the keys, or sparse, at the places that the keys say, with zeros between
 * them, which among strings are {@code 0.f} as in ONNX Runtime. ONNX {@code ai.onnx.ml.CastMap}-1.
 *
 * @param to {@code FLOAT}, {@code INT64} or {@code STRING}
 * @param width of a sparse row; -1 for a dense one
 */
public record CastMap(DataType to, long width) implements Operator {
    private static final int DENSE = -1;
    private static final Set<DataType> VALUES = Set.of(DataType.STRING, DataType.FLOAT);

    /** From a node. */
    public static CastMap create(NodeSpec spec) {
        spec.inputs(1, 1);
        String cast = spec.stringAttribute("cast_to", "TO_FLOAT");
        DataType to = switch (cast) {
            case "TO_FLOAT" -> DataType.FLOAT;
            case "TO_INT64" -> DataType.INT64;
            case "TO_STRING" -> DataType.STRING;
            default -> throw spec.refuse("cast_to is '" + cast + "', expected TO_FLOAT, TO_INT64 or TO_STRING");
        };
        String form = spec.stringAttribute("map_form", "DENSE");
        long width = spec.intAttribute("max_map", 1);
        if (!form.equals("DENSE") && !form.equals("SPARSE")) {
            throw spec.refuse("map_form is '" + form + "', expected DENSE or SPARSE");
        }
        if (form.equals("SPARSE") && (width < 1 || width > Integer.MAX_VALUE)) {
            throw spec.refuse("max_map is " + width + ", expected at least 1 and less than 2^31");
        }
        return new CastMap(to, form.equals("DENSE") ? DENSE : width);
    }

    @Override
    public void inferShapes(ShapeContext context) {
        check(Maps.valueType(context, DataType.INT64));
        context.output(0, to, PartialShape.of(1, width == DENSE ? PartialShape.UNKNOWN : width));
    }

    private static void check(DataType values) {
        if (!VALUES.contains(values)) {
            throw new IllegalArgumentException(
                    "the values of the map are " + values.onnxName() + ", expected string or float");
        }
    }

    @Override
    public void run(OpContext context) {
        MapValue map = Maps.map(context, DataType.INT64);
        check(map.values().type());
        int size = map.keys().size();
        Tensor y = context.output(0, to, Shape.of(1, width == DENSE ? size : (int) width));
        if (width == DENSE) {
            int[] order = IntStream.range(0, size)
                    .boxed()
                    .sorted(Comparator.comparingLong(i -> map.keys().getLong(i)))
                    .mapToInt(Integer::intValue)
                    .toArray();
            for (int i = 0; i < size; i++) {
                put(map.values(), order[i], y, i);
            }
            return;
        }
        for (int i = 0; i < width; i++) {
            put(Tensor.scalar(0f), 0, y, i);
            if (y instanceof StringTensor strings) {
                strings.array()[y.offset() + i] = "0.f";
            }
        }
        for (int i = 0; i < size; i++) {
            long key = map.keys().getLong(i);
            if (key < 0 || key >= width) {
                throw new IllegalArgumentException(
                        "the map has the key " + key + ", expected 0 to max_map - 1 = " + (width - 1));
            }
            put(map.values(), i, y, (int) key);
        }
    }

    private static void put(Tensor values, int i, Tensor y, int at) {
        switch (y) {
            case StringTensor strings ->
                strings.array()[y.offset() + at] = values instanceof StringTensor texts
                        ? texts.get(i)
                        : String.format(Locale.ROOT, "%f", values.getDouble(i));
            case LongTensor longs ->
                longs.array()[y.offset() + at] = values instanceof StringTensor texts
                        ? number(texts.get(i), "an integer", Long::parseLong)
                        : (long) values.getDouble(i);
            case FloatTensor floats ->
                floats.array()[y.offset() + at] = values instanceof StringTensor texts
                        ? number(texts.get(i), "a number", Float::parseFloat)
                        : (float) values.getDouble(i);
            default -> throw new IllegalStateException("no map is cast to " + y);
        }
    }

    private static <N> N number(String text, String what, Function<String, N> parser) {
        try {
            return parser.apply(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the map has the value '" + text + "', expected " + what, e);
        }
    }
}
