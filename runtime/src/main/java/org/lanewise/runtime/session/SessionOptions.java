package org.lanewise.runtime.session;

import org.lanewise.runtime.optimize.Pipeline;
import org.lanewise.runtime.optimize.SparseLayout;
import org.lanewise.runtime.optimize.SparseWeights;
import org.lanewise.runtime.optimize.Winograd;
import org.lanewise.runtime.schedule.WorkerPool;

/**
 * How a session is built.
 *
 * @param threads threads of a pool of its own; 0 for the pool that all sessions share
 * @param optimize whether the graph passes run; the raw graph gives the same answers, slower
 * @param maxPasses the pipeline stops after this many passes: to bisect a wrong result
 * @param winograd whether 3x3 convolutions may use Winograd's transforms, which are faster and round a little more
 * @param quantizedFusion whether quantized models are computed on bytes, whose results may differ by one step of a quantizer from evaluation in fp32 between quantizations
 * @param sparseWeights whether weights that are zero may be left out where that is faster; a zero then contributes nothing even times an infinity or NaN
 */
public record SessionOptions(
        int threads,
        boolean optimize,
        int maxPasses,
        boolean winograd,
        boolean quantizedFusion,
        boolean sparseWeights) {
    /** Shared pool, optimized. */
    public static final SessionOptions DEFAULT = new SessionOptions(0, true, Integer.MAX_VALUE, true, true, true);

    /** Refuses negative numbers. */
    public SessionOptions {
        if (threads < 0 || maxPasses < 0) {
            throw new IllegalArgumentException(
                    "threads and maxPasses must not be negative, got " + threads + " and " + maxPasses);
        }
    }

    /** With a pool of its own of this many threads, the caller being one of them. */
    public SessionOptions withThreads(int count) {
        return new SessionOptions(count, optimize, maxPasses, winograd, quantizedFusion, sparseWeights);
    }

    /** The graph as it is in the file. */
    public SessionOptions raw() {
        return new SessionOptions(threads, false, maxPasses, winograd, quantizedFusion, sparseWeights);
    }

    /** With the pipeline cut after {@code count} passes. */
    public SessionOptions withMaxPasses(int count) {
        return new SessionOptions(threads, optimize, count, winograd, quantizedFusion, sparseWeights);
    }

    /** With Winograd's transforms allowed or not; they are by default. */
    public SessionOptions withWinograd(boolean allowed) {
        return new SessionOptions(threads, optimize, maxPasses, allowed, quantizedFusion, sparseWeights);
    }

    /** With quantized models computed on bytes or, operator by operator, as they are written; on bytes by default. */
    public SessionOptions withQuantizedFusion(boolean allowed) {
        return new SessionOptions(threads, optimize, maxPasses, winograd, allowed, sparseWeights);
    }

    /** With weights that are zero left out where that is faster, or all weights multiplied; left out by default. */
    public SessionOptions withSparseWeights(boolean allowed) {
        return new SessionOptions(threads, optimize, maxPasses, winograd, quantizedFusion, allowed);
    }

    /** The passes a session runs, before {@link #maxPasses} cuts them off. */
    public Pipeline pipeline() {
        Pipeline pipeline =
                quantizedFusion ? Pipeline.standard() : Pipeline.standard().withoutQuantizedFusion();
        pipeline = winograd ? pipeline : pipeline.without(Winograd.NAME);
        return sparseWeights ? pipeline : pipeline.without(SparseLayout.NAME).without(SparseWeights.NAME);
    }

    WorkerPool pool() {
        return threads == 0 ? WorkerPool.shared() : new WorkerPool(threads);
    }
}
