package org.lanewise.cli;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.input.DataSamples;
import org.lanewise.cli.measure.Turns;
import org.lanewise.cli.measure.WarmUp;
import org.lanewise.cli.output.ComparisonJson;
import org.lanewise.cli.output.ComparisonPage;
import org.lanewise.cli.output.ComparisonReport;
import org.lanewise.cli.output.ComparisonReport.Latency;
import org.lanewise.cli.output.ComparisonReport.Spread;
import org.lanewise.cli.output.ComparisonTable;
import org.lanewise.quantization.compare.ErrorJump;
import org.lanewise.quantization.compare.LayerComparison;
import org.lanewise.quantization.compare.LayerResult;
import org.lanewise.quantization.compare.OutputStatistics;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanewise compare}: a quantized or pruned model against what it was made from. */
@Command(
        name = "compare",
        description = {
            "Compares a quantized or pruned model with the one it was made from, on real inputs: the error of each"
                    + " layer, outputs and accuracy, size, speed.",
            "",
            "DATA is a folder of images or .npy files (its folders may be classes), a folder with test_data_set_*"
                    + " folders, a .npy file with samples along its first axis, a CSV file with one a row, or a"
                    + " CIFAR-10 .bin file. How images become the input is as in lanewise run."
        })
final class Compare implements Callable<Integer> {
    private static final double MEDIAN = 0.5;
    private static final double LOW = 0.1;
    private static final double HIGH = 0.9;
    private static final double WARM_UP_LIMIT_SECONDS = 10;

    /** Of the bar: both models warmed up, then measured. */
    private static final long STEPS = 3;

    private static final double TURN_WARM_UP_SECONDS = 0.05;
    private static final double SHOW_PROGRESS_NANOS = 2e9;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(index = "0", paramLabel = "REFERENCE", description = "The model that is right: a file, or zoo:NAME.")
    private String reference;

    @Parameters(index = "1", paramLabel = "CANDIDATE", description = "The model made from it.")
    private String candidate;

    @Option(names = "--data", paramLabel = "DATA", required = true, description = "Real inputs, see above.")
    private @Nullable Path data;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description = "The right classes, for the accuracy of both: numbers in the order of the data, one a line or"
                    + " as .npy; lines of file name and number; or the word 'folders' where folders are classes.")
    private @Nullable String labelFile;

    @Option(names = "--isolated", description = "Measure each layer's own error, too, fed with the reference's values.")
    private boolean isolated;

    @Option(names = "--samples", paramLabel = "N", description = "Use the first N samples only; default: all.")
    private int sampleLimit = Integer.MAX_VALUE;

    @Option(
            names = "--layer-samples",
            paramLabel = "N",
            description = "Samples for the table of layers, evenly spread over the data; 0 leaves it out; default 128.")
    private int layerSamples = 128;

    @Option(
            names = "--threads",
            paramLabel = "N,..",
            split = ",",
            hideParamSyntax = true,
            description = "Threads to measure latency at; default 1,2.")
    private List<Integer> threads = List.of(1, 2);

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long to measure latency for each number of threads; 0 leaves it out; default 2.")
    private double seconds = 2;

    @Option(names = "--raw", description = "Run both graphs as they are in the files, without the passes.")
    private boolean raw;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Write a JSON object to FILE, or with - instead of the table.")
    private @Nullable String json;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a page for reading to FILE.")
    private @Nullable Path html;

    @Mixin
    private PixelMixin pixels;

    @Override
    public Integer call() throws IOException {
        checkOptions();
        refuseAlone();
        if (json != null && !json.equals(OutputFile.STANDARD_OUTPUT)) {
            OutputFile.check("--json", Path.of(json));
        }
        if (html != null) {
            OutputFile.check("--html", html);
        }
        ModelReference a = ModelReference.of(reference);
        ModelReference b = ModelReference.of(candidate);
        refuseOverwriting(a, b);
        Model first = a.read();
        Model second = b.read();
        refuseOthers(first, second);
        SessionOptions options = options();
        DataSamples samples;
        List<OutputStatistics> outputs;
        Map<String, OnnxValue> sample;
        try (Session ofReference = Session.open(first, options);
                Session ofCandidate = Session.open(second, options)) {
            samples = DataSamples.of(
                    Objects.requireNonNull(data), ofReference, input -> pixels.how(input, a.metadata(first)));
            outputs = outputs(
                    ofReference,
                    ofCandidate,
                    samples,
                    LabelChoice.of(labelFile, a, first, samples).numbers());
            sample = samples.read(0);
        }
        int count = Math.min(sampleLimit, samples.size());
        int looked = Math.min(layerSamples, count);
        ComparisonReport report;
        try (LayerComparison layers = looked == 0 ? null : new LayerComparison(first, second, options, isolated)) {
            if (layers != null) {
                progress("layers", looked, i -> add(layers, samples.read((int) ((long) i * count / looked))));
            }
            List<LayerResult> results = layers == null ? List.of() : layers.results();
            report = new ComparisonReport(
                    ModelSize.of(reference, a.file()),
                    ModelSize.of(candidate, b.file()),
                    count,
                    looked,
                    results,
                    ErrorJump.first(results),
                    layers == null ? List.of() : layers.unmatchedReference(),
                    layers == null ? List.of() : layers.unmatchedCandidate(),
                    layers == null ? List.of() : layers.layersInBodies(),
                    outputs,
                    latencies(first, second, sample));
        }
        write(report);
        return 0;
    }

    /** Pages and JSON must not take the place of what is compared, nor of each other. */
    private void refuseOverwriting(ModelReference a, ModelReference b) throws IOException {
        Map<String, Path> written = new LinkedHashMap<>();
        if (json != null && !json.equals(OutputFile.STANDARD_OUTPUT)) {
            written.put("--json", Path.of(json));
        }
        if (html != null) {
            written.put("--html", html);
        }
        for (Map.Entry<String, Path> file : written.entrySet()) {
            String option = file.getKey();
            OutputFile.refuseOverwriting(option, file.getValue(), "the reference", a);
            OutputFile.refuseOverwriting(option, file.getValue(), "the candidate", b);
            OutputFile.refuseOverwriting(option, file.getValue(), List.of(Objects.requireNonNull(data)), labelFile);
        }
        if (written.size() == 2
                && Path.of(Objects.requireNonNull(json))
                        .toAbsolutePath()
                        .normalize()
                        .equals(Objects.requireNonNull(html).toAbsolutePath().normalize())) {
            throw new CliException("--json and --html name one file, " + html + ": give two");
        }
    }

    private void checkOptions() {
        require(seconds >= 0, "--seconds must not be negative, got " + seconds);
        require(layerSamples >= 0, "--layer-samples must not be negative, got " + layerSamples);
        require(sampleLimit >= 1, "--samples must be at least 1, got " + sampleLimit);
        require(
                threads.stream().allMatch(count -> count >= 1 && count <= SessionMixin.MOST_THREADS),
                "--threads must be from 1 to " + SessionMixin.MOST_THREADS + ", got " + threads);
    }

    /** Refuses what is asked of a part of the report that is left out. */
    private void refuseAlone() {
        Needs.check(spec, layerSamples > 0, "--layer-samples above 0", "--isolated");
        Needs.check(spec, seconds > 0, "--seconds above 0", "--threads");
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new CommandLine.ParameterException(spec.commandLine(), message);
        }
    }

    private static void refuseOthers(Model first, Model second) {
        Set<String> a = names(inputs(first));
        Set<String> b = names(inputs(second));
        if (!a.equals(b)) {
            throw new CliException("the models take different inputs: the reference " + inputs(first)
                    + ", the candidate " + inputs(second) + "; both must have the same names");
        }
        if (first.graph().outputs().size() != second.graph().outputs().size()) {
            throw new CliException("the models have different outputs: the reference "
                    + first.graph().outputs() + ", the candidate "
                    + second.graph().outputs());
        }
    }

    private static List<ValueInfo> inputs(Model model) {
        return model.graph().inputs().stream()
                .filter(input -> !model.graph().initializers().containsKey(input.name()))
                .toList();
    }

    private static Set<String> names(List<ValueInfo> values) {
        return values.stream().map(ValueInfo::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private List<OutputStatistics> outputs(
            Session ofReference, Session ofCandidate, DataSamples samples, List<Integer> classes) throws IOException {
        List<ValueInfo> a = ofReference.outputs();
        List<ValueInfo> b = ofCandidate.outputs();
        boolean named = names(a).equals(names(b));
        List<OutputStatistics> statistics =
                a.stream().map(value -> new OutputStatistics(value.name())).toList();
        progress("outputs", Math.min(sampleLimit, samples.size()), i -> {
            Map<String, OnnxValue> values = samples.read(i);
            Map<String, OnnxValue> expected = ofReference.run(values, null);
            Map<String, OnnxValue> got = ofCandidate.run(values, null);
            for (int o = 0; o < a.size(); o++) {
                String name = a.get(o).name();
                OnnxValue other = got.get(named ? name : b.get(o).name());
                if (expected.get(name) instanceof Tensor x
                        && other instanceof Tensor y
                        && x.type().isNumeric()) {
                    boolean scores = !classes.isEmpty() && o == 0;
                    add(statistics.get(o), x, y, scores ? new int[] {classes.get(i)} : new int[0]);
                }
            }
        });
        return statistics.stream()
                .filter(output -> output.error().count() + output.error().broken() > 0)
                .toList();
    }

    private static void add(OutputStatistics output, Tensor expected, Tensor got, int[] labels) {
        try {
            output.add(expected, got, labels);
        } catch (IllegalArgumentException e) {
            throw new CliException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void add(LayerComparison layers, Map<String, OnnxValue> values) {
        try {
            layers.add(values);
        } catch (IllegalArgumentException e) {
            throw new CliException(e.getMessage() + "; --layer-samples 0 leaves the layers out", e);
        }
    }

    /** What is done with sample {@code i}. */
    private interface Step {
        void run(int i) throws IOException;
    }

    /** Runs the steps, with a bar where they take longer than two seconds. */
    private static void progress(String task, int count, Step step) throws IOException {
        long start = System.nanoTime();
        Progress bar = Progress.none();
        boolean shown = false;
        try {
            for (int i = 0; i < count; i++) {
                try {
                    step.run(i);
                } catch (RunException e) {
                    throw new CliException("sample " + (i + 1) + " of " + count + ": " + e.getMessage(), e);
                }
                double passed = System.nanoTime() - start;
                if (!shown && passed > SHOW_PROGRESS_NANOS / 8 && passed / (i + 1) * count > SHOW_PROGRESS_NANOS) {
                    shown = true;
                    bar = Progress.of(task, count);
                }
                bar.to(i + 1);
            }
        } finally {
            bar.close();
        }
    }

    private List<Latency> latencies(Model first, Model second, Map<String, OnnxValue> sample) {
        if (seconds == 0) {
            return List.of();
        }
        List<Latency> latencies = new ArrayList<>();
        try (Progress bar = Progress.of("latency", STEPS * threads.size())) {
            for (int count : threads) {
                SessionOptions options = options().withThreads(count);
                try (Session a = Session.open(first, options);
                        Session b = Session.open(second, options)) {
                    long step = STEPS * latencies.size();
                    List<Runnable> both = List.of(() -> a.run(sample, null), () -> b.run(sample, null));
                    for (Runnable run : both) {
                        new WarmUp(WARM_UP_LIMIT_SECONDS).run(run, passed -> {});
                        bar.to(++step);
                    }
                    List<Turns.Times> times = Turns.times(both, TURN_WARM_UP_SECONDS, seconds);
                    latencies.add(new Latency(count, spread(times.get(0)), spread(times.get(1))));
                    bar.to(++step);
                }
            }
        }
        return latencies;
    }

    private SessionOptions options() {
        return raw ? SessionOptions.DEFAULT.raw() : SessionOptions.DEFAULT;
    }

    private static Spread spread(Turns.Times times) {
        return new Spread(times.micros(LOW), times.micros(MEDIAN), times.micros(HIGH));
    }

    private void write(ComparisonReport report) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (json != null) {
            JsonMapper mapper = JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();
            String text = mapper.writeValueAsString(ComparisonJson.of(report));
            if (json.equals(OutputFile.STANDARD_OUTPUT)) {
                out.println(text);
            } else {
                OutputFile.write("--json", Path.of(json), file -> Files.writeString(file, text + "\n"));
            }
        }
        if (html != null) {
            OutputFile.write("--html", html, file -> Files.writeString(file, ComparisonPage.of(report)));
        }
        if (!OutputFile.STANDARD_OUTPUT.equals(json)) {
            new ComparisonTable(report, TerminalWidth.columns()).lines().forEach(out::println);
        }
        out.flush();
    }
}
