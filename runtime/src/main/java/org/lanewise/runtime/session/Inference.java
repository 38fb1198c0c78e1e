package org.lanewise.runtime.session;

import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.NonDeterministic;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.OperatorCatalog;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * Walks a graph in order and works out the type of every value, and the elements of those that do not depend on the run: constants, shapes of values
 * whose shape is known, and what small operators make of them. With concrete input shapes this resolves the shape arithmetic that exporters emit.
 */
public final class Inference {
    /** Values of more elements than this are not computed ahead of a run. */
    public static final int KNOWN_LIMIT = 4096;

    /** Elements computed ahead of a run in all, subgraphs included. */
    private static final int KNOWN_TOTAL = 1 << 22;

    /** Nodes visited in all: loops are inferred several times, so loops within loops would cost time without bound. */
    private static final int MAX_VISITS = 1 << 22;

    /** What an inference and those of its subgraphs have cost. */
    private static final class Budget {
        int visits;
        long elements;
    }

    private final Budget budget;
    private final @Nullable Inference outer;
    /** What holds for any inputs the model accepts, when this inference is for particular ones. */
    private final @Nullable Inference declared;

    private final Graph graph;
    private final Map<String, ValueType> types = new HashMap<>();
    private final Map<String, Tensor> known = new HashMap<>();
    private final Map<Node, Map<Integer, Inference>> bodies = new IdentityHashMap<>();

    private Inference(@Nullable Inference outer, @Nullable Inference declared, Graph graph) {
        this.budget = outer == null ? new Budget() : outer.budget;
        this.outer = outer;
        this.declared = declared;
        this.graph = graph;
    }

    /**
     * Infers {@code graph} from what the model declares of its inputs.
     *
     * @throws GraphException if an operator finds that its inputs do not fit
     */
    public static Inference of(Graph graph) {
        return of(graph, Map.of(), null);
    }

    /**
     * Infers {@code graph}.
     *
     * @param inputs types of inputs that are known better than the model declares them
     * @param outer the enclosing graph's, or {@code null}
     */
    public static Inference of(Graph graph, Map<String, ValueType> inputs, @Nullable Inference outer) {
        return infer(new Inference(outer, null, graph), inputs);
    }

    /**
     * Infers the same graph for inputs of these particular types. A subgraph that does not fit them may never run, such as the branch of an {@code If} for
     * another sampling rate: what is known for any input is used for its outputs.
     */
    public Inference refine(Map<String, ValueType> inputs) {
        return infer(new Inference(outer, this, graph), inputs);
    }

    private static Inference infer(Inference inference, Map<String, ValueType> inputs) {
        Graph graph = inference.graph;
        graph.initializers()
                .forEach((name, constant) -> inference.types.put(
                        name, ValueType.tensor(constant.type(), PartialShape.of(constant.shape()))));
        for (ValueInfo input : graph.inputs()) {
            ValueType type = inputs.getOrDefault(input.name(), input.type());
            if (type != null) {
                inference.types.put(input.name(), type);
            }
        }
        for (Node node : graph.nodes()) {
            inference.visit(node, OperatorCatalog.create(node));
        }
        return inference;
    }

    /** The type of a value, or {@code null} when nothing is known of it. */
    public @Nullable ValueType type(String name) {
        ValueType type = types.get(name);
        return type == null && outer != null ? outer.type(name) : type;
    }

    /** The shape of a value, unranked when nothing is known or it is not a tensor. */
    public PartialShape shape(String name) {
        return type(name) instanceof ValueType.Of(DataType ignored, PartialShape shape)
                ? shape
                : PartialShape.unranked();
    }

    /** The element type of a value, or {@code null} when it is not known or not a tensor. */
    public @Nullable DataType elementType(String name) {
        return type(name) instanceof ValueType.Of(DataType type, PartialShape ignored) ? type : null;
    }

    /** The elements of a value computed by a node, if they do not depend on the run. */
    public @Nullable Tensor known(String name) {
        return known.get(name);
    }

    /** The elements of a value that do not depend on the run, initializers included, or {@code null}. */
    public @Nullable Tensor constant(String name) {
        Tensor value = known.get(name);
        if (value != null) {
            return value;
        }
        Initializer initializer = initializer(name);
        if (initializer != null) {
            return initializer.isKept() ? initializer.tensor() : null;
        }
        return outer != null && !types.containsKey(name) ? outer.constant(name) : null;
    }

    /** Whether {@link #constant} knows the elements, without reading them. */
    public boolean isConstant(String name) {
        return known.containsKey(name)
                || initializer(name) != null
                || outer != null && !types.containsKey(name) && outer.isConstant(name);
    }

    /**
     * The inference of a subgraph of {@code node}, for inputs that fit every run of it; {@code null} when the operator found that it never runs (the branch
     * that a constant condition does not take).
     */
    public @Nullable Inference body(Node node, int subgraph) {
        return bodies.getOrDefault(node, Map.of()).get(subgraph);
    }

    /** What operator {@code node} may know ahead of a run; the node must be one of this graph's. */
    ShapeContext context(Node node, Operator operator) {
        return new Context(node, operator);
    }

    private @Nullable Initializer initializer(String name) {
        return graph.isInput(name) ? null : graph.initializers().get(name);
    }

    private boolean isSmallConstant(String name) {
        if (name.isEmpty() || known.containsKey(name)) {
            return true;
        }
        Initializer initializer = initializer(name);
        if (initializer != null) {
            return initializer.isKept() && initializer.shape().size() <= KNOWN_LIMIT;
        }
        return outer != null && !types.containsKey(name) && outer.isSmallConstant(name);
    }

    private void visit(Node node, Operator operator) {
        if (++budget.visits > MAX_VISITS) {
            throw new GraphException(node.path() + ": subgraphs are nested too deep: their types are not known after "
                    + MAX_VISITS + " steps of inference");
        }
        Context context = new Context(node, operator);
        try {
            operator.inferShapes(context);
            if (!node.inputs().isEmpty() && isComputable(node, operator)) {
                compute(node, operator);
            }
        } catch (GraphException e) {
            if (declared == null || !(operator instanceof HasSubgraphs)) {
                throw e;
            }
            for (String output : node.outputs()) {
                ValueType type = declared.type(output);
                if (type != null) {
                    types.put(output, type);
                }
            }
        } catch (InferenceException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new GraphException(node.path() + ": " + InferenceException.reason(e), e);
        }
    }

    private boolean isComputable(Node node, Operator operator) {
        if (operator instanceof NonDeterministic || operator instanceof HasSubgraphs) {
            return false;
        }
        for (String output : node.outputs()) {
            if (!output.isEmpty() && (known.containsKey(output) || !isSmall(output))) {
                return false;
            }
        }
        if (budget.elements > KNOWN_TOTAL) {
            return false;
        }
        return node.inputs().stream().allMatch(this::isSmallConstant);
    }

    private boolean isSmall(String output) {
        PartialShape shape = shape(output);
        return shape.isKnown() && shape.size() <= KNOWN_LIMIT;
    }

    private void compute(Node node, Operator operator) {
        List<@Nullable Tensor> outputs = Precompute.run(node, operator, this::constant);
        for (int i = 0; i < outputs.size(); i++) {
            Tensor value = outputs.get(i);
            if (value != null) {
                types.put(node.output(i), value.valueType());
                known.put(node.output(i), value);
                budget.elements += value.size();
            }
        }
    }

    private final class Context implements ShapeContext {
        private final Node node;
        private final Operator operator;

        Context(Node node, Operator operator) {
            this.node = node;
            this.operator = operator;
        }

        @Override
        public int inputCount() {
            return node.inputs().size();
        }

        @Override
        public boolean hasInput(int i) {
            return !node.input(i).isEmpty();
        }

        @Override
        public int outputCount() {
            return node.outputs().size();
        }

        @Override
        public boolean hasOutput(int i) {
            return !node.output(i).isEmpty();
        }

        @Override
        public ValueType inputValueType(int i) {
            ValueType type = type(node.input(i));
            if (type == null) {
                throw new IllegalArgumentException("input " + i + " '" + node.input(i) + "' is not defined");
            }
            return type;
        }

        @Override
        public DataType inputType(int i) {
            return tensorType(i).type();
        }

        @Override
        public PartialShape inputShape(int i) {
            return tensorType(i).shape();
        }

        private ValueType.Of tensorType(int i) {
            if (inputValueType(i) instanceof ValueType.Of tensor) {
                return tensor;
            }
            throw new IllegalArgumentException(
                    "input " + i + " '" + node.input(i) + "' is " + inputValueType(i) + ", expected a tensor");
        }

        @Override
        public @Nullable Tensor constant(int i) {
            return hasInput(i) ? Inference.this.constant(node.input(i)) : null;
        }

        @Override
        public void output(int i, DataType type, PartialShape shape) {
            output(i, ValueType.tensor(type, shape));
        }

        @Override
        public void output(int i, ValueType type) {
            if (hasOutput(i)) {
                types.put(node.output(i), withDeclared(node.output(i), type));
            }
        }

        /** Fills what inference does not know from the model's {@code value_info}. */
        private ValueType withDeclared(String name, ValueType inferred) {
            if (inferred instanceof ValueType.Of(DataType type, PartialShape shape)
                    && !shape.isKnown()
                    && graph.valueTypes().get(name)
                            instanceof ValueType.Of(DataType declaredType, PartialShape declared)
                    && declaredType == type) {
                return ValueType.tensor(type, shape.merge(declared));
            }
            return inferred;
        }

        @Override
        public void outputKnown(int i, Tensor value) {
            if (hasOutput(i)) {
                types.put(node.output(i), value.valueType());
                known.put(node.output(i), value);
            }
        }

        @Override
        public List<ValueType> inferSubgraph(int subgraph, List<ValueType> inputs) {
            Graph body = ((HasSubgraphs) operator).subgraphs().get(subgraph);
            if (body.inputs().size() < inputs.size()) {
                throw new IllegalArgumentException("subgraph '" + body.name() + "' has "
                        + body.inputs().size() + " inputs, expected " + inputs.size());
            }
            Map<String, ValueType> given = new HashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                ValueInfo input = body.inputs().get(i);
                boolean vague = inputs.get(i) instanceof ValueType.Of(DataType type, PartialShape shape)
                        && !shape.isRanked()
                        && input.type() instanceof ValueType.Of(DataType declared, PartialShape ignored)
                        && declared == type;
                given.put(input.name(), vague ? Objects.requireNonNull(input.type()) : inputs.get(i));
            }
            Inference inner = of(body, given, Inference.this);
            bodies.computeIfAbsent(node, key -> new HashMap<>()).put(subgraph, inner);
            ValueType[] outputs = new ValueType[body.outputs().size()];
            for (int i = 0; i < outputs.length; i++) {
                ValueInfo output = body.outputs().get(i);
                ValueType type = inner.type(output.name());
                if (type == null) {
                    throw new IllegalArgumentException(
                            "output '" + output.name() + "' of subgraph '" + body.name() + "' is not defined");
                }
                outputs[i] = type;
            }
            return Arrays.asList(outputs);
        }
    }
}
