package org.lanewise.cli;

import picocli.CommandLine.Option;

/** The option that every subcommand has. */
final class HelpMixin {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean help;
}
