package org.lanewise.runtime.session;

import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ChoosesByValues;

/** The part of a warm-up that runs kernels whose choice is up to the values of requests. Kernels are code, shared by all weights: those of the first operator that has a choice are all. */
final class KernelWarmUp {
    private final Runnable each;
    private int left;
    private long spent;

    private KernelWarmUp(ChoosesByValues.Kernels kernels) {
        this.each = kernels.each();
        this.left = kernels.runs();
    }

    /** That of a plan; {@code null} if none of its operators chooses by values. */
    static @Nullable KernelWarmUp of(ExecutionPlan plan) {
        for (Step step : plan.steps()) {
            ChoosesByValues.Kernels kernels =
                    step.packed() instanceof ChoosesByValues weights ? weights.kernels() : null;
            if (kernels != null) {
                return new KernelWarmUp(kernels);
            }
            for (SubgraphPlan body : step.bodies()) {
                KernelWarmUp inside = body == null ? null : of(body.plan());
                if (inside != null) {
                    return inside;
                }
            }
        }
        return null;
    }

    /** Runs as much as is left to do, for up to a third of the time from {@code start} on, and not beyond {@code length}. */
    void run(long start, long length) {
        long now = System.nanoTime();
        while (left > 0 && now - start < length && 3 * spent < now - start) {
            each.run();
            left--;
            long end = System.nanoTime();
            spent += end - now;
            now = end;
        }
    }

    /** Runs that are left. */
    int left() {
        return left;
    }
}
