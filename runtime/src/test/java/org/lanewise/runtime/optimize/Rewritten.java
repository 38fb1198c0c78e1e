package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.trace.RunListener;
import org.lanewise.runtime.trace.StepInfo;

/**
 * A graph after the passes, which was seen to give what the graph as written gives.
 *
 * @param graph the rewritten graph
 */
record Rewritten(Graph graph) {
    private static final double TOLERANCE = 1e-5;
    private static final double ROUNDING = 1e-6;

    /** Runs the graph both ways and compares; a session each, on one thread. */
    static Rewritten check(Graph original, Map<String, Tensor> inputs) {
        return check(original, List.of(inputs));
    }

    /** Runs the graph both ways on several sets of inputs. */
    static Rewritten check(Graph original, List<Map<String, Tensor>> inputSets) {
        Model model = model(original);
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        try (Session raw = Session.open(model, options.raw());
                Session optimized = Session.open(model, options)) {
            for (Map<String, Tensor> inputs : inputSets) {
                Largest largest = new Largest();
                Map<String, OnnxValue> expected = raw.run(inputs, largest);
                Map<String, Tensor> got = optimized.run(inputs);
                assertEquals(List.copyOf(expected.keySet()), List.copyOf(got.keySet()));
                expected.forEach((name, value) ->
                        assertNear(name, (Tensor) value, got.get(name), largest.value, optimized.graph()));
            }
            return new Rewritten(optimized.graph());
        }
    }

    /** Compares two graphs, neither rewritten further. */
    static void checkAgainst(Graph original, Graph rewritten, Map<String, Tensor> inputs) {
        SessionOptions options = SessionOptions.DEFAULT.raw().withThreads(1);
        try (Session raw = Session.open(model(original), options);
                Session other = Session.open(model(rewritten), options)) {
            Map<String, Tensor> got = other.run(inputs);
            Largest largest = new Largest();
            raw.run(inputs, largest)
                    .forEach(
                            (name, value) -> assertNear(name, (Tensor) value, got.get(name), largest.value, rewritten));
        }
    }

    static Model model(Graph graph) {
        return new Model(graph, 10, Map.of("", GraphBuilder.OPSET), "", "", Map.of());
    }

    /** The largest value that any step gives. */
    private static final class Largest implements RunListener {
        private double value;

        @Override
        public void stepFinished(
                StepInfo step,
                @Nullable String kernel,
                long startNanos,
                long endNanos,
                List<@Nullable OnnxValue> inputs,
                List<@Nullable OnnxValue> outputs) {
            for (OnnxValue output : outputs) {
                if (output instanceof Tensor tensor && tensor.type().isNumeric()) {
                    value = Math.max(value, largest(tensor));
                }
            }
        }
    }

    private static double largest(Tensor tensor) {
        double largest = 0;
        for (int i = 0; i < tensor.size(); i++) {
            double value = Math.abs(tensor.getDouble(i));
            largest = Double.isFinite(value) ? Math.max(largest, value) : largest;
        }
        return largest;
    }

    private static void assertNear(String name, Tensor expected, Tensor got, double anywhere, Graph graph) {
        assertNotNull(got, name);
        assertEquals(expected.type(), got.type(), name);
        assertEquals(expected.shape(), got.shape(), () -> name + " of " + graph.nodes());
        // Sums that cancel are as wrong as their terms, and differences of equal values as what they are computed from
        double tolerance = TOLERANCE * largest(expected) + ROUNDING * anywhere;
        for (int i = 0; i < expected.size(); i++) {
            double e = expected.getDouble(i);
            double g = got.getDouble(i);
            boolean near = Double.compare(e, g) == 0 || Math.abs(e - g) <= tolerance;
            int at = i;
            assertTrue(near, () -> name + "[" + at + "] = " + g + ", expected " + e + " of " + graph.nodes());
        }
    }

    /** How many nodes there are of each operator, those of other domains as {@code domain.Operator}. */
    Map<String, Integer> operators() {
        Map<String, Integer> counts = new TreeMap<>();
        for (Node node : graph.nodes()) {
            String name = node.domain().isEmpty() ? node.opType() : node.domain() + "." + node.opType();
            counts.merge(name, 1, Integer::sum);
        }
        return counts;
    }

    int count(String operator) {
        return operators().getOrDefault(operator, 0);
    }
}
