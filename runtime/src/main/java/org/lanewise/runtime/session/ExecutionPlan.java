package org.lanewise.runtime.session;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.OperatorCatalog;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.StepInfo;

/**
 * A graph ready to run: operators created, weights packed, values numbered. Immutable, shared by threads; what belongs to one run is in
 * {@link RunContext}, what belongs to one set of input shapes in {@link ShapePlan}.
 */
final class ExecutionPlan {
    private final Graph graph;
    private final Inference inference;
    private final List<Step> steps;
    private final Map<String, Integer> slots;
    private final int[] inputSlots;
    private final int[] outputSlots;
    private final List<String> captures;
    private final int[] captureSlots;
    private final @Nullable Tensor[] constants;
    private final int[][] lastUses;

    private ExecutionPlan(Graph graph, Builder builder) {
        this.graph = graph;
        this.inference = builder.inference;
        this.steps = List.copyOf(builder.steps);
        this.slots = Map.copyOf(builder.slots);
        this.inputSlots =
                graph.inputs().stream().mapToInt(info -> slot(info.name())).toArray();
        this.outputSlots =
                graph.outputs().stream().mapToInt(info -> slot(info.name())).toArray();
        this.captures = List.copyOf(graph.freeNames());
        this.captureSlots = captures.stream().mapToInt(this::slot).toArray();
        this.constants = builder.constants();
        this.lastUses = computeLastUses();
    }

    /**
     * Plans a graph.
     *
     * @param inference the types of the graph's values
     * @throws InferenceException if an operator is missing or the graph does not fit together
     */
    static ExecutionPlan build(Graph graph, Inference inference, int depth) {
        Builder builder = new Builder(graph, inference, depth);
        builder.number();
        for (Node node : graph.nodes()) {
            builder.step(node);
        }
        return new ExecutionPlan(graph, builder);
    }

    /** This plan without the elements of constants that only their packed form is read of. */
    ExecutionPlan withoutPacked() {
        Map<String, Initializer> kept = new LinkedHashMap<>();
        graph.initializers().forEach((name, constant) -> {
            Tensor needed = constants[slot(name)];
            kept.put(name, needed == null ? constant.letGo() : Initializer.of(needed));
        });
        Graph smaller = graph.withInitializers(kept);
        return new ExecutionPlan(smaller, Inference.of(smaller), this);
    }

    private ExecutionPlan(Graph graph, Inference inference, ExecutionPlan original) {
        this.graph = graph;
        this.inference = inference;
        this.steps = original.steps;
        this.slots = original.slots;
        this.inputSlots = original.inputSlots;
        this.outputSlots = original.outputSlots;
        this.captures = original.captures;
        this.captureSlots = original.captureSlots;
        this.constants = original.constants;
        this.lastUses = original.lastUses;
    }

    Graph graph() {
        return graph;
    }

    /** The types of the graph's values for any inputs the model accepts. */
    Inference inference() {
        return inference;
    }

    List<Step> steps() {
        return steps;
    }

    int slotCount() {
        return constants.length;
    }

    int slot(String name) {
        Integer slot = slots.get(name);
        if (slot == null) {
            throw new GraphException("value '" + name + "' of graph '" + graph.name() + "' is not defined");
        }
        return slot;
    }

    int[] inputSlots() {
        return inputSlots;
    }

    int[] outputSlots() {
        return outputSlots;
    }

    /** Names of the values of enclosing graphs that this one uses, in the order of {@link #captureSlots}. */
    List<String> captures() {
        return captures;
    }

    int[] captureSlots() {
        return captureSlots;
    }

    /** Constants by slot, {@code null} elsewhere and where packing has consumed them. */
    @Nullable
    Tensor[] constants() {
        return constants;
    }

    /** Per step, the slots that nobody uses after it. */
    int[][] lastUses() {
        return lastUses;
    }

    private int[][] computeLastUses() {
        int[] last = new int[slotCount()];
        Arrays.fill(last, -1);
        for (Step step : steps) {
            int index = step.info().index();
            for (int slot : step.outputs()) {
                mark(last, slot, index);
            }
            for (int slot : step.inputs()) {
                mark(last, slot, index);
            }
            for (String captured : step.info().node().captures()) {
                mark(last, slot(captured), index);
            }
        }
        for (int slot : outputSlots) {
            last[slot] = steps.size();
        }
        List<List<Integer>> byStep = new ArrayList<>();
        steps.forEach(step -> byStep.add(new ArrayList<>()));
        for (int slot = 0; slot < last.length; slot++) {
            if (last[slot] >= 0 && last[slot] < steps.size() && constants[slot] == null) {
                byStep.get(last[slot]).add(slot);
            }
        }
        return byStep.stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toArray(int[][]::new);
    }

    private static void mark(int[] last, int slot, int step) {
        if (slot >= 0) {
            last[slot] = step;
        }
    }

    private static final class Builder {
        private final Graph graph;
        private final Inference inference;
        private final int depth;
        private final Map<String, Integer> slots = new LinkedHashMap<>();
        private final List<Step> steps = new ArrayList<>();
        private final Set<String> needed = new HashSet<>();

        Builder(Graph graph, Inference inference, int depth) {
            this.graph = graph;
            this.inference = inference;
            this.depth = depth;
        }

        void number() {
            graph.inputs().forEach(input -> add(input.name()));
            graph.freeNames().forEach(this::add);
            graph.initializers().keySet().forEach(this::add);
            graph.nodes().forEach(node -> node.outputs().forEach(this::add));
            graph.outputs().stream().map(ValueInfo::name).forEach(needed::add);
            graph.inputs().stream().map(ValueInfo::name).forEach(needed::add);
        }

        private void add(String name) {
            if (!name.isEmpty()) {
                slots.putIfAbsent(name, slots.size());
            }
        }

        void step(Node node) {
            Operator operator = OperatorCatalog.create(node);
            List<@Nullable SubgraphPlan> bodies = new ArrayList<>();
            if (operator instanceof HasSubgraphs owner) {
                for (int i = 0; i < owner.subgraphs().size(); i++) {
                    Inference inner = inference.body(node, i);
                    bodies.add(
                            inner == null
                                    ? null
                                    : SubgraphPlan.build(owner.subgraphs().get(i), inner, depth + 1));
                }
            }
            Prepacks.Packed packed = operator instanceof Prepacks packs ? prepack(node, operator, packs) : null;
            for (int i = 0; i < node.inputs().size(); i++) {
                if (packed == null || !packed.consumedInputs().contains(i)) {
                    needed.add(node.input(i));
                }
            }
            needed.addAll(node.captures());
            steps.add(new Step(
                    new StepInfo(steps.size(), depth, node),
                    operator,
                    slotsOf(node.inputs()),
                    slotsOf(node.outputs()),
                    packed == null ? null : packed.state(),
                    bodies));
        }

        private Prepacks.@Nullable Packed prepack(Node node, Operator operator, Prepacks packs) {
            try {
                return packs.prepack(inference.context(node, operator));
            } catch (InferenceException e) {
                throw e;
            } catch (RuntimeException e) {
                throw new GraphException(node.path() + ": " + InferenceException.reason(e), e);
            }
        }

        private int[] slotsOf(List<String> names) {
            int[] result = new int[names.size()];
            for (int i = 0; i < result.length; i++) {
                String name = names.get(i);
                Integer slot = name.isEmpty() ? Integer.valueOf(-1) : slots.get(name);
                if (slot == null) {
                    throw new GraphException("value '" + name + "' of graph '" + graph.name() + "' is not defined");
                }
                result[i] = slot;
            }
            return result;
        }

        @Nullable
        Tensor[] constants() {
            Tensor[] constants = new Tensor[slots.size()];
            graph.initializers().forEach((name, initializer) -> {
                if (needed.contains(name)) {
                    constants[slots.getOrDefault(name, -1)] = initializer.tensor();
                }
            });
            return constants;
        }
    }
}
