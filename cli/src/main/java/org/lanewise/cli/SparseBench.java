package org.lanewise.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.lanewise.cli.measure.Turns;
import org.lanewise.cli.measure.ZeroTrial;
import org.lanewise.cli.measure.ZeroTrial.Way;
import org.lanewise.cli.output.SparseCurve;
import org.lanewise.cli.output.SparseJson;
import org.lanewise.cli.output.SparsePage;
import org.lanewise.cli.output.SparseTable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What zeros gain on this machine: {@code hwbench --sparse}.
 *
 * @param seconds to measure a layer
 * @param tries how often a layer is measured at most while a choice of the cost model looks wrong
 * @param html where a page is to be written, or null
 */
record SparseBench(
        CommandSpec spec,
        double seconds,
        int tries,
        JsonMixin json,
        @Nullable Path html) {
    private static final double WARM_UP_SECONDS = 0.2;

    /** Long enough that weights are in the caches again after the other ways' turns. */
    private static final double TURN_SECONDS = 5e-3;

    /** Measures the layers, or a product (M, K) times (K, N); returns the largest part of the time that a choice of the cost model loses. */
    double run(int @Nullable [] shape) {
        if (html != null) {
            OutputFile.check("--html", html);
        }
        List<Supplier<ZeroTrial>> trials = shape == null
                ? List.of(
                        () -> ZeroTrial.product("1x1 convolution", 56 * 56, 256, 256),
                        () -> ZeroTrial.convolution("3x3 convolution", 128, 28),
                        () -> ZeroTrial.product("product", 128, 3072, 768),
                        () -> ZeroTrial.product("wide product", 128, 1024, 256),
                        () -> ZeroTrial.product("small product", 32, 100, 64),
                        () -> ZeroTrial.product("narrow product", 128, 10, 256),
                        () -> ZeroTrial.product("one row", 1, 768, 3072))
                : List.of(() -> ZeroTrial.product(shape[0] == 1 ? "one row" : "product", shape[0], shape[1], shape[2]));
        List<SparseCurve> curves = new ArrayList<>();
        try (Progress progress = Progress.of("measuring", trials.size())) {
            for (Supplier<ZeroTrial> trial : trials) {
                SparseCurve curve = leastLoss(trial.get());
                curves.add(curve);
                if (!json.isOn()) {
                    progress.clearLine();
                    SparseTable.print(curve, spec.commandLine().getOut());
                    spec.commandLine().getOut().flush();
                }
                progress.to(curves.size());
            }
        }
        if (json.isOn()) {
            json.print(spec, SparseJson.of(curves));
        } else {
            SparseTable.summary(curves, spec.commandLine().getOut());
            spec.commandLine().getOut().flush();
        }
        if (html != null) {
            OutputFile.write("--html", html, file -> Files.writeString(file, SparsePage.of(curves)));
        }
        return curves.stream().mapToDouble(SparseCurve::loss).max().orElse(0);
    }

    private SparseCurve leastLoss(ZeroTrial trial) {
        SparseCurve best = measure(trial);
        for (int i = 1; i < tries && best.loss() > SparseTable.NOTICED_LOSS; i++) {
            SparseCurve again = measure(trial);
            best = again.loss() < best.loss() ? again : best;
        }
        return best;
    }

    private SparseCurve measure(ZeroTrial trial) {
        List<Runnable> ways = new ArrayList<>(List.of(trial.dense().run()));
        trial.sparse().forEach(way -> ways.add(way.run()));
        double[] nanos = Turns.measure(ways, Math.min(WARM_UP_SECONDS, seconds / 4), seconds, TURN_SECONDS);
        List<SparseCurve.Point> points = new ArrayList<>();
        for (int i = 0; i < trial.sparse().size(); i++) {
            Way way = trial.sparse().get(i);
            points.add(new SparseCurve.Point(way.pattern(), way.kernel(), nanos[i + 1], way.predictedNanos()));
        }
        return new SparseCurve(
                trial.name(),
                trial.shape(),
                trial.dense().kernel(),
                nanos[0],
                trial.dense().predictedNanos(),
                points);
    }
}
