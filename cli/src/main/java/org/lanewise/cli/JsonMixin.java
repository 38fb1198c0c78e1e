package org.lanewise.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The option to print JSON. */
final class JsonMixin {
    @Option(names = "--json", description = "Print one JSON object instead.")
    private boolean json;

    boolean isOn() {
        return json;
    }

    /** Prints {@code object} on one line. */
    void print(CommandSpec spec, Map<String, ?> object) {
        spec.commandLine().getOut().println(Writer.write(object));
        spec.commandLine().getOut().flush();
    }

    /** A class of its own, so that Jackson is loaded only when it is used. */
    private static final class Writer {
        private Writer() {}

        static String write(Map<String, ?> object) {
            try {
                return JsonMapper.builder().build().writeValueAsString(object);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
