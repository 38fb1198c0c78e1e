package org.lanewise.runtime.session;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.trace.StepInfo;

/**
 * One operator of a plan with its wiring. Slots index the values of a {@link RunContext}; -1 stands for an absent input or output.
 *
 * @param info which step
 * @param operator what to run
 * @param inputs slots of the inputs
 * @param outputs slots of the outputs
 * @param packed the operator's packed weights, or {@code null}
 * @param bodies plans of its subgraphs, in the operator's order; {@code null} for one that never runs
 */
record Step(
        StepInfo info,
        Operator operator,
        int[] inputs,
        int[] outputs,
        @Nullable Object packed,
        List<@Nullable SubgraphPlan> bodies) {}
