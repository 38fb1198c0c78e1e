package org.lanewise.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.GraphEditor.Entry;
import org.lanewise.runtime.optimize.PassReport;

/** Shows what the graph passes did and refused: as text of up to 80 columns, or as objects for JSON. */
final class PassTable {
    private static final int COLUMNS = 80;
    private static final int INDENT = 14;

    /** Nodes that text names for one reason. */
    private static final int NAMED = 8;

    private PassTable() {}

    static void print(PrintWriter out, List<PassReport> reports) {
        int edits = reports.stream().mapToInt(report -> report.edits().size()).sum();
        int refusals =
                reports.stream().mapToInt(report -> report.refusals().size()).sum();
        out.println("passes      " + edits + " edits" + (refusals == 0 ? "" : ", " + refusals + " refused"));
        for (PassReport report : reports) {
            if (!report.entries().isEmpty()) {
                out.printf("%12s%-30s %6d%n", "", report.pass(), report.edits().size());
                byReason(report.edits()).forEach((reason, nodes) -> printNodes(out, reason + ": ", nodes));
                byReason(report.refusals()).forEach((reason, nodes) -> printNodes(out, "not, " + reason + ": ", nodes));
            }
        }
    }

    private static Map<String, List<String>> byReason(List<Entry> entries) {
        Map<String, List<String>> nodes = new LinkedHashMap<>();
        entries.forEach(entry ->
                nodes.computeIfAbsent(entry.reason(), key -> new ArrayList<>()).add(entry.node()));
        return nodes;
    }

    private static void printNodes(PrintWriter out, String reason, List<String> nodes) {
        StringBuilder text = new StringBuilder(reason);
        text.append(String.join(", ", nodes.subList(0, Math.min(NAMED, nodes.size()))));
        if (nodes.size() > NAMED) {
            text.append(" and ").append(nodes.size() - NAMED).append(" more");
        }
        StringBuilder line = new StringBuilder();
        for (String word : text.toString().split(" ", -1)) {
            if (line.length() > 0 && INDENT + line.length() + 1 + word.length() > COLUMNS) {
                out.println(" ".repeat(INDENT) + line);
                line.setLength(0);
                line.append("  ");
            }
            line.append(line.toString().isBlank() ? "" : " ").append(word);
        }
        out.println(" ".repeat(INDENT) + line);
    }

    static List<Map<String, Object>> objects(List<PassReport> reports) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (PassReport report : reports) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("pass", report.pass());
            object.put("edits", entries(report.edits()));
            object.put("refused", entries(report.refusals()));
            objects.add(object);
        }
        return objects;
    }

    private static List<Map<String, String>> entries(List<Entry> entries) {
        List<Map<String, String>> objects = new ArrayList<>();
        for (Entry entry : entries) {
            Map<String, String> object = new LinkedHashMap<>();
            object.put("node", entry.node());
            object.put("reason", entry.reason());
            objects.add(object);
        }
        return objects;
    }
}
