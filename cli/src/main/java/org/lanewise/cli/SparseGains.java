package org.lanewise.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.optimize.SparseFinding;
import org.lanewise.runtime.optimize.SparseWeights;
import org.lanewise.runtime.trace.Profiler;
import org.lanewise.runtime.trace.StepProfile;

/** What layers gain by leaving out weights that are zero: expected, and measured against the same layers of a session that multiplies all weights. */
final class SparseGains {
    private static final int NAME = 27;
    private static final int FORM = 12;

    private final List<Row> rows = new ArrayList<>();

    /**
     * A layer that may leave zeros out.
     *
     * @param finding what is expected, {@code null} if the layer is another one with the sizes of this run
     * @param measured time of the dense layer, with transposes that only it needs, divided by that of this one, {@code null} if there is no such layer
     */
    private record Row(
            StepProfile step,
            @Nullable SparseFinding finding,
            @Nullable Double measured) {}

    /**
     * Pairs layers up.
     *
     * @param sparse a session with sparse weights, profiled
     * @param dense one without
     * @param findings what is expected
     */
    SparseGains(Profiler sparse, Profiler dense, List<SparseFinding> findings) {
        Map<String, SparseFinding> expected = new HashMap<>();
        findings.forEach(finding -> expected.put(finding.output(), finding));
        Map<String, StepProfile> others = new HashMap<>();
        dense.steps().forEach(step -> others.put(step.node().output(0), step));
        for (StepProfile step : sparse.steps()) {
            if (SparseWeights.marks(step.node())) {
                Double other = denseNanos(step.node(), others);
                rows.add(new Row(
                        step,
                        expected.get(step.node().output(0)),
                        other == null ? null : other / Math.max(1, nanosPerCall(step))));
            }
        }
    }

    /** Time of the dense layer that makes the same output from the same inputs, with the transposes before and behind it that {@code layer} does without; {@code null} if there is none. */
    private static @Nullable Double denseNanos(Node layer, Map<String, StepProfile> dense) {
        StepProfile last = dense.get(layer.output(0));
        if (last == null) {
            return null;
        }
        boolean turned = last.node().is("Transpose");
        StepProfile other = turned ? dense.get(last.node().input(0)) : last;
        if (other == null) {
            return null;
        }
        double nanos = nanosPerCall(other) + (turned ? nanosPerCall(last) : 0);
        StepProfile first = dense.get(other.node().input(0));
        if (first != null
                && first.node().is("Transpose")
                && first.node().input(0).equals(layer.input(0))) {
            return nanos + nanosPerCall(first);
        }
        return nanos;
    }

    private static double nanosPerCall(StepProfile step) {
        return (double) step.nanos() / step.calls();
    }

    void print(PrintWriter out) {
        out.printf("%-" + NAME + "s %6s %-" + FORM + "s %8s %8s%n", "sparse", "zeros", "form", "expected", "measured");
        for (Row row : rows) {
            SparseFinding finding = row.finding;
            out.printf(
                    "%-" + NAME + "s %6s %-" + FORM + "s %8s %8s%n",
                    ProfileTable.shortened(ProfileTable.name(row.step.node()), NAME),
                    finding == null
                            ? "-"
                            : String.format(
                                    Locale.ROOT,
                                    "%.1f%%",
                                    100 * finding.sparsity().zeroShare()),
                    form(row),
                    finding == null ? "-" : factor(finding.gain()),
                    row.measured == null ? "-" : factor(row.measured));
        }
        out.println();
    }

    /** The form that ran. */
    private static String form(Row row) {
        return ran(row) && row.finding != null ? row.finding.form() : ran(row) ? "sparse" : "dense";
    }

    private static boolean ran(Row row) {
        return row.step.kernels().stream().anyMatch(kernel -> kernel.startsWith("sparse-"));
    }

    private static String factor(double value) {
        return String.format(Locale.ROOT, "%.2fx", value);
    }

    List<Map<String, Object>> objects() {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Row row : rows) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("operator", row.step.node().opType());
            object.put("name", row.step.node().name());
            object.put("form", form(row));
            if (row.finding != null) {
                object.put("weight", row.finding.weight());
                object.put("zeros", row.finding.sparsity().zeroShare());
                object.put("expected_gain", row.finding.gain());
            }
            if (row.measured != null) {
                object.put("measured_gain", row.measured);
            }
            object.put("kernels", row.step.kernels().stream().sorted().toList());
            objects.add(object);
        }
        return objects;
    }
}
