package org.lanewise.runtime.optimize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A graph after the passes, which was seen to give what the graph as written gives.
 *
 * @param graph the rewritten graph
 */
record Rewritten(Graph graph) {
    private static final double TOLERANCE = 1e-5;

    /** Runs the graph both ways and compares; a session each, on one thread. */
    static Rewritten check(Graph original, Map<String, Tensor> inputs) {
        return check(original, List.of(inputs));
    }

    /** Runs the graph both ways on several sets of inputs. */
    static Rewritten check(Graph original, List<Map<String, Tensor>> inputSets) {
        Model model = new Model(original, 10, Map.of("", GraphBuilder.OPSET), "", "", Map.of());
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        try (Session raw = Session.open(model, options.raw());
                Session optimized = Session.open(model, options)) {
            for (Map<String, Tensor> inputs : inputSets) {
                Map<String, Tensor> expected = raw.run(inputs);
                Map<String, Tensor> got = optimized.run(inputs);
                assertEquals(List.copyOf(expected.keySet()), List.copyOf(got.keySet()));
                expected.forEach((name, tensor) -> assertNear(name, tensor, got.get(name), optimized.graph()));
            }
            return new Rewritten(optimized.graph());
        }
    }

    private static void assertNear(String name, Tensor expected, Tensor got, Graph graph) {
        assertNotNull(got, name);
        assertEquals(expected.type(), got.type(), name);
        assertEquals(expected.shape(), got.shape(), () -> name + " of " + graph.nodes());
        double largest = 0;
        for (int i = 0; i < expected.size(); i++) {
            double value = Math.abs(expected.getDouble(i));
            largest = Double.isFinite(value) ? Math.max(largest, value) : largest;
        }
        // Relative to the largest value: sums that cancel are as wrong as their terms
        for (int i = 0; i < expected.size(); i++) {
            double e = expected.getDouble(i);
            double g = got.getDouble(i);
            boolean near = Double.compare(e, g) == 0 || Math.abs(e - g) <= TOLERANCE * largest;
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
