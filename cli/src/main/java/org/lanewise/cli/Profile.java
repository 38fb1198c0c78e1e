package org.lanewise.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.measure.Allocation;
import org.lanewise.cli.measure.WarmUp;
import org.lanewise.runtime.optimize.SparseFinding;
import org.lanewise.runtime.optimize.SparseWeights;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.trace.Profiler;
import org.lanewise.runtime.trace.StepProfile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code lanewise profile}: where the time of a run goes. */
@Command(
        name = "profile",
        description = {
            "Shows where the time of a run goes.",
            "",
            "A row for each step, in the order they run, and for each operator type: calls and milliseconds of one"
                + " run, share of the run's time, speed of what is made of products (two operations for a"
                + " multiplication with addition), and the kernel chosen. The row 'allocation' has the time of garbage"
                + " collections (which is part of the others) and the bytes a run allocates; 'rest' is what no step"
                + " took. Inputs that are not given are random.",
            "",
            "Where weights that are zero may be left out, a table has each such layer: its zeros, the form that ran,"
                    + " and how many times as fast as dense it was expected to be and is, measured in a second session,"
                    + " for as long again."
        })
final class Profile implements Callable<Integer> {
    private static final double WARM_UP_LIMIT_SECONDS = 10;

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

    @Option(names = "--seconds", paramLabel = "S", description = "How long to profile; default 2.")
    private double seconds = 2;

    @Option(names = "--top", paramLabel = "K", description = "Show the K slowest steps only, the slowest first.")
    private @Nullable Integer top;

    @Override
    public Integer call() throws IOException {
        if (!(seconds > 0) || top != null && top < 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--seconds must be above 0 and --top not negative");
        }
        try (Session session = Session.open(ModelReference.of(model).readToRun(), options.options())) {
            Map<String, OnnxValue> values = inputs.readOrRandom(session);
            session.run(values, null); // what does not fit is to be said before the wait
            warmUp(session, values);
            long bytes = Allocation.bytesPerRun(() -> session.run(values, null));
            long collecting = collectionMillis();
            Profiler profiler = profile(session, values);
            long collected = TimeUnit.MILLISECONDS.toNanos(collectionMillis() - collecting);
            SparseGains gains = profiler.steps().stream().anyMatch(step -> SparseWeights.marks(step.node()))
                    ? gains(profiler, values)
                    : null;
            if (json.isOn()) {
                json.print(spec, object(profiler, collected, bytes, gains));
            } else {
                print(profiler, collected, bytes, session.threads(), gains);
            }
        }
        return 0;
    }

    /** Watched as what is measured is, so that the compiler knows the listener too. */
    private static void warmUp(Session session, Map<String, OnnxValue> values) {
        Profiler ignored = new Profiler(session.graph());
        try (Progress progress = Progress.ofSeconds("warm-up", WARM_UP_LIMIT_SECONDS)) {
            new WarmUp(WARM_UP_LIMIT_SECONDS)
                    .run(
                            () -> session.run(values, ignored),
                            nanos -> progress.to(TimeUnit.NANOSECONDS.toMillis(nanos)));
            progress.end();
        }
    }

    private Profiler profile(Session session, Map<String, OnnxValue> values) {
        Profiler profiler = new Profiler(session.graph());
        long length = (long) (seconds * TimeUnit.SECONDS.toNanos(1));
        try (Progress progress = Progress.ofSeconds("profile", seconds)) {
            long start = System.nanoTime();
            long passed;
            do {
                session.run(values, profiler);
                passed = System.nanoTime() - start;
                progress.to(TimeUnit.NANOSECONDS.toMillis(passed));
            } while (passed < length);
        }
        return profiler;
    }

    /** Profiles the model with all weights multiplied. */
    private SparseGains gains(Profiler sparse, Map<String, OnnxValue> values) {
        List<SparseFinding> findings =
                SparseSurvey.of(ModelReference.of(model).readToRun().graph(), values);
        try (Session dense = Session.open(
                ModelReference.of(model).readToRun(), options.options().withSparseWeights(false))) {
            warmUp(dense, values);
            return new SparseGains(sparse, profile(dense, values), findings);
        }
    }

    private static long collectionMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    private List<StepProfile> shownSteps(Profiler profiler) {
        return top == null
                ? profiler.steps()
                : profiler.steps().stream()
                        .sorted(Comparator.comparingLong(StepProfile::nanos).reversed())
                        .limit(top)
                        .toList();
    }

    private void print(Profiler profiler, long collected, long bytes, int threads, @Nullable SparseGains gains) {
        PrintWriter out = spec.commandLine().getOut();
        ProfileTable table = new ProfileTable(profiler.runs(), profiler.runNanos());
        out.println(ProfileTable.heading("step"));
        table.rows(shownSteps(profiler)).forEach(out::println);
        out.println();
        if (gains != null) {
            gains.print(out);
        }
        out.println(ProfileTable.heading("operator"));
        for (StepProfile operator : profiler.operators()) {
            String domain = operator.node().domain();
            out.println(table.row(operator.node().opType() + (domain.isEmpty() ? "" : " (" + domain + ")"), operator));
        }
        out.println(table.row("allocation", "-", collected, "-", bytes + " bytes"));
        out.println(table.row("rest", "-", profiler.restNanos(), "-", ""));
        long flops = profiler.steps().stream().mapToLong(StepProfile::flops).sum();
        String rate =
                flops == 0 ? "-" : String.format(java.util.Locale.ROOT, "%.1f", (double) flops / profiler.runNanos());
        out.println(table.row("run", "1", profiler.runNanos(), rate, ""));
        out.println("mean of " + profiler.runs() + " runs, threads " + threads);
        out.flush();
    }

    private Map<String, Object> object(Profiler profiler, long collected, long bytes, @Nullable SparseGains gains) {
        double perRun = 1e6 * profiler.runs();
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("runs", profiler.runs());
        object.put("ms", profiler.runNanos() / perRun);
        object.put("rest_ms", profiler.restNanos() / perRun);
        object.put("collection_ms", collected / perRun);
        object.put("bytes_per_run", bytes);
        object.put("steps", objects(shownSteps(profiler), profiler, true));
        object.put("operators", objects(profiler.operators(), profiler, false));
        if (gains != null) {
            object.put("sparse", gains.objects());
        }
        return object;
    }

    private static List<Map<String, Object>> objects(List<StepProfile> profiles, Profiler profiler, boolean named) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (StepProfile profile : profiles) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("operator", profile.node().opType());
            object.put("domain", profile.node().domain());
            if (named) {
                object.put("name", profile.node().name());
                object.put("depth", profile.depth());
            }
            object.put("calls", (double) profile.calls() / profiler.runs());
            object.put("ms", profile.nanos() / 1e6 / profiler.runs());
            object.put("share", (double) profile.nanos() / profiler.runNanos());
            object.put("gflops", profile.gigaflops());
            object.put("kernels", profile.kernels().stream().sorted().toList());
            list.add(object);
        }
        return list;
    }
}
