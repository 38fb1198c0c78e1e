package org.lanewise.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code lanewise} command; each subcommand is a class of this package. */
@Command(
        name = "lanewise",
        description = "Neural-network inference in pure Java.",
        mixinStandardHelpOptions = true,
        versionProvider = LanewiseVersion.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {Run.class, Inspect.class, Check.class, Bench.class, Profile.class, ZooCommand.class})
public final class Lanewise implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    /** Runs the command and exits with its code: 0 done, 1 a check failed, 2 bad usage or input. */
    public static void main(String[] args) {
        StandardError.restore();
        System.exit(commandLine().execute(args));
    }

    /** The command with its error messages; output goes to the standard streams unless told otherwise. */
    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new Lanewise());
        commandLine.setUsageHelpWidth(80).setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setParameterExceptionHandler(ErrorMessages::badUsage);
        commandLine.setExecutionExceptionHandler(ErrorMessages::failure);
        return commandLine;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Missing command");
    }
}
