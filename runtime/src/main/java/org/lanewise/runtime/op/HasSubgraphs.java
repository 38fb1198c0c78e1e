package org.lanewise.runtime.op;

import java.util.List;
import org.lanewise.runtime.graph.Graph;

/** An operator with graphs as attributes ({@code If}, {@code Loop}, {@code Scan}); it runs them through {@link OpContext#runSubgraph}. */
public interface HasSubgraphs {
    /** The subgraphs, in the order in which {@link OpContext#runSubgraph} and {@link ShapeContext#inferSubgraph} number them. */
    List<Graph> subgraphs();
}
