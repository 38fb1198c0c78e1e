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
            "With --sparse it runs models with zeros among their weights three times: in Lanewise, in Lanewise with"
                + " every layer dense, and in ONNX Runtime. WORK is a label of that table or a model as above; a built"
                + " one may end with -sparse70, -sparse70x4 (in blocks of 4 output channels) or -2of4; pruned70:MODEL"
                + " sets the smallest weights of any model to zero.",
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

    @Option(names = "--sparse", description = "models with zeros among their weights, run sparse and dense")
    private boolean sparse;

    @Option(names = "--list", description = "only list the table, or the WORK given")
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
        TableKind kind = kind();
        List<? extends TableWork> works = kind.works(names);
        if (list) {
            works.forEach(work -> System.out.printf("%-42s %s%n", work.label(), work.name()));
            return 0;
        }
        if (file) {
            for (TableWork work : works) {
                System.out.println(
                        BuiltModels.knows(work.name())
                                ? BuiltModels.file(work.name())
                                : Workload.of(work.name()).model());
            }
            return 0;
        }
        check();
        return measure(kind, works);
    }

    private TableKind kind() {
        if (int8 && sparse) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--int8 and --sparse are two tables");
        }
        return int8 ? TableKind.INT8 : sparse ? TableKind.SPARSE : TableKind.MODELS;
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

    private int measure(TableKind kind, List<? extends TableWork> works) throws Exception {
        System.out.println(kind.heading());
        boolean failed = false;
        ProgressLine progress = new ProgressLine(works.size() * threads.size());
        for (int count : threads) {
            for (TableWork work : works) {
                progress.next(work.label());
                TableRow row = row(kind, work, count, progress);
                progress.clear();
                System.out.println(row.line());
                System.out.flush();
                failed |= row.failed();
                if (json != null) {
                    row.addedTo(Results.readOrNew(json)).write(json);
                }
            }
        }
        return failed ? 1 : 0;
    }

    private TableRow row(TableKind kind, TableWork work, int count, ProgressLine progress) throws Exception {
        boolean alternating = isAlternating(count);
        try {
            // What makes an int8 model would leave its marks in this process
            if (!alternating && !oneProcess && (names.size() != 1 || kind == TableKind.INT8)) {
                work.prepare(progress::doing);
                progress.doing("in a process of its own");
                return isolated(kind, work.name(), count);
            }
            Measurement way = new Measurement(count, alternating, seconds, leastWarmUp(), !noTune);
            return work.measure(way, progress::doing);
        } catch (IllegalArgumentException | IOException | ZooException e) {
            return work.skipped(count, String.valueOf(e.getMessage()));
        } finally {
            System.gc(); // models of half a gigabyte follow each other
        }
    }

    private boolean isAlternating(int count) {
        return mode == null ? count > 1 : mode.equals(ALTERNATING);
    }

    private double leastWarmUp() {
        return warmUp == null ? Math.max(1, seconds / 2) : warmUp;
    }

    /** Measures in a new process, because code that the compiler has seen with other shapes may run otherwise. */
    private TableRow isolated(TableKind kind, String work, int count) throws IOException, InterruptedException {
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
            command.addAll(kind.options());
            command.add("--one-process");
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
            return kind.rows(Results.read(result)).getFirst();
        } finally {
            Files.deleteIfExists(result);
            Files.deleteIfExists(messages);
        }
    }
}
