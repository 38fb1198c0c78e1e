package org.lanewise.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.trace.StepProfile;

/**
 * Lays out profiles in rows of at most 80 columns.
 *
 * @param runs runs that were profiled: calls and times are shown a run
 * @param totalNanos time of all runs
 */
record ProfileTable(long runs, long totalNanos) {
    private static final int NAME = 27;
    private static final int KERNEL = 20;
    private static final double NANOS_PER_MILLI = 1e6;

    /** The heading of a table. */
    static String heading(String what) {
        return String.format(
                        Locale.ROOT,
                        "%-" + NAME + "s %6s %9s %6s %7s %s",
                        what,
                        "calls",
                        "ms",
                        "share",
                        "GFLOP/s",
                        "kernel")
                .stripTrailing();
    }

    /** A row of a step or an operator. */
    String row(String name, StepProfile profile) {
        String kernel = String.join(",", profile.kernels().stream().sorted().toList());
        String rate = profile.flops() == 0 ? "-" : String.format(Locale.ROOT, "%.1f", profile.gigaflops());
        return row(name, calls(profile.calls()), profile.nanos(), rate, kernel);
    }

    /** A row of another kind. */
    String row(String name, String calls, long nanos, String rate, String note) {
        return String.format(
                        Locale.ROOT,
                        "%-" + NAME + "s %6s %9.3f %5.1f%% %7s %s",
                        shortened(name, NAME),
                        calls,
                        nanos / NANOS_PER_MILLI / runs,
                        100.0 * nanos / Math.max(1, totalNanos),
                        rate,
                        shortened(note, KERNEL))
                .stripTrailing();
    }

    private String calls(long calls) {
        double perRun = (double) calls / runs;
        return perRun == Math.rint(perRun) ? Long.toString((long) perRun) : String.format(Locale.ROOT, "%.1f", perRun);
    }

    /** The rows of steps: operator and name, those of subgraphs further in. */
    List<String> rows(List<StepProfile> steps) {
        List<String> rows = new ArrayList<>();
        for (StepProfile step : steps) {
            rows.add(row("  ".repeat(step.depth()) + name(step.node()), step));
        }
        return rows;
    }

    /** A node's operator and name. */
    static String name(Node node) {
        return node.opType() + " " + (node.name().isEmpty() ? node.output(0) : node.name());
    }

    /** Names differ at their end more than in their middle. */
    static String shortened(String text, int width) {
        if (text.length() <= width) {
            return text;
        }
        int tail = width / 2 - 1;
        return text.substring(0, width - tail - 2) + ".." + text.substring(text.length() - tail);
    }
}
