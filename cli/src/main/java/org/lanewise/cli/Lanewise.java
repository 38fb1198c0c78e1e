package org.lanewise.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;

/** The {@code lanewise} command; each subcommand is a class of this package. */
@Command(
        name = "lanewise",
        description = "Neural-network inference in pure Java.",
        mixinStandardHelpOptions = true,
        versionProvider = LanewiseVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            Run.class,
            Inspect.class,
            Check.class,
            Bench.class,
            Profile.class,
            Compare.class,
            HwBench.class,
            Quantize.class,
            Prune.class,
            ZooCommand.class
        })
public final class Lanewise implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs the command and exits with its code: 0 done, 1 a check failed, 2 bad usage or input. */
    public static void main(String[] args) {
        StandardError.restore();
        StandardOutput output = StandardOutput.install();
        CommandLine commandLine = commandLine();
        int code;
        try {
            code = commandLine.execute(args);
        } catch (Error e) {
            code = ErrorMessages.breakdown(e, commandLine);
        }
        String failure = output.failure();
        if (failure != null) {
            code = ErrorMessages.unwritten(failure, commandLine);
        }
        System.exit(code);
    }

    /** The command with its error messages; output goes to the standard streams unless told otherwise. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Lanewise());
        for (CommandLine subcommand : commandLine.getSubcommands().values()) {
            subcommand.getCommandSpec().addOption(helpOption());
        }
        commandLine.setUsageHelpWidth(80).setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(ErrorMessages::badUsage);
        commandLine.setExecutionExceptionHandler(ErrorMessages::failure);
        return commandLine;
    }

    /** The standard options of picocli would give subcommands a {@code --version}, too. */
    private static OptionSpec helpOption() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help message and exit.")
                .build();
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Missing command");
    }
}
