package org.lanewise.runtime.optimize;

import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.session.Inference;

/** One rewriting of a graph that keeps its meaning. Stateless; one a file. */
public interface Pass {
    /** Name in reports, such as {@code conv-batch-norm}. */
    String name();

    /**
     * Edits the graph.
     *
     * @param editor the graph, and where edits are made
     * @param types what is known of the values of the graph as it was before this pass
     */
    void apply(GraphEditor editor, Inference types);
}
