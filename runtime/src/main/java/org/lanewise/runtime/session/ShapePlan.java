package org.lanewise.runtime.session;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * What follows from one set of input shapes: values that are known before the run, the steps that remain, and where each value lies in the slabs.
 *
 * @param inputTypes the types of the graph's inputs this is for
 * @param steps the steps to run, in order
 * @param known by slot, values that need no computing, else {@code null}
 * @param memory where the other values lie
 * @param bodies what follows for the subgraphs of the steps; one that is missing never runs, or does not fit these shapes and runs as
 *     {@link SubgraphPlan#shapes} says
 */
record ShapePlan(
        List<ValueType> inputTypes,
        List<Step> steps,
        @Nullable Tensor[] known,
        MemoryPlan memory,
        Map<SubgraphPlan, ShapePlan> bodies) {
    /** Plans a main graph for inputs of these types. */
    static ShapePlan of(ExecutionPlan plan, List<ValueType> inputTypes) {
        Map<String, ValueType> given = new HashMap<>();
        for (int i = 0; i < inputTypes.size(); i++) {
            ValueInfo input = plan.graph().inputs().get(i);
            given.put(input.name(), inputTypes.get(i));
        }
        return of(plan, inputTypes, plan.inference().refine(given));
    }

    /** Plans a graph whose values are inferred already. */
    static ShapePlan of(ExecutionPlan plan, List<ValueType> inputTypes, Inference inference) {
        @Nullable Tensor[] known = new Tensor[plan.slotCount()];
        @Nullable Shape[] shapes = new Shape[plan.slotCount()];
        @Nullable DataType[] types = new DataType[plan.slotCount()];
        for (Step step : plan.steps()) {
            for (int i = 0; i < step.outputs().length; i++) {
                int slot = step.outputs()[i];
                if (slot >= 0) {
                    String name = step.info().node().output(i);
                    known[slot] = inference.known(name);
                    if (inference.type(name) instanceof ValueType.Of(DataType type, PartialShape shape)
                            && shape.isKnown()
                            && shape.isTensor()) {
                        types[slot] = type;
                        shapes[slot] = shape.toShape();
                    }
                }
            }
        }
        List<Step> steps =
                plan.steps().stream().filter(step -> !isKnown(step, known)).toList();
        MemoryPlan memory = MemoryPlanner.plan(plan, steps, known, types, shapes);
        return new ShapePlan(inputTypes, steps, known, memory, bodies(steps, inference));
    }

    private static Map<SubgraphPlan, ShapePlan> bodies(List<Step> steps, Inference inference) {
        Map<SubgraphPlan, ShapePlan> plans = new IdentityHashMap<>();
        for (Step step : steps) {
            for (int i = 0; i < step.bodies().size(); i++) {
                SubgraphPlan body = step.bodies().get(i);
                Inference inner =
                        body == null ? null : inference.body(step.info().node(), i);
                if (body != null && inner != null) {
                    plans.put(body, of(body.plan(), List.of(), inner));
                }
            }
        }
        return plans;
    }

    /** A plan that computes everything and allocates as it goes. */
    static ShapePlan dynamic(ExecutionPlan plan) {
        return new ShapePlan(
                List.of(), plan.steps(), new Tensor[plan.slotCount()], MemoryPlan.none(plan.slotCount()), Map.of());
    }

    /** Whether this plan is for these inputs. */
    boolean matches(OnnxValue[] inputs) {
        for (int i = 0; i < inputs.length; i++) {
            boolean same = inputs[i] instanceof Tensor tensor
                    ? inputTypes.get(i) instanceof ValueType.Of(DataType type, PartialShape shape)
                            && type == tensor.type()
                            && shape.accepts(tensor.shape())
                    : inputTypes.get(i).equals(inputs[i].valueType());
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private static boolean isKnown(Step step, @Nullable Tensor[] known) {
        for (int slot : step.outputs()) {
            if (slot >= 0 && known[slot] == null) {
                return false;
            }
        }
        return true;
    }
}
