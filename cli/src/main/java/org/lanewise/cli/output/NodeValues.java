package org.lanewise.cli.output;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.trace.RunListener;
import org.lanewise.runtime.trace.StepInfo;

/** Shows what each node gives while a model runs, as text or as objects for JSON; those of subgraphs each time they run, indented. */
public final class NodeValues implements RunListener {
    private static final String INDENT = "  ";

    private final OutputReport report;
    private final boolean json;
    private final List<String> lines = new ArrayList<>();
    private final List<Map<String, Object>> objects = new ArrayList<>();

    /**
     * Shows values as outputs are shown.
     *
     * @param json whether as objects, otherwise as text
     */
    public NodeValues(OutputReport report, boolean json) {
        this.report = report;
        this.json = json;
    }

    @Override
    public void stepFinished(
            StepInfo step,
            @Nullable String kernel,
            long startNanos,
            long endNanos,
            List<@Nullable OnnxValue> inputs,
            List<@Nullable OnnxValue> outputs) {
        List<Object> values = new ArrayList<>();
        String indent = INDENT.repeat(step.depth());
        lines.add(indent + step.node().path());
        for (int i = 0; i < outputs.size(); i++) {
            OnnxValue value = outputs.get(i);
            if (value == null) {
                continue;
            }
            String name = step.node().outputs().get(i);
            if (json) {
                values.add(report.json(name, value));
            } else {
                report.lines(name, value).forEach(line -> lines.add(indent + INDENT + line));
            }
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("node", step.node().name());
        object.put("operator", step.node().opType());
        object.put("depth", step.depth());
        object.put("outputs", values);
        objects.add(object);
    }

    /** The lines of text. */
    public List<String> lines() {
        return lines;
    }

    /** The objects for JSON, a node each. */
    public List<Map<String, Object>> objects() {
        return objects;
    }
}
