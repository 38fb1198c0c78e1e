package org.lanewise.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lanewise.benchmarks.built.BuiltModels;
import org.lanewise.testmodels.ZooException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs work in Lanewise and in ONNX Runtime side by side and prints medians and their ratio. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Runs models in Lanewise and in ONNX Runtime in turns, the latter with its default session options and"
                    + " with tuned ones, and compares times and outputs.",
            "",
            "Without WORK it runs the standard table. WORK is the label of one of its lines, gemm:M,N,K,"
                + " conv:CIN,COUT,K,STRIDE,SIZE[,GROUP][*REPEAT], built:resnet50, built:mobilenetv2, built:vgg16,"
                + " built:bert-base-SEQUENCE, or a model (file, folder, zoo:NAME or shared:NAME), with @DIM=SIZE,..."
                + " for open dimensions and with =FOLDER for a test_data_set to take the inputs from.",
            "",
            "With --int8 it runs quantized models in both and the fp32 models they were made from in Lanewise. WORK is"
                + " then the label of a line of that table, or one of qdq:MODEL, bytes:MODEL (the same without"
                + " quantizers at the ends), dynamic:MODEL, weights8:MODEL and weights4:MODEL, which are quantized by"
                + " Lanewise here and now.",
            "",
            "Exit code 1: some outputs differ by more than rtol 1e-3, atol 1e-4; with --int8, by more than a tenth."
        })
public final class Compare implements Callable<Integer> {
    private static final String INTERLEAVED = "interleaved";
    private static final String ALTERNATING = "alternating";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "WORK", description = "what to run (default: the standard table)")
    private List<String> names = List.of();

    @Option(names = "--threads", split = ",", defaultValue = "1", description = "threads of both, such as 1 or 1,2")
    private List<Integer> threads = List.of();

    @Option(
            names = "--mode",
            description = INTERLEAVED + ": in turns in one process, the default for 1 thread; " + ALTERNATING
                    + ": a process for each, one working at a time, the default for more, as idle threads of one would"
                    + " spin in the other's turn")
    private @Nullable String mode;

    @Option(names = "--seconds", defaultValue = "5", description = "to measure a work (default: ${DEFAULT-VALUE})")
    private double seconds;

    @Option(
            names = "--warm-up",
            description = "seconds of warm-up for Lanewise (default: half of --seconds, at least 1)")
    private @Nullable Double warmUp;

    @Option(names = "--no-tune", description = "only ONNX Runtime's default options, which is quicker")
    private boolean noTune;

    @Option(
            names = "--one-process",
            description = "with " + INTERLEAVED + ": all works in this process, not each in a new one; what one leaves"
                    + " behind in the compiler may slow the next")
    private boolean oneProcess;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "write the rows there after each work; rows of other works already in it stay")
    private @Nullable Path json;

    @Option(names = "--readme", paramLabel = "FILE", description = "only write the README's table from such a file")
    private @Nullable Path readme;

    @Option(names = "--int8", description = "quantized models against the fp32 models they were made from")
    private boolean int8;

    @Option(names = "--list", description = "only list the standard table")
    private boolean list;

    @Option(names = "--file", description = "only build the model of each WORK and print its file")
    private boolean file;

    /** Starts the command. */
    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Compare());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof IllegalArgumentException || e instanceof IOException) {
                command.getErr().println("compare: " + e.getMessage());
                return 2;
            }
            throw e;
        });
        System.exit(line.execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if (readme != null) {
            ReadmeTable.write(Path.of(System.getProperty("lanewise.root", "."), "README.md"), Results.read(readme));
            return 0;
        }
        if (int8) {
            List<Int8Work> works = names.isEmpty()
                    ? Int8Work.standard()
                    : names.stream().map(Int8Work::of).toList();
            return int8(works);
        }
        List<Work> works =
                names.isEmpty() ? Work.standard() : names.stream().map(Work::of).toList();
        if (list) {
            works.forEach(work -> System.out.printf("%-42s %s%n", work.label(), work.name()));
            return 0;
        }
        if (file) {
            for (Work work : works) {
                System.out.println(BuiltModels.knows(work.name()) ? BuiltModels.file(work.name()) : model(work));
            }
            return 0;
        }
        check();
        return measure(works);
    }

    private static Path model(Work work) throws IOException {
        return Workload.of(work.name()).model();
    }

    private void check() {
        if (!(seconds > 0)
                || warmUp != null && !(warmUp >= 0)
                || threads.stream().anyMatch(count -> count < 1)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--seconds and --threads must be above 0, --warm-up not below");
        }
        if (mode != null && !mode.equals(INTERLEAVED) && !mode.equals(ALTERNATING)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--mode must be " + INTERLEAVED + " or " + ALTERNATING + ", got " + mode);
        }
    }

    private int measure(List<Work> works) throws Exception {
        System.out.println(Table.heading());
        boolean failed = false;
        ProgressLine progress = new ProgressLine(works.size() * threads.size());
        for (int count : threads) {
            for (Work work : works) {
                progress.next(work.label());
                Row row = row(work, count, progress);
                progress.clear();
                System.out.println(Table.line(row));
                System.out.flush();
                failed |= row.failed();
                if (json != null) {
                    Results.readOrNew(json).with(row).write(json);
                }
            }
        }
        return failed ? 1 : 0;
    }

    private int int8(List<Int8Work> works) throws Exception {
        if (list) {
            works.forEach(work -> System.out.printf("%-42s %s%n", work.label(), work.int8()));
            return 0;
        }
        if (file) {
            for (Int8Work work : works) {
                System.out.println(Workload.of(work.int8()).model());
            }
            return 0;
        }
        check();
        System.out.println(Table.int8Heading());
        boolean failed = false;
        ProgressLine progress = new ProgressLine(works.size() * threads.size());
        for (int count : threads) {
            for (Int8Work work : works) {
                progress.next(work.label());
                Int8Row row = row(work, count, progress);
                progress.clear();
                System.out.println(Table.line(row));
                System.out.flush();
                failed |= row.failed();
                if (json != null) {
                    Results.readOrNew(json).with(row).write(json);
                }
            }
        }
        return failed ? 1 : 0;
    }

    private Int8Row row(Int8Work work, int count, ProgressLine progress) throws Exception {
        boolean alternating = isAlternating(count);
        try {
            if (!alternating && !oneProcess) {
                if (QuantizedModels.knows(work.int8())) {
                    progress.doing("quantizing");
                    QuantizedModels.write(work.int8());
                }
                progress.doing("in a process of its own");
                return isolated(work.int8(), count, List.of("--int8", "--one-process"))
                        .int8()
                        .getFirst();
            }
            Measurement way = new Measurement(count, alternating, seconds, leastWarmUp(), !noTune);
            return new Int8Measurement(way).of(work, progress::doing);
        } catch (IllegalArgumentException | IOException | ZooException e) {
            return Int8Row.skipped(work, count, String.valueOf(e.getMessage()));
        } finally {
            System.gc();
        }
    }

    private boolean isAlternating(int count) {
        return mode == null ? count > 1 : mode.equals(ALTERNATING);
    }

    private double leastWarmUp() {
        return warmUp == null ? Math.max(1, seconds / 2) : warmUp;
    }

    private Row row(Work work, int count, ProgressLine progress) throws Exception {
        boolean alternating = isAlternating(count);
        boolean isolated = !alternating && !oneProcess && names.size() != 1;
        try {
            if (isolated) {
                progress.doing("in a process of its own");
                return isolated(work.name(), count, List.of()).rows().getFirst();
            }
            return new Measurement(count, alternating, seconds, leastWarmUp(), !noTune).of(work, progress::doing);
        } catch (IllegalArgumentException | IOException | ZooException e) {
            return Row.skipped(work, count, String.valueOf(e.getMessage()));
        } finally {
            System.gc(); // models of half a gigabyte follow each other
        }
    }

    /** Measures in a new process, because code that the compiler has seen with other shapes may run otherwise. */
    private Results isolated(String work, int count, List<String> more) throws IOException, InterruptedException {
        Path result = Files.createTempFile("lanewise-compare", ".json");
        Files.delete(result);
        Path messages = Files.createTempFile("lanewise-compare", ".log");
        try {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Compare.class.getName()));
            command.addAll(List.of("--mode", INTERLEAVED, "--threads", "" + count, "--seconds", "" + seconds));
            command.addAll(List.of("--warm-up", "" + leastWarmUp(), "--json", result.toString(), work));
            command.addAll(more);
            if (noTune) {
                command.add("--no-tune");
            }
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(messages.toFile())
                    .start();
            Thread ending = new Thread(process::destroy);
            Runtime.getRuntime().addShutdownHook(ending);
            process.waitFor();
            Runtime.getRuntime().removeShutdownHook(ending);
            if (!Files.exists(result)) {
                throw new IOException(
                        "its process ended: " + Files.readString(messages).strip());
            }
            return Results.read(result);
        } finally {
            Files.deleteIfExists(result);
            Files.deleteIfExists(messages);
        }
    }
}
