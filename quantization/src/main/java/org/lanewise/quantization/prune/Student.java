package org.lanewise.quantization.prune;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.BackwardGraph;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Graphs;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** A model whose constants move along gradients of the squared error of its scores. */
final class Student implements AutoCloseable {
    /** Shapes of samples for which sessions are kept. */
    private static final int MOST_SHAPES = 8;

    /** The relative change of a constant by the first steps. */
    private static final double RATE = 3e-3;

    /** Steps that are smaller, until the sizes of gradients are known. */
    private static final int WARM_UP = 20;

    private final Model model;
    private final List<AdaptedConstant> constants;
    private final Map<String, Double> weights;
    private final SessionOptions options;
    private final Map<Map<String, ValueType>, Backward> known = new LinkedHashMap<>();
    private long taken;

    /**
     * Of {@code model}.
     *
     * @param constants those that move
     * @param weights of squared errors by the names of scores
     */
    Student(Model model, List<AdaptedConstant> constants, Map<String, Double> weights, SessionOptions options) {
        this.model = model;
        this.constants = constants;
        this.weights = weights;
        this.options = options;
    }

    /** What computes gradients for samples of one shape. */
    private record Backward(
            BackwardGraph.Built built, @Nullable Session session) {
        void close() {
            if (session != null) {
                session.close();
            }
        }
    }

    private Backward backward(Map<String, ValueType> types) {
        Backward found = known.get(types);
        if (found != null) {
            return found;
        }
        if (known.size() == MOST_SHAPES) {
            Map.Entry<Map<String, ValueType>, Backward> oldest =
                    known.entrySet().iterator().next();
            known.remove(oldest.getKey());
            oldest.getValue().close();
        }
        List<String> names = constants.stream().map(AdaptedConstant::name).toList();
        BackwardGraph.Built built = BackwardGraph.ofErrors(model.graph(), types, names, weights);
        Graph graph = withInputs(built.graph());
        Backward made =
                new Backward(built, built.gradients().isEmpty() ? null : Session.open(model.withGraph(graph), options));
        known.put(types, made);
        return made;
    }

    /** With the constants as inputs, so that they can change from run to run without opening the session again. */
    private Graph withInputs(Graph graph) {
        List<ValueInfo> inputs = new ArrayList<>(graph.inputs());
        Map<String, Initializer> others = new LinkedHashMap<>(graph.initializers());
        for (AdaptedConstant constant : constants) {
            Initializer own = others.remove(constant.name());
            if (own != null) {
                inputs.add(new ValueInfo(constant.name(), ValueType.tensor(own.type(), PartialShape.of(own.shape()))));
            }
        }
        return Graph.of(graph.name(), inputs, graph.outputs(), graph.nodes(), others, graph.valueTypes());
    }

    /**
     * Adds the gradients of a sample.
     *
     * @param scores what its scores should be
     */
    void add(Map<String, OnnxValue> sample, Map<String, OnnxValue> scores) {
        Backward backward = backward(Feed.types(sample));
        if (backward.session == null) {
            return;
        }
        Map<String, OnnxValue> values = new LinkedHashMap<>(sample);
        for (BackwardGraph.Seed seed : backward.built.seeds()) {
            OnnxValue score = scores.get(seed.value());
            if (score != null) {
                values.put(seed.direction(), score);
            }
        }
        constants.forEach(constant -> values.put(constant.name(), constant.tensor()));
        Map<String, OnnxValue> results = Feed.run(backward.session, values);
        for (AdaptedConstant constant : constants) {
            String name = backward.built.gradients().get(constant.name());
            if (name != null && results.get(name) instanceof FloatTensor gradient) {
                constant.add(gradient);
            }
        }
    }

    /**
     * Takes a step along the gradients that were added, as large as half a cosine says.
     *
     * @param done the share of all steps that are taken
     */
    void step(double done) {
        taken++;
        double rate = RATE * 0.5 * (1 + Math.cos(Math.PI * done)) * Math.min(1, (double) taken / WARM_UP);
        constants.forEach(constant -> constant.step(rate));
    }

    /** The model with the constants as they are now. */
    Model now() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        constants.forEach(constant -> tensors.put(constant.name(), constant.copy()));
        return model.withGraph(Graphs.withConstants(model.graph(), tensors));
    }

    @Override
    public void close() {
        known.values().forEach(Backward::close);
    }
}
