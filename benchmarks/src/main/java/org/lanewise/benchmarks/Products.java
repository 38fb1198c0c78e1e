package org.lanewise.benchmarks;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.trace.Profiler;
import org.lanewise.runtime.trace.StepProfile;

/**
 * What a model multiplies by, and with what.
 *
 * @param zeros the part of its constant fp32 weights of convolutions and products that is zero
 * @param kernels the kernel where there is one product, otherwise how many of how many are sparse
 */
record Products(double zeros, String kernels) {
    private static final Set<String> OPERATORS = Set.of("Conv", "Gemm", "MatMul");
    private static final String SPARSE = "sparse";

    static Products of(Workload work, int threads) {
        Profiler profiler;
        try (Session session = Session.open(work.model(), SessionOptions.DEFAULT.withThreads(threads))) {
            profiler = new Profiler(session.graph());
            session.run(work.inputs(), profiler);
        }
        return new Products(zeros(Workload.read(work.model()).graph()), kernels(profiler.steps()));
    }

    /** The constants that convolutions and products multiply by, by name. */
    static Map<String, Initializer> weights(Graph graph) {
        Map<String, Initializer> weights = new LinkedHashMap<>();
        for (Node node : graph.nodes()) {
            if (OPERATORS.contains(node.opType())) {
                Initializer weight = graph.initializers().get(node.input(1));
                if (weight != null) {
                    weights.put(node.input(1), weight);
                }
            }
        }
        return weights;
    }

    private static double zeros(Graph graph) {
        long zeros = 0;
        long all = 0;
        for (Initializer weight : weights(graph).values()) {
            if (weight.tensor() instanceof FloatTensor values) {
                for (int i = 0; i < values.size(); i++) {
                    zeros += values.array()[values.offset() + i] == 0 ? 1 : 0;
                }
                all += values.size();
            }
        }
        return all == 0 ? 0 : (double) zeros / all;
    }

    private static String kernels(List<StepProfile> steps) {
        Set<String> names = new HashSet<>();
        int products = 0;
        int sparse = 0;
        for (StepProfile step : steps) {
            if (OPERATORS.contains(step.node().opType()) && !step.kernels().isEmpty()) {
                products++;
                sparse += step.kernels().stream().anyMatch(kernel -> kernel.contains(SPARSE)) ? 1 : 0;
                names.addAll(step.kernels());
            }
        }
        return products == 1 ? String.join(", ", names) : sparse + " of " + products + " sparse";
    }
}
