package org.lanewise.runtime.trace;

import org.lanewise.runtime.graph.Node;

/**
 * Identifies a step of a plan.
 *
 * @param index position in its plan
 * @param depth 0 in the main graph, 1 in its subgraphs, and so on
 * @param node the node that the step runs
 */
public record StepInfo(int index, int depth, Node node) {}
