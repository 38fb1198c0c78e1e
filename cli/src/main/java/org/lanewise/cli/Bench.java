package org.lanewise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.measure.Allocation;
import org.lanewise.cli.measure.Memory;
import org.lanewise.cli.measure.Samples;
import org.lanewise.cli.measure.WarmUp;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.OnnxValue;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanewise bench}: how long a run takes. */
@Command(
        name = "bench",
        description = {
            "Measures how long a run takes.",
            "",
            "Runs until the time no longer improves, or for --warm-up, then for --seconds. Inputs that are not given"
                    + " are random. The bytes of a run are those all threads allocate, outputs included; then come the"
                    + " bytes of working memory a run keeps, of the heap in use after a collection, and (on Linux) the"
                    + " peak of the process's resident memory."
        })
final class Bench implements Callable<Integer> {
    private static final double MEDIAN = 0.5;
    private static final double P95 = 0.95;
    private static final double P99 = 0.99;
    private static final double WARM_UP_LIMIT_SECONDS = 20;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "A model file, or zoo:NAME.")
    private String model;

    @Mixin
    private InputMixin inputs;

    @Mixin
    private SessionMixin options;

    @Mixin
    private JsonMixin json;

    @Option(names = "--seconds", paramLabel = "S", description = "How long to measure; default 3.")
    private double seconds = 3;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "How long to warm up, 0 for one run; default: until the time no longer improves.")
    private @Nullable Double warmUpSeconds;

    @Override
    public Integer call() throws IOException {
        if (warmUpSeconds != null && !(warmUpSeconds >= 0)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--warm-up must not be negative, got " + warmUpSeconds);
        }
        if (!(seconds > 0)) {
            throw new CommandLine.ParameterException(spec.commandLine(), "--seconds must be above 0, got " + seconds);
        }
        try (Session session = Session.open(ModelReference.of(model).readToRun(), options.options())) {
            Map<String, OnnxValue> values = inputs.readOrRandom(session);
            Runnable run = () -> session.run(values, null);
            run.run(); // what does not fit is to be said before the wait
            if (warmUpSeconds == null) {
                warmUp(run);
            } else {
                session.warmUp(values, Duration.ofNanos((long) (warmUpSeconds * TimeUnit.SECONDS.toNanos(1))));
            }
            Samples samples = measure(run);
            print(samples, Allocation.bytesPerRun(run), session);
        }
        return 0;
    }

    private void warmUp(Runnable run) {
        try (Progress progress = Progress.ofSeconds("warm-up", WARM_UP_LIMIT_SECONDS)) {
            new WarmUp(WARM_UP_LIMIT_SECONDS).run(run, nanos -> progress.to(TimeUnit.NANOSECONDS.toMillis(nanos)));
            progress.end();
        }
    }

    private Samples measure(Runnable run) {
        Samples samples = new Samples();
        try (Progress progress = Progress.ofSeconds("measure", seconds)) {
            long start = System.nanoTime();
            long length = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
            long passed;
            do {
                samples.time(run);
                passed = System.nanoTime() - start;
                progress.to(TimeUnit.NANOSECONDS.toMillis(passed));
            } while (passed < length);
        }
        return samples;
    }

    private void print(Samples samples, long bytes, Session session) {
        double totalSeconds = java.util.Arrays.stream(samples.toArray()).sum() / 1e9;
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("min_us", rounded(samples.micros(0)));
        result.put("median_us", rounded(samples.micros(MEDIAN)));
        result.put("p95_us", rounded(samples.micros(P95)));
        result.put("p99_us", rounded(samples.micros(P99)));
        result.put("runs_per_s", rounded(samples.count() / totalSeconds));
        result.put("bytes_per_run", bytes);
        result.put("threads", session.threads());
        result.put("slab_bytes", session.bytesPerRun());
        result.put("heap_bytes", Memory.heapBytes());
        long peak = Memory.peakBytes();
        if (peak >= 0) {
            result.put("peak_bytes", peak);
        }
        if (json.isOn()) {
            json.print(spec, result);
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%s, %d runs%n", model, samples.count());
        result.forEach((key, value) -> out.println(line(key, value)));
        out.flush();
    }

    private static String line(String key, Object value) {
        return value instanceof Double number
                ? String.format(Locale.ROOT, "%-14s %12.1f", key, number)
                : String.format(Locale.ROOT, "%-14s %12s", key, value);
    }

    private static double rounded(double value) {
        return Math.rint(value * 1000) / 1000;
    }
}
