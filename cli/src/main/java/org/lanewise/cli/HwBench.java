package org.lanewise.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.measure.Hardware;
import org.lanewise.cli.measure.Turns;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.gemm.GemmTrial;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code lanewise hwbench}: what the hardware does, and whether the best kernel is picked for a shape. */
@Command(
        name = "hwbench",
        description = {
            "Measures the machine, the kernels for a matrix product, or what zeros gain.",
            "",
            "Without a shape: vector width, peak and memory bandwidth of one core. With one: the speed of each fp32"
                    + " kernel that can multiply (M, K) by constant (K, N) weights, and of what is picked for it.",
            "",
            "With --sparse: constant weights with 30 to 95 %% zeros against dense ones, for a 1x1 and a 3x3"
                + " convolution, products of several sizes and one of one row, or for the shape given: from which"
                + " share on zeros pay, what they gain, and whether the cost model by which a session chooses is right"
                + " about it here."
        })
final class HwBench implements Callable<Integer> {
    private static final double ALLOWED_LOSS = 0.05;
    private static final double PROBE_SECONDS = 1;
    private static final double WARM_UP_SECONDS = 0.2;

    /** A choice counts as slow when it is so every time: other work on the machine does not hit the same kernel again and again. */
    private static final int TRIES = 3;

    private static final String PICKED = "picked";

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(arity = "0..1", paramLabel = "M,N,K", description = "The shape, such as 128,768,768.")
    private @Nullable String shape;

    @Option(
            names = "--assert",
            description =
                    "Exit with code 1 if what is picked is more than 5 %% slower than the best kernel; with --sparse,"
                            + " than the faster of dense and sparse.")
    private boolean asserts;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "With a shape or --sparse: how long to measure; default 2, of each kind of layer.")
    private double seconds = 2;

    @Option(names = "--sparse", description = "What zeros among constant weights gain.")
    private boolean sparse;

    @Option(names = "--html", paramLabel = "FILE", description = "With --sparse: write a page with a chart, too.")
    private @Nullable Path html;

    @Mixin
    private JsonMixin json;

    /** A kernel's nanoseconds for the product. */
    private record Speed(String kernel, double nanos) {}

    private static final int LARGEST_MATRIX = 1 << 28;

    @Override
    public Integer call() {
        if (!(seconds > 0)) {
            throw new ParameterException(spec.commandLine(), "--seconds must be above 0, got " + seconds);
        }
        Needs.check(spec, sparse, "--sparse", "--html");
        Needs.check(spec, sparse || shape != null, "a shape M,N,K or --sparse", List.of("--assert", "--seconds"));
        if (sparse) {
            double loss = new SparseBench(spec, seconds, asserts ? TRIES : 1, json, html)
                    .run(shape == null ? null : dims(shape));
            return asserts && loss > ALLOWED_LOSS ? 1 : 0;
        }
        if (shape != null) {
            return product(shape);
        }
        machine();
        return 0;
    }

    private void machine() {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("vector_bits", Simd.BITS);
        machine.put("fp32_lanes", Simd.LANES);
        machine.put("fma", Simd.FMA);
        machine.put("processors", Runtime.getRuntime().availableProcessors());
        try (Progress progress = Progress.of("measuring", 2)) {
            machine.put("peak_gflops", rounded(Hardware.peakGigaflops(PROBE_SECONDS)));
            progress.to(1);
            machine.put("read_gb_per_s", rounded(Hardware.readGigabytes(PROBE_SECONDS)));
            progress.to(2);
        }
        machine.put("caches", Hardware.caches());
        if (json.isOn()) {
            json.print(spec, machine);
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        machine.forEach((key, value) -> out.printf(
                "%-14s %s%n",
                key, value instanceof List<?> list ? list.isEmpty() ? "unknown" : join(list) : value.toString()));
        out.flush();
    }

    private static String join(List<?> list) {
        return String.join(", ", list.stream().map(Object::toString).toList());
    }

    private int product(String text) {
        int[] dims = dims(text);
        GemmTrial trial = new GemmTrial(dims[0], dims[1], dims[2]);
        double peak = Hardware.peakGigaflops(PROBE_SECONDS);
        List<Speed> speeds = measure(trial, WARM_UP_SECONDS, "measuring");
        for (int i = 1; asserts && i < TRIES && loss(speeds) > ALLOWED_LOSS; i++) {
            speeds = measure(trial, 0, "again");
        }
        double loss = loss(speeds);
        double work = 2.0 * dims[0] * dims[1] * dims[2];
        if (json.isOn()) {
            json.print(spec, object(trial, speeds, work, peak, loss));
        } else {
            print(trial, speeds, work, peak, loss);
        }
        return asserts && loss > ALLOWED_LOSS ? 1 : 0;
    }

    private int[] dims(String text) {
        if (!text.matches("[1-9]\\d{0,5},[1-9]\\d{0,5},[1-9]\\d{0,5}")) {
            throw new ParameterException(
                    spec.commandLine(), "'" + text + "': expected M,N,K from 1 to 999999 each, such as 128,768,768");
        }
        int[] dims =
                Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
        for (int i = 0; i < dims.length; i++) {
            if ((long) dims[i] * dims[(i + 1) % dims.length] > LARGEST_MATRIX) {
                throw new ParameterException(
                        spec.commandLine(),
                        "'" + text + "': a matrix has more than " + LARGEST_MATRIX + " elements, 2^28");
            }
        }
        return dims;
    }

    /** What is picked first, then the kernels. */
    private List<Speed> measure(GemmTrial trial, double warmUp, String task) {
        List<String> names = new ArrayList<>(List.of(PICKED));
        List<Runnable> ways = new ArrayList<>(List.of(trial::runPicked));
        for (int i = 0; i < trial.kernels().size(); i++) {
            int kernel = i;
            names.add(trial.kernels().get(i));
            ways.add(() -> trial.run(kernel));
        }
        double[] nanos;
        try (Progress progress = Progress.ofSeconds(task, ways.size() * warmUp + seconds)) {
            nanos = Turns.measure(ways, warmUp, seconds, passed -> progress.to(TimeUnit.NANOSECONDS.toMillis(passed)));
            progress.end();
        }
        List<Speed> speeds = new ArrayList<>();
        for (int i = 0; i < nanos.length; i++) {
            speeds.add(new Speed(names.get(i), nanos[i]));
        }
        return speeds;
    }

    /** The part of the speed that is lost against the best kernel; not negative. */
    private static double loss(List<Speed> speeds) {
        double best = speeds.stream().mapToDouble(Speed::nanos).min().orElseThrow();
        return speeds.getFirst().nanos / best - 1;
    }

    private void print(GemmTrial trial, List<Speed> speeds, double work, double peak, double loss) {
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "%s, %d-bit vectors, peak %.1f GFLOP/s, picked: %s%n",
                shape,
                Simd.BITS,
                peak,
                trial.picked());
        out.printf("%-24s %12s %10s %7s%n", "kernel", "us", "GFLOP/s", "peak");
        speeds.stream().sorted(Comparator.comparingDouble(Speed::nanos)).forEach(speed -> {
            double rate = work / speed.nanos;
            out.printf(
                    Locale.ROOT,
                    "%-24s %12.1f %10.1f %5.0f %%%n",
                    speed.kernel,
                    speed.nanos / 1e3,
                    rate,
                    100 * rate / peak);
        });
        out.printf(Locale.ROOT, "what is picked takes %.1f %% longer than the best%n", 100 * loss);
        out.flush();
    }

    private static Map<String, Object> object(
            GemmTrial trial, List<Speed> speeds, double work, double peak, double loss) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("peak_gflops", rounded(peak));
        object.put(PICKED, trial.picked());
        object.put("loss", rounded(loss));
        Map<String, Object> rates = new LinkedHashMap<>();
        speeds.forEach(speed -> rates.put(speed.kernel, rounded(work / speed.nanos)));
        object.put("gflops", rates);
        return object;
    }

    private static double rounded(double value) {
        return Math.rint(value * 1000) / 1000;
    }
}
