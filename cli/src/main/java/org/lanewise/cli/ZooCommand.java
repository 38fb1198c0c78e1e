package org.lanewise.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.lanewise.testmodels.Zoo;
import org.lanewise.testmodels.ZooEntry;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code lanewise zoo}: the models that can be named instead of a file. */
@Command(name = "zoo", description = "Lists the models that zoo:NAME finds.")
final class ZooCommand implements Callable<Integer> {
    private static final int INDENT = 4;
    private static final int WIDTH = 80;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Mixin
    private JsonMixin json;

    @Override
    public Integer call() {
        List<ZooEntry> entries = Zoo.names().stream().map(Zoo::find).toList();
        if (json.isOn()) {
            List<Map<String, Object>> list = new ArrayList<>();
            entries.forEach(entry -> list.add(object(entry)));
            json.print(spec, Map.of("models", list));
            return 0;
        }
        PrintWriter out = spec.commandLine().getOut();
        for (ZooEntry entry : entries) {
            out.println("zoo:" + entry.name() + (entry.available() ? "" : "  (not on the class path)"));
            wrap(entry.description()).forEach(out::println);
            wrap(entry.licence()).forEach(out::println);
        }
        out.flush();
        return 0;
    }

    private static Map<String, Object> object(ZooEntry entry) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", entry.name());
        object.put("description", entry.description());
        object.put("available", entry.available());
        object.put("dependency", entry.dependency());
        object.put("licence", entry.licence());
        object.put("source", entry.source());
        return object;
    }

    private static List<String> wrap(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder(" ".repeat(INDENT));
        for (String word : text.split(" ")) {
            if (line.length() > INDENT && line.length() + word.length() + 1 > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(INDENT));
            }
            line.append(line.length() > INDENT ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
