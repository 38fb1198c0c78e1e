package org.lanewise.runtime.session;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.RunException;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** The outputs of a graph in a {@link RunContext}: where they are made, and what of their memory the caller may keep. */
final class RunOutputs {
    private final ExecutionPlan plan;
    private final ShapePlan shapePlan;
    private final Slots values;
    private final RunInputs inputs;
    private final Slabs slabs;
    private final int[] slots;

    RunOutputs(ExecutionPlan plan, ShapePlan shapePlan, Slots values, RunInputs inputs) {
        this.plan = plan;
        this.shapePlan = shapePlan;
        this.values = values;
        this.inputs = inputs;
        this.slabs = values.slabs();
        this.slots = plan.outputSlots();
    }

    /** Gives small outputs a place of their own, so that the steps that make them can be recorded. */
    void stage() {
        for (int slot : slots) {
            Shape shape = shapePlan.memory().shapes()[slot];
            DataType type = shapePlan.memory().types()[slot];
            if (values.isComputed(slot)
                    && slabs.planned(slot) == null
                    && shape != null
                    && type != null
                    && type != DataType.STRING
                    && shape.size() <= RunContext.STAGED) {
                slabs.stage(slot, type, shape);
            }
        }
    }

    /** Lets the outputs be made in these tensors of the caller, where given. */
    void bind(@Nullable Tensor[] places) {
        for (int i = 0; i < places.length; i++) {
            Tensor place = places[i];
            if (place != null && values.isComputed(slots[i])) {
                slabs.lend(slots[i], place);
                lendToSource(slots[i], place);
            }
        }
    }

    /** Where an output is a view of a value that has no place of its own, that value is made in the caller's memory, too. */
    private void lendToSource(int output, Tensor place) {
        int slot = output;
        for (Step step : shapePlan.steps().reversed()) {
            if (step.outputs()[0] == slot && step.operator() instanceof Views) {
                slot = step.inputs()[0];
            }
        }
        if (slot == output || slot < 0 || !values.isComputed(slot) || slabs.planned(slot) != null) {
            return;
        }
        Shape shape = shapePlan.memory().shapes()[slot];
        DataType type = shapePlan.memory().types()[slot];
        if (shape != null && type == place.type() && shape.size() == place.size()) {
            slabs.lend(slot, place.reshape(shape));
        }
    }

    /** Output {@code i} where it is. */
    OnnxValue computed(int i) {
        OnnxValue value = values.value(slots[i]);
        if (value == null) {
            throw new RunException("output '" + plan.graph().outputs().get(i).name() + "' was not computed");
        }
        return value;
    }

    /** Output {@code i} of the main graph, which belongs to the caller: it shares no memory with what is used again, inputs, or outputs before it. */
    OnnxValue owned(int i) {
        OnnxValue value = computed(i);
        if (value instanceof Tensor tensor && tensor == slabs.planned(slots[i])) {
            return slabs.contain(tensor) ? tensor.copy() : tensor;
        }
        return Copies.of(value, tensor -> isShared(tensor, i));
    }

    /** All outputs of a subgraph, which may share memory with its inputs, but not with what its next run uses. */
    List<OnnxValue> kept() {
        OnnxValue[] outputs = new OnnxValue[slots.length];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = Copies.of(computed(i), this::isReused);
        }
        return List.of(outputs);
    }

    /** Whether others than the caller see the memory of output {@code i}: inputs are not the caller's to change, and outputs are apart. */
    private boolean isShared(Tensor tensor, int i) {
        if (inputs.contain(tensor.storage())) {
            return true;
        }
        for (int earlier = 0; earlier < i; earlier++) {
            if (Copies.contains(computed(earlier), tensor.storage())) {
                return true;
            }
        }
        return isReused(tensor);
    }

    /** Whether later runs use the tensor's memory: slabs and constants. */
    private boolean isReused(Tensor tensor) {
        Object array = tensor.storage();
        return slabs.contain(tensor) || isAmong(plan.constants(), array) || isAmong(shapePlan.known(), array);
    }

    private static boolean isAmong(@Nullable Tensor[] tensors, Object array) {
        for (Tensor tensor : tensors) {
            if (tensor != null && tensor.storage() == array) {
                return true;
            }
        }
        return false;
    }
}
