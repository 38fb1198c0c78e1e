package org.lanewise.cli;

import java.util.List;
import org.lanewise.runtime.session.SessionOptions;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say how a session is built. */
final class SessionMixin {
    /** The names of all of them. */
    static final List<String> OPTIONS = List.of("--raw", "--no-winograd", "--no-int8", "--no-sparse", "--threads");

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    private CommandLine.Model.CommandSpec spec;

    /** More would only take minutes to start. */
    static final int MOST_THREADS = 1024;

    private int threads;

    @Option(names = "--raw", description = "Run the graph as it is in the file, without the passes.")
    private boolean raw;

    @Option(
            names = "--no-winograd",
            description = "Compute 3x3 convolutions without Winograd's transforms: slower, rounds a little less.")
    private boolean noWinograd;

    @Option(
            names = "--no-int8",
            description =
                    "Compute quantized models operator by operator as they are written, not on bytes from end to end.")
    private boolean noInt8;

    @Option(
            names = "--no-sparse",
            description = "Multiply by all weights, also where leaving out those that are zero is faster.")
    private boolean noSparse;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of a run; default: the processors there are.")
    void setThreads(int count) {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--threads must be at least 1, got " + count);
        }
        if (count > MOST_THREADS) {
            throw new ParameterException(spec.commandLine(), "--threads is at most " + MOST_THREADS + ", got " + count);
        }
        threads = count;
    }

    /** What the options say. */
    SessionOptions options() {
        SessionOptions options = SessionOptions.DEFAULT
                .withThreads(threads)
                .withWinograd(!noWinograd)
                .withQuantizedFusion(!noInt8)
                .withSparseWeights(!noSparse);
        return raw ? options.raw() : options;
    }
}
