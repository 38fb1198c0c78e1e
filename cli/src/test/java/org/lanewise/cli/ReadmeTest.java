package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.op.OperatorCatalog;

/** The README's table of operators is what the catalog has; {@code -Dlanewise.update=true} writes it. */
class ReadmeTest {
    private static final String BEGIN =
            "<!-- operators: written by ReadmeTest, run it with -Dlanewise.update=true -->\n";
    private static final String END = "<!-- /operators -->";

    @Test
    void theTableOfOperatorsIsUpToDate() throws IOException {
        Path readme = Path.of("").toAbsolutePath().getParent().resolve("README.md");
        String text = Files.readString(readme);
        int from = text.indexOf(BEGIN) + BEGIN.length();
        int to = text.indexOf(END);
        if (Boolean.getBoolean("lanewise.update")) {
            Files.writeString(readme, text.substring(0, from) + table() + text.substring(to));
            return;
        }
        assertEquals(table(), text.substring(from, to), "README.md: run ReadmeTest with -Dlanewise.update=true");
    }

    private static String table() {
        Map<String, List<String>> byDomain = new TreeMap<>();
        OperatorCatalog.operators().forEach((name, since) -> {
            int dot = name.lastIndexOf('.');
            String domain = dot < 0 ? "ai.onnx" : name.substring(0, dot);
            String label = name.substring(dot + 1) + (since > 1 ? " (" + since + ")" : "");
            byDomain.computeIfAbsent(domain, key -> new ArrayList<>()).add(label);
        });
        StringBuilder table = new StringBuilder(
                "\n| domain | operators (first opset that has it, where that is not 1) |\n|---|---|\n");
        byDomain.forEach((domain, names) -> table.append("| `")
                .append(domain)
                .append("` (")
                .append(names.size())
                .append(") | ")
                .append(String.join(", ", names))
                .append(" |\n"));
        return table.append('\n').toString();
    }
}
