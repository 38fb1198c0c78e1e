package org.lanewise.runtime.trace;

import java.util.Set;
import org.lanewise.runtime.graph.Node;

/**
 * What a step, or several together, took.
 *
 * @param node the node, or one of them
 * @param depth 0 in the main graph, 1 in its subgraphs, and so on
 * @param calls how often it ran
 * @param nanos time in all calls, that of steps in its subgraphs left out
 * @param flops operations in all calls, two for a multiplication with addition; 0 where they are not counted
 * @param kernels what the operator said did the work
 */
public record StepProfile(Node node, int depth, long calls, long nanos, long flops, Set<String> kernels) {
    /** Copies the set. */
    public StepProfile {
        kernels = Set.copyOf(kernels);
    }

    /** Billions of operations a second; 0 where operations are not counted. */
    public double gigaflops() {
        return nanos == 0 ? 0 : (double) flops / nanos;
    }
}
