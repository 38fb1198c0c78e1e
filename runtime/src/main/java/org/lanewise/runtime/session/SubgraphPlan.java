package org.lanewise.runtime.session;

import java.util.List;
import java.util.Objects;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.tensor.ValueType;

/**
 * A subgraph of a node, ready to run.
 *
 * @param plan its operators and wiring
 * @param shapes what is known of its values in every run: constants, and the places of those whose shape does not change from one iteration to the next
 * @param outputTypes types of its outputs
 */
record SubgraphPlan(ExecutionPlan plan, ShapePlan shapes, List<ValueType> outputTypes) {
    /**
     * Plans a subgraph.
     *
     * @param inference types that hold in every run of it
     */
    static SubgraphPlan build(Graph body, Inference inference, int depth) {
        ExecutionPlan plan = ExecutionPlan.build(body, inference, depth);
        List<ValueType> outputs = body.outputs().stream()
                .map(output -> Objects.requireNonNull(inference.type(output.name())))
                .toList();
        return new SubgraphPlan(plan, ShapePlan.of(plan, List.of(), inference), outputs);
    }
}
