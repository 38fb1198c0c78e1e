package org.lanewise.runtime.op;

import java.util.List;
import org.lanewise.runtime.graph.Graph;

/**
 * An operator with graphs as attributes ({@code If}, {@code Loop}, {@code Scan}). It runs them through {@link OpContext#runSubgraph}, and infers every one
 * that may run through {@link ShapeContext#inferSubgraph}: the last inference of a subgraph must hold for all its runs, and one that was not inferred has no
 * plan and must not be run.
 */
public interface HasSubgraphs {
    /** The subgraphs, in the order in which {@link OpContext#runSubgraph} and {@link ShapeContext#inferSubgraph} number them. */
    List<Graph> subgraphs();
}
