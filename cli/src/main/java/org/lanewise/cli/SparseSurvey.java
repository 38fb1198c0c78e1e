package org.lanewise.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lanewise.kernels.sparse.Sparsity;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.optimize.Pass;
import org.lanewise.runtime.optimize.Pipeline;
import org.lanewise.runtime.optimize.SparseFinding;
import org.lanewise.runtime.optimize.SparseWeights;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;

/** The weights of a model that have zeros, and what leaving them out is expected to gain. */
final class SparseSurvey {
    /** Share of zeros from which on a weight makes a model one with sparse weights. */
    private static final double LEAST_SHARE = 0.2;

    private static final int LEAST_VALUES = 256;
    private static final int NAME = 30;

    private SparseSurvey() {}

    /** Whether the weights of a graph or of its subgraphs have enough zeros for a survey. */
    static boolean pays(Graph graph) {
        return graph.initializers().values().stream().anyMatch(SparseSurvey::isSparse)
                || graph.nodes().stream()
                        .flatMap(node -> node.attributes().values().stream())
                        .anyMatch(SparseSurvey::pays);
    }

    private static boolean pays(Attribute attribute) {
        return switch (attribute) {
            case Attribute.GraphValue(Graph body) -> pays(body);
            case Attribute.GraphsValue(List<Graph> bodies) -> bodies.stream().anyMatch(SparseSurvey::pays);
            default -> false;
        };
    }

    private static boolean isSparse(Initializer constant) {
        if (constant.type() != DataType.FLOAT
                || constant.shape().rank() < 2
                || constant.shape().size() < LEAST_VALUES) {
            return false;
        }
        float[] values = constant.tensor().toFloatArray();
        return Sparsity.zeros(values, 0, values.length) >= LEAST_SHARE * values.length;
    }

    /** What the pass finds in the graph as it is after the passes before it. */
    static List<SparseFinding> of(Graph graph) {
        List<SparseFinding> findings = new ArrayList<>();
        List<Pass> passes = new ArrayList<>(
                SessionOptions.DEFAULT.pipeline().without(SparseWeights.NAME).passes());
        passes.add(new SparseWeights(findings::add));
        new Pipeline(passes).run(graph, Integer.MAX_VALUE);
        return findings;
    }

    /** The same with the sizes that inputs have in a run. */
    static List<SparseFinding> of(Graph graph, Map<String, OnnxValue> inputs) {
        List<ValueInfo> sized = graph.inputs().stream()
                .map(input -> {
                    OnnxValue value = inputs.get(input.name());
                    return value == null ? input : new ValueInfo(input.name(), value.valueType());
                })
                .toList();
        List<Node> nodes = graph.nodes();
        return of(Graph.of(graph.name(), sized, graph.outputs(), nodes, graph.initializers(), graph.valueTypes()));
    }

    static void print(PrintWriter out, List<SparseFinding> findings) {
        long chosen = findings.stream().filter(SparseFinding::chosen).count();
        if (findings.isEmpty()) {
            out.println("sparse      no fp32 weight is zero in a fifth or more");
        } else {
            out.printf(
                    "sparse      %d %s zeros, %d of them %s without%n",
                    findings.size(),
                    findings.size() == 1 ? "weight has" : "weights have",
                    chosen,
                    chosen == 1 ? "runs" : "run");
        }
        for (SparseFinding finding : findings) {
            String expected = finding.form().isEmpty()
                    ? finding.size()
                    : String.format(Locale.ROOT, "%s %.2fx at %s", finding.form(), finding.gain(), finding.size());
            out.printf(
                    Locale.ROOT,
                    "%12s%-" + NAME + "s %5.1f%% %-6s %s%n",
                    "",
                    ProfileTable.shortened(finding.weight(), NAME),
                    100 * finding.sparsity().zeroShare(),
                    finding.chosen() ? "sparse" : "dense",
                    expected);
        }
    }

    static List<Map<String, Object>> objects(List<SparseFinding> findings) {
        List<Map<String, Object>> objects = new ArrayList<>();
        for (SparseFinding finding : findings) {
            Map<String, Object> object = new LinkedHashMap<>();
            object.put("node", finding.node());
            object.put("weight", finding.weight());
            object.put("zeros", finding.sparsity().zeroShare());
            object.put("empty_channels", finding.sparsity().emptyChannels());
            object.put("chosen", finding.chosen());
            object.put("form", finding.form());
            object.put("expected_gain", finding.gain());
            object.put("size", finding.size());
            objects.add(object);
        }
        return objects;
    }
}
