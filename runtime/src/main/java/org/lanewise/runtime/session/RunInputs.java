package org.lanewise.runtime.session;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** The inputs of the main graph in a {@link RunContext}: which ones it takes, and how they come into their slots. */
final class RunInputs {
    private final ShapePlan shapePlan;
    private final Slots values;
    private final int[] slots;
    private final @Nullable Shape[] shapes;
    private final @Nullable DataType[] types;
    private final @Nullable Tensor[] staged;
    private final @Nullable OnnxValue[] fed;

    RunInputs(ExecutionPlan plan, ShapePlan shapePlan, Slots values) {
        this.shapePlan = shapePlan;
        this.values = values;
        this.slots = plan.inputSlots();
        this.shapes = new Shape[slots.length];
        this.types = new DataType[slots.length];
        this.staged = new Tensor[slots.length];
        this.fed = new OnnxValue[slots.length];
        for (int i = 0; i < shapePlan.inputTypes().size(); i++) {
            if (shapePlan.inputTypes().get(i) instanceof ValueType.Of(DataType type, PartialShape shape)
                    && shape.isKnown()) {
                shapes[i] = shape.toShape();
                types[i] = type;
            }
        }
    }

    /** Gives small inputs a place of their own, so that their slots are fixed. */
    void stage() {
        for (int i = 0; i < slots.length; i++) {
            Shape shape = shapes[i];
            DataType type = types[i];
            if (shape != null && type != null && type != DataType.STRING && shape.size() <= RunContext.STAGED) {
                Tensor place = values.slabs().stage(slots[i], type, shape);
                staged[i] = place;
                values.fix(slots[i], place);
            }
        }
    }

    /** Reads the inputs from these tensors in every run. */
    void bind(Tensor[] inputs) {
        for (int i = 0; i < inputs.length; i++) {
            values.fix(slots[i], inputs[i]);
        }
    }

    /** Whether the context was planned for inputs of these types and shapes. */
    boolean accept(ModelInputs inputs, Map<String, ? extends OnnxValue> given) {
        for (int i = 0; i < shapes.length; i++) {
            OnnxValue value = inputs.value(i, given);
            Shape shape = shapes[i];
            boolean same = value instanceof Tensor tensor && shape != null
                    ? tensor.type() == types[i] && tensor.shape().equals(shape)
                    : value != null
                            && value.valueType().equals(shapePlan.inputTypes().get(i));
            if (!same) {
                return false;
            }
        }
        return inputs.coverAllOf(given);
    }

    /** Sets input {@code i} for the next run. */
    void feed(int i, OnnxValue value) {
        Tensor place = staged[i];
        if (place != null) {
            place.copyFrom(0, (Tensor) value, 0, place.size());
        } else {
            fed[i] = value;
            values.set(slots[i], value);
        }
    }

    /** Whether an input of this run lies in {@code array}. */
    boolean contain(Object array) {
        for (int i = 0; i < slots.length; i++) {
            OnnxValue given = fed[i] != null ? fed[i] : values.value(slots[i]);
            if (given != null && Copies.contains(given, array)) {
                return true;
            }
        }
        return false;
    }

    /** Forgets what was fed. */
    void clear() {
        Arrays.fill(fed, null);
    }
}
