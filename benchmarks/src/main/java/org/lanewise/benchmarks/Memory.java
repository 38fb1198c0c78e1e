package org.lanewise.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.lanewise.testmodels.Zoo;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Peak memory of a process that opens a model and runs it, with Lanewise and with ONNX Runtime. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description =
                "Opens and runs each model in Lanewise and in ONNX Runtime, each in a process of its own, and prints"
                        + " the peak resident memory (VmHWM) in MiB. The first column is a JVM that does neither. Needs"
                        + " Linux.")
public final class Memory implements Callable<Integer> {
    @Parameters(
            arity = "1..*",
            paramLabel = "MODEL",
            description = "a model (file, folder or zoo:NAME), with =D,D,... to give its unknown dimensions in order")
    private List<String> models = List.of();

    @Option(names = "--threads", defaultValue = "1", description = "threads of both (default: ${DEFAULT-VALUE})")
    private int threads;

    @Option(names = "--runs", defaultValue = "20", description = "runs of each (default: ${DEFAULT-VALUE})")
    private int runs;

    @Option(
            names = "--java",
            description = "an option for the JVM of both, such as -Xmx256m; may be given several times")
    private List<String> javaOptions = List.of();

    /** Starts the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Memory()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.out.printf(
                "%-34s %8s %9s %9s %7s%n", "peak MiB, " + threads + " thread(s)", "JVM", "Lanewise", "ORT", "ratio");
        for (String model : models) {
            int equals = model.indexOf('=');
            String name = equals < 0 ? model : model.substring(0, equals);
            String file = file(name).toString();
            String dims = equals < 0 ? "" : model.substring(equals + 1);
            double nothing = peak("none", file, dims);
            double ours = peak("lanewise", file, dims);
            double theirs = peak("onnxruntime", file, dims);
            String shown = model.length() <= 34 ? model : "..." + model.substring(model.length() - 31);
            System.out.printf(
                    Locale.ROOT, "%-34s %8.0f %9.0f %9.0f %7.2f%n", shown, nothing, ours, theirs, theirs / ours);
        }
        return 0;
    }

    private static Path file(String name) throws IOException {
        Path file = name.startsWith("zoo:") ? Zoo.find(name.substring(4)).model() : Path.of(name);
        return Files.isDirectory(file) ? file.resolve("model.onnx") : file;
    }

    /** MiB. */
    private double peak(String runtime, String file, String dims) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC"));
        command.addAll(javaOptions);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                MemoryRun.class.getName(),
                runtime,
                file,
                Integer.toString(threads),
                Integer.toString(runs),
                dims));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0 || !printed.startsWith(MemoryRun.MARK)) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + printed);
        }
        return Long.parseLong(printed.substring(MemoryRun.MARK.length())) / 1024.0;
    }
}
