package org.lanewise.cli.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.MapValue;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.testmodels.check.Comparison;

/**
 * Shows outputs, as text of up to 80 columns or as objects for JSON: the best classes of what gives classes scores; of other
 * tensors smallest, largest and mean element and the first few.
 *
 * @param labels names of classes
 * @param top classes to show
 * @param classes whether the user says that outputs are scores of classes
 */
public record OutputReport(Labels labels, int top, boolean classes) {
    private static final int FIRST = 8;
    private static final int MAX_ROWS = 10;
    private static final int MAX_JSON_VALUES = 4096;
    private static final int WIDTH = 80;

    /** The lines that show one output. */
    public List<String> lines(String name, OnnxValue value) {
        List<String> lines = new ArrayList<>();
        add(lines, name, value);
        return lines;
    }

    private void add(List<String> lines, String name, OnnxValue value) {
        switch (value) {
            case Tensor tensor -> {
                lines.add(name + ": " + tensor);
                ClassScores scores = ClassScores.of(tensor, labels, classes);
                if (scores == null) {
                    addNumbers(lines, tensor);
                } else {
                    addClasses(lines, scores);
                }
            }
            case SequenceValue sequence -> {
                lines.add(
                        name + ": sequence of " + sequence.elements().size() + " values of " + sequence.elementType());
                for (int i = 0; i < Math.min(MAX_ROWS, sequence.elements().size()); i++) {
                    add(lines, name + "[" + i + "]", sequence.elements().get(i));
                }
            }
            case MapValue map -> {
                lines.add(name + ": " + map.valueType() + " of " + map.keys().size() + " entries");
                map.toMap().entrySet().stream()
                        .limit(FIRST)
                        .forEach(entry -> lines.add("  " + entry.getKey() + ": " + entry.getValue()));
                if (map.keys().size() > FIRST) {
                    lines.add("  and " + (map.keys().size() - FIRST) + " more");
                }
            }
            case OptionalValue optional -> {
                OnnxValue content = optional.value();
                if (content == null) {
                    lines.add(name + ": none, optional " + optional.elementType());
                } else {
                    add(lines, name, content);
                }
            }
        }
    }

    private void addClasses(List<String> lines, ClassScores scores) {
        for (int row = 0; row < Math.min(scores.rows(), MAX_ROWS); row++) {
            if (scores.rows() > 1) {
                lines.add("  row " + row);
            }
            List<ClassScores.Ranked> best = scores.top(row, top);
            int width = Math.min(
                    WIDTH / 2,
                    best.stream().mapToInt(each -> each.label().length()).max().orElse(0));
            for (int i = 0; i < best.size(); i++) {
                ClassScores.Ranked each = best.get(i);
                String score = scores.probabilities()
                        ? String.format(Locale.ROOT, "%8.2f %%", 100 * each.score())
                        : String.format(Locale.ROOT, "%12.6g", each.score());
                lines.add(String.format(
                        Locale.ROOT, "%4d  %-" + Math.max(1, width) + "s  %s", i + 1, each.label(), score));
            }
        }
        if (scores.rows() > MAX_ROWS) {
            lines.add("  and " + (scores.rows() - MAX_ROWS) + " more rows");
        }
    }

    private static void addNumbers(List<String> lines, Tensor tensor) {
        if (tensor.size() == 0) {
            lines.add("  no elements");
            return;
        }
        if (tensor.type().isNumeric()) {
            Statistics statistics = Statistics.of(tensor);
            lines.add(String.format(
                    Locale.ROOT,
                    "  min %.6g  max %.6g  mean %.6g%s",
                    statistics.min(),
                    statistics.max(),
                    statistics.mean(),
                    statistics.nans() == 0 ? "" : "  NaN " + statistics.nans() + " of " + tensor.size()));
        }
        StringBuilder first = new StringBuilder("  ");
        for (int i = 0; i < Math.min(FIRST, tensor.size()); i++) {
            String number = (i == 0 ? "" : ", ") + Comparison.number(tensor, i);
            if (i > 0 && first.length() + number.length() > WIDTH - 5) {
                break;
            }
            first.append(number);
        }
        lines.add(tensor.size() > FIRST ? first + ", ..." : first.toString());
    }

    /** An output as an object for JSON. */
    public Map<String, Object> json(String name, OnnxValue value) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", name);
        switch (value) {
            case Tensor tensor -> putTensor(object, tensor);
            case SequenceValue sequence -> {
                object.put("type", sequence.valueType().toString());
                List<Map<String, Object>> elements = new ArrayList<>();
                for (OnnxValue element : sequence.elements()) {
                    elements.add(json(name + "[" + elements.size() + "]", element));
                }
                object.put("elements", elements);
            }
            case MapValue map -> {
                object.put("type", map.valueType().toString());
                Map<String, Object> entries = new LinkedHashMap<>();
                map.toMap().forEach((key, entry) -> entries.put(String.valueOf(key), entry));
                object.put("entries", entries);
            }
            case OptionalValue optional -> {
                OnnxValue content = optional.value();
                if (content != null) {
                    return json(name, content);
                }
                object.put("type", optional.valueType().toString());
                object.put("value", null);
            }
        }
        return object;
    }

    private void putTensor(Map<String, Object> object, Tensor tensor) {
        object.put("type", tensor.type().onnxName());
        object.put("shape", tensor.shape().toArray());
        if (tensor.type().isNumeric() && tensor.size() > 0) {
            Statistics statistics = Statistics.of(tensor);
            object.put("min", statistics.min());
            object.put("max", statistics.max());
            object.put("mean", statistics.mean());
        }
        ClassScores scores = ClassScores.of(tensor, labels, classes);
        if (scores != null) {
            List<Object> rows = new ArrayList<>();
            for (int row = 0; row < scores.rows(); row++) {
                rows.add(scores.top(row, top));
            }
            object.put("top", rows);
        }
        if (tensor.size() <= MAX_JSON_VALUES) {
            List<Object> values = new ArrayList<>(tensor.size());
            for (int i = 0; i < tensor.size(); i++) {
                values.add(jsonNumber(tensor, i));
            }
            object.put("values", values);
        }
    }

    private static @Nullable Object jsonNumber(Tensor tensor, int i) {
        if (!tensor.type().isNumeric()) {
            return tensor.type() == org.lanewise.runtime.tensor.DataType.BOOL
                    ? tensor.getLong(i) != 0
                    : Comparison.number(tensor, i);
        }
        if (tensor.type().isInteger()) {
            return tensor.getLong(i);
        }
        return tensor.type() == org.lanewise.runtime.tensor.DataType.DOUBLE
                ? (Object) tensor.getDouble(i)
                : (Object) (float) tensor.getDouble(i);
    }
}
