package org.lanewise.runtime.session;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.op.UpdatesInput;
import org.lanewise.runtime.tensor.Tensor;

/** Which memory the tensors of a {@link RunBinding} may share: inputs each other's, an output that of an input which the step that makes it {@linkplain UpdatesInput continues} and nobody else reads, no output another's. */
final class SharedMemory {
    private final ExecutionPlan plan;
    private final List<Step> steps;

    SharedMemory(ExecutionPlan plan, ShapePlan shapePlan) {
        this.plan = plan;
        this.steps = shapePlan.steps();
    }

    /** Refuses outputs that would overwrite what is still to be read. */
    void check(Tensor[] inputs, @Nullable Tensor[] places) {
        for (int i = 0; i < places.length; i++) {
            Tensor place = places[i];
            if (place == null) {
                continue;
            }
            for (int j = 0; j < inputs.length; j++) {
                if (overlap(place, inputs[j]) && !(same(place, inputs[j]) && continues(i, j))) {
                    throw refused(i, "input", plan.graph().inputs().get(j));
                }
            }
            for (int j = 0; j < i; j++) {
                if (places[j] != null && overlap(place, places[j])) {
                    throw refused(i, "output", plan.graph().outputs().get(j));
                }
            }
        }
    }

    private RunException refused(int output, String kind, ValueInfo other) {
        return new RunException(
                "output '" + plan.graph().outputs().get(output).name() + "' is bound to memory of " + kind + " '"
                        + other.name() + "', which only an operator may share that updates it and alone reads it");
    }

    private static boolean overlap(Tensor a, Tensor b) {
        return a.storage() == b.storage() && a.offset() < b.offset() + b.size() && b.offset() < a.offset() + a.size();
    }

    private static boolean same(Tensor a, Tensor b) {
        return a.type() == b.type() && a.offset() == b.offset() && a.shape().equals(b.shape());
    }

    private boolean continues(int output, int input) {
        int from = plan.inputSlots()[input];
        int to = plan.outputSlots()[output];
        String name = plan.graph().inputs().get(input).name();
        if (from == to) {
            return true; // the input given back as it is: nothing is written
        }
        boolean made = false;
        for (Step step : steps) {
            int reads = (int)
                    Arrays.stream(step.inputs()).filter(slot -> slot == from).count();
            if (step.info().node().captures().contains(name)) {
                return false;
            }
            if (reads == 0) {
                continue;
            }
            if (made || reads > 1 || !(step.operator() instanceof UpdatesInput operator)) {
                return false;
            }
            for (int i = 0; i < step.outputs().length; i++) {
                int updated = operator.updatedInput(i);
                made |= step.outputs()[i] == to && updated >= 0 && step.inputs()[updated] == from;
            }
            if (!made) {
                return false;
            }
        }
        return made && Arrays.stream(plan.outputSlots()).noneMatch(slot -> slot == from);
    }
}
