package org.lanewise.runtime.trace;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.OnnxValue;

/**
 * Sums up where runs spend their time. Serves the runs of one thread, one after the other.
 *
 * <p>The time of a step with subgraphs does not hold that of the steps in them, so the times of all steps and the
 * {@linkplain #restNanos() rest} sum to that of the runs.
 */
public final class Profiler implements RunListener {
    private static final int MAX_DEPTH = 256;

    private final Flops flops;
    private final Map<Node, Sum> sums = new IdentityHashMap<>();
    private final List<Sum> order = new ArrayList<>();
    /** Time of the steps at each depth since the step around them started. */
    private final long[] inner = new long[MAX_DEPTH + 1];

    private long runs;
    private long runNanos;
    private long stepNanos;
    private long runStart;

    private static final class Sum {
        private final StepInfo step;
        private final Set<String> kernels = new TreeSet<>();
        private long calls;
        private long nanos;
        private long flops;

        Sum(StepInfo step) {
            this.step = step;
        }

        StepProfile profile() {
            return new StepProfile(step.node(), step.depth(), calls, nanos, flops, kernels);
        }
    }

    /** For runs of {@code graph}, as {@link org.lanewise.runtime.session.Session#graph()} gives it. */
    public Profiler(Graph graph) {
        this.flops = new Flops(graph);
    }

    @Override
    public void runStarted() {
        java.util.Arrays.fill(inner, 0);
        runStart = System.nanoTime();
    }

    @Override
    public void stepFinished(
            StepInfo step,
            @Nullable String kernel,
            long startNanos,
            long endNanos,
            List<@Nullable OnnxValue> inputs,
            List<@Nullable OnnxValue> outputs) {
        Sum sum = sums.computeIfAbsent(step.node(), node -> {
            Sum made = new Sum(step);
            order.add(made);
            return made;
        });
        int depth = Math.min(step.depth(), MAX_DEPTH - 1);
        long nanos = endNanos - startNanos;
        long own = nanos - inner[depth + 1];
        inner[depth + 1] = 0;
        inner[depth] += nanos;
        sum.calls++;
        sum.nanos += own;
        stepNanos += own;
        sum.flops += flops.count(step.node(), inputs, outputs);
        if (kernel != null) {
            sum.kernels.add(kernel);
        }
    }

    @Override
    public void runFinished() {
        runNanos += System.nanoTime() - runStart;
        runs++;
    }

    /** Runs so far. */
    public long runs() {
        return runs;
    }

    /** Time of all runs. */
    public long runNanos() {
        return runNanos;
    }

    /** Time of the runs that no step took: handing over inputs and outputs, going from step to step, and watching. */
    public long restNanos() {
        return runNanos - stepNanos;
    }

    /** The steps, in the order in which they first finished. */
    public List<StepProfile> steps() {
        return order.stream().map(Sum::profile).toList();
    }

    /** The steps summed by operator, the one that takes longest first. */
    public List<StepProfile> operators() {
        Map<String, StepProfile> byOperator = new LinkedHashMap<>();
        for (StepProfile step : steps()) {
            byOperator.merge(step.node().domain() + "." + step.node().opType(), step, Profiler::sum);
        }
        return byOperator.values().stream()
                .sorted((a, b) -> Long.compare(b.nanos(), a.nanos()))
                .toList();
    }

    private static StepProfile sum(StepProfile a, StepProfile b) {
        Set<String> kernels = new TreeSet<>(a.kernels());
        kernels.addAll(b.kernels());
        return new StepProfile(
                a.node(),
                Math.min(a.depth(), b.depth()),
                a.calls() + b.calls(),
                a.nanos() + b.nanos(),
                a.flops() + b.flops(),
                kernels);
    }
}
