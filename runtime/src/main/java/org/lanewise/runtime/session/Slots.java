package org.lanewise.runtime.session;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.Views;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The values of a {@link RunContext}, by slot, and the memory they are planned in.
 *
 * <p>A slot is fixed when it holds the same tensor in every run: constants, planned values, inputs and outputs that are small (copied in and out) or bound to
 * memory of the caller. What is not fixed is dropped after its last use. Whether a step's output is fixed shows in the first run.
 */
final class Slots {
    private final ExecutionPlan plan;
    private final ShapePlan shapePlan;
    private final Slabs slabs;
    private final @Nullable OnnxValue[] values;
    private final boolean[] fixed;
    private final boolean[] moves; // seen to lie elsewhere than planned
    private int[] unfixed = new int[0];

    Slots(ExecutionPlan plan, ShapePlan shapePlan) {
        this.plan = plan;
        this.shapePlan = shapePlan;
        this.slabs = new Slabs(shapePlan.memory());
        this.values = Arrays.copyOf(plan.constants(), plan.slotCount(), OnnxValue[].class);
        this.fixed = new boolean[plan.slotCount()];
        this.moves = new boolean[plan.slotCount()];
        Arrays.fill(fixed, true);
        for (int slot = 0; slot < values.length; slot++) {
            Tensor known = shapePlan.known()[slot];
            if (known != null) {
                values[slot] = known;
            }
        }
        for (Step step : shapePlan.steps()) {
            unfix(step.outputs());
        }
        unfix(plan.inputSlots());
        unfix(plan.captureSlots());
        findUnfixed();
    }

    private void unfix(int[] slots) {
        for (int slot : slots) {
            if (slot >= 0) {
                fixed[slot] = false;
            }
        }
    }

    Slabs slabs() {
        return slabs;
    }

    @Nullable
    OnnxValue value(int slot) {
        return values[slot];
    }

    void set(int slot, OnnxValue value) {
        values[slot] = value;
    }

    /** Lets a slot hold this tensor in every run. */
    void fix(int slot, Tensor tensor) {
        values[slot] = tensor;
        fixed[slot] = true;
    }

    boolean isFixed(int slot) {
        return fixed[slot];
    }

    /** Whether the slot's elements are known before any run. */
    boolean isConstant(int slot) {
        return fixed[slot] && slabs.planned(slot) == null && !isAmong(plan.inputSlots(), slot) && !isComputed(slot);
    }

    /** Whether a step of the context makes the slot's value. */
    boolean isComputed(int slot) {
        for (Step step : shapePlan.steps()) {
            if (isAmong(step.outputs(), slot)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAmong(int[] slots, int slot) {
        for (int candidate : slots) {
            if (candidate == slot) {
                return true;
            }
        }
        return false;
    }

    /** Fixes those outputs of a step that lie where they were planned, and the result of a view that was {@code recorded}. */
    void fixOutputs(Step step, boolean recorded) {
        boolean isView = recorded && step.operator() instanceof Views;
        for (int slot : step.outputs()) {
            if (slot >= 0 && !moves[slot] && values[slot] != null) {
                fixed[slot] = isView || values[slot] == slabs.planned(slot);
            }
        }
    }

    /** Whether a fixed output of a step turns out to lie elsewhere now; it is not fixed from then on. */
    boolean unfixMoved(Step step) {
        boolean moved = false;
        for (int slot : step.outputs()) {
            if (slot >= 0
                    && fixed[slot]
                    && values[slot] != slabs.planned(slot)
                    && !(step.operator() instanceof Views)) {
                moves[slot] = true;
                fixed[slot] = false;
                moved = true;
            }
        }
        return moved;
    }

    /** Those of {@code slots} that are not fixed. */
    int[] unfixed(int[] slots) {
        return Arrays.stream(slots).filter(slot -> slot >= 0 && !fixed[slot]).toArray();
    }

    /** Notes which slots are to be dropped after a run. */
    void findUnfixed() {
        unfixed = IntStream.range(0, fixed.length).filter(slot -> !fixed[slot]).toArray();
    }

    void drop(int[] slots) {
        for (int slot : slots) {
            if (!fixed[slot]) {
                values[slot] = null;
            }
        }
    }

    void dropUnfixed() {
        drop(unfixed);
    }
}
