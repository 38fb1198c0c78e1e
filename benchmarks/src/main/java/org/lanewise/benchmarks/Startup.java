package org.lanewise.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Times the way from the start of a JVM to its first answer, in Lanewise and in ONNX Runtime, without and with an AOT cache. */
@Command(
        name = "startup",
        mixinStandardHelpOptions = true,
        description =
                "Milliseconds from the start of a JVM to its first answer: medians of processes started in turns.")
public final class Startup implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "WORK", description = "models, as of compare (default: ${DEFAULT-VALUE})")
    private List<String> works = List.of("zoo:digits", "built:mobilenetv2", "built:resnet50");

    @Option(names = "--rounds", defaultValue = "9", description = "starts of each (default: ${DEFAULT-VALUE})")
    private int rounds;

    /** Starts the command. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Startup()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (rounds < 1) {
            throw new IllegalArgumentException("--rounds must be at least 1, got " + rounds);
        }
        System.out.println("ms from JVM start to the first answer, median [p10 p90] of " + rounds);
        System.out.printf("%-28s %19s %19s %19s %19s%n", "work", "Lanewise", "Lanewise, AOT", "ORT", "ORT, AOT");
        Path folder = Files.createTempDirectory("lanewise-startup");
        try {
            for (String work : works) {
                measure(work, folder);
            }
        } finally {
            delete(folder);
        }
        return 0;
    }

    private void measure(String name, Path folder) throws Exception {
        Workload workload = Workload.of(Work.of(name).name());
        Path inputs = folder.resolve("inputs");
        FirstAnswer.write(inputs, workload.inputs());
        List<List<String>> commands = new ArrayList<>();
        for (String runtime : List.of(LocalRunner.LANEWISE, OrtOptions.DEFAULT)) {
            Path cache = folder.resolve(runtime + ".aot");
            List<String> arguments = List.of(
                    FirstAnswer.class.getName(), runtime, workload.model().toString(), inputs.toString());
            millis(command(List.of("-XX:AOTCacheOutput=" + cache), arguments));
            commands.add(command(List.of(), arguments));
            commands.add(command(List.of("-XX:AOTCache=" + cache), arguments));
        }
        double[][] times = new double[commands.size()][rounds];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < times.length; i++) {
                times[i][round] = millis(commands.get(i));
            }
        }
        StringBuilder line = new StringBuilder(String.format("%-28s", name));
        for (double[] own : times) {
            Times spread = Times.of(own);
            String text = String.format(Locale.ROOT, "%.0f [%.0f %.0f]", spread.median(), spread.p10(), spread.p90());
            line.append(String.format(" %19s", text));
        }
        System.out.println(line);
    }

    private static List<String> command(List<String> options, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(arguments);
        return command;
    }

    /** Starts a process; the time until it has answered. */
    private static double millis(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        int first = process.getInputStream().read();
        double millis = (System.nanoTime() - start) / 1e6;
        if (process.waitFor() != 0 || first != FirstAnswer.ANSWERED) {
            throw new IOException("no answer from " + String.join(" ", command));
        }
        return millis;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
