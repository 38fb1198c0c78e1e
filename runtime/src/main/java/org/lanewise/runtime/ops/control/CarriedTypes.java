package org.lanewise.runtime.ops.control;

import java.util.List;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.ValueType;

/** Types of values that a loop carries from one iteration to the next. */
final class CarriedTypes {
    private CarriedTypes() {}

    /**
     * Infers subgraph 0 until its carried values have types that hold in every iteration: what an iteration changes is not known. Each round forgets
     * something, so the rounds end.
     *
     * @param types types of the subgraph's inputs; the carried ones are widened in place
     * @param firstInput the first carried input
     * @param firstOutput the first carried output
     * @param count number of carried values
     * @return types of all outputs
     */
    static List<ValueType> infer(
            ShapeContext context, List<ValueType> types, int firstInput, int firstOutput, int count) {
        while (true) {
            List<ValueType> outputs = context.inferSubgraph(0, List.copyOf(types));
            boolean stable = true;
            for (int i = 0; i < count; i++) {
                ValueType before = types.get(firstInput + i);
                ValueType after = CommonType.of(before, outputs.get(firstOutput + i));
                stable &= after.equals(before);
                types.set(firstInput + i, after);
            }
            if (stable) {
                return outputs;
            }
        }
    }
}
