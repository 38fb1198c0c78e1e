package org.lanewise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import org.lanewise.cli.input.InputException;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.testmodels.ZooException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what goes wrong into one sentence on standard error and exit code 2. */
final class ErrorMessages {
    /** The exit code of bad usage, bad input and failure. */
    static final int EXIT_CODE = 2;

    /** Name of the system property that has stack traces printed: for those who work on Lanewise. */
    private static final String STACK_TRACE_PROPERTY = "lanewise.stacktrace";

    private ErrorMessages() {}

    /** Arguments that do not parse. */
    static int badUsage(ParameterException e, String[] args) {
        String message = String.valueOf(e.getMessage())
                .replaceFirst("^Error: ", "")
                .replace("option option", "option") // picocli's own words
                .replaceFirst(
                        "cannot convert ('.*?') to Pattern \\(\\S+: ([^\\n]*)(?s:.*)",
                        "$1 is no regular expression: $2");
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        return print(e.getCommandLine(), e, message + "; see " + command + " --help");
    }

    /** A command that failed. */
    static int failure(Exception e, CommandLine commandLine, ParseResult parsed) {
        return print(commandLine, e, sentence(e));
    }

    /** What the JVM itself cannot go on after. */
    static int breakdown(Error e, CommandLine commandLine) {
        String sentence = switch (e) {
            case OutOfMemoryError memory ->
                "out of memory (" + memory.getMessage() + "); LANEWISE_JAVA_OPTIONS=-Xmx8g, for example, allows more";
            case StackOverflowError overflow -> "the graph is nested too deep for the stack: " + overflow;
            default -> "internal error, please report it: " + e;
        };
        return print(commandLine, e, sentence);
    }

    /** Standard output that did not take all. */
    static int unwritten(String reason, CommandLine commandLine) {
        commandLine.getErr().println("lanewise: standard output cannot be written: " + reason);
        commandLine.getErr().flush();
        return EXIT_CODE;
    }

    private static int print(CommandLine commandLine, Throwable e, String sentence) {
        PrintWriter err = commandLine.getErr();
        err.println("lanewise: " + oneLine(sentence));
        if (Boolean.getBoolean(STACK_TRACE_PROPERTY)) {
            e.printStackTrace(err);
        }
        err.flush();
        return EXIT_CODE;
    }

    private static String sentence(Exception e) {
        return switch (e) {
            case CliException known -> String.valueOf(known.getMessage());
            case InferenceException known -> String.valueOf(known.getMessage());
            case InputException known -> String.valueOf(known.getMessage());
            case QuantizationException known -> String.valueOf(known.getMessage());
            case ZooException known -> String.valueOf(known.getMessage());
            case NoSuchFileException file -> "no such file: " + file.getMessage();
            case AccessDeniedException file -> "may not be read: " + file.getMessage();
            case InvalidPathException path -> "not a path: " + path.getInput();
            case UncheckedIOException io -> sentence(java.util.Objects.requireNonNull(io.getCause()));
            case IOException io -> "cannot be read or written: " + io.getMessage();
            default -> "internal error, please report it: " + e;
        };
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*\\R\\s*", " ");
    }
}
