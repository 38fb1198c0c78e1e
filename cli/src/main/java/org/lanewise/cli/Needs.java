package org.lanewise.cli;

import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Options that do something only together with others. Alone they are refused, lest somebody believes that they did. */
final class Needs {
    private Needs() {}

    /**
     * Refuses {@code options}, where they are given, unless what they need is there.
     *
     * @param met whether it is there
     * @param what it is, as it is written on the command line
     */
    static void check(CommandSpec spec, boolean met, String what, List<String> options) {
        for (String option : options) {
            if (!met && spec.commandLine().getParseResult().hasMatchedOption(option)) {
                throw new ParameterException(spec.commandLine(), option + " needs " + what);
            }
        }
    }

    /** The same for one option. */
    static void check(CommandSpec spec, boolean met, String what, String option) {
        check(spec, met, what, List.of(option));
    }
}
