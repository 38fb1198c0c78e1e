package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/**
 * The passes in their order, each over the whole graph with its subgraphs, innermost first. It can stop after any number of them, to find the one that breaks a model.
 *
 * @param passes the passes, first to last
 */
public record Pipeline(List<Pass> passes) {
    private static final Set<String> QUANTIZED = Set.of(
            "blockwise-weights",
            "dynamic-quantization",
            "q-operators",
            "q-conv-chains",
            "qdq-concat",
            "qdq-conv",
            "qdq-elementwise",
            "qdq-matmul",
            "qdq-pool",
            "qdq-sink",
            "qdq-tables");

    /** Copies the list. */
    public Pipeline {
        passes = List.copyOf(passes);
    }

    /**
     * What came of it.
     *
     * @param graph the rewritten graph
     * @param reports what each pass did, in order
     */
    public record Result(Graph graph, List<PassReport> reports) {
        /** Every edit with its reason, the pass's name in front. */
        public List<String> log() {
            return reports.stream()
                    .flatMap(report -> report.edits().stream()
                            .map(edit -> report.pass() + ": " + edit.node() + ": " + edit.reason()))
                    .toList();
        }
    }

    /** Every pass there is, in the order that works. */
    public static Pipeline standard() {
        return new Pipeline(List.of(
                new NoOps(),
                ConstantFolding.keepingQuantized(),
                new IfInlining(),
                new OuterConstants(),
                ConstantFolding.keepingQuantized(),
                new DeadNodes(),
                new GeluFusion(),
                new ActivationFusion(),
                new QdqSink(),
                new QdqTables(),
                new QdqConv(),
                new QdqMatMul(),
                new QdqElementwise(),
                new QdqPool(),
                new QdqConcat(),
                new QOperators(),
                new DynamicQuantFusion(),
                new BlockwiseWeights(),
                new ConstantFolding(),
                new LayerNormFusion(),
                new RmsNormFusion(),
                new SoftmaxFusion(),
                new AttentionFusion(),
                new GemmFusion(),
                new PadFolding(),
                new ConvBatchNorm(),
                new SparseLayout(),
                new DepthwiseLayout(),
                new ChannelsLast(),
                new TransposeSink(),
                new DeadNodes(),
                new NoOps(),
                new TransposeViews(),
                new ScaledResidual(),
                new PlanarInput(),
                new EpilogueFusion(),
                new LonePointwise(),
                new ConstantFolding(),
                new DeadNodes(),
                new QConvChains(),
                new Winograd(),
                new PlanarOutput(),
                new SparseWeights(),
                new ConvChains()));
    }

    /** The same without the passes that compute quantized models on bytes: they are evaluated as they are written, in fp32 between quantizations. */
    public Pipeline withoutQuantizedFusion() {
        return new Pipeline(
                passes.stream().filter(pass -> !QUANTIZED.contains(pass.name())).toList());
    }

    /** The same without the passes of that name. */
    public Pipeline without(String name) {
        return new Pipeline(
                passes.stream().filter(pass -> !pass.name().equals(name)).toList());
    }

    /** Rewrites {@code graph} with the first {@code count} passes. */
    public Result run(Graph graph, int count) {
        Graph current = graph;
        List<PassReport> reports = new ArrayList<>();
        for (Pass pass : passes.subList(0, Math.min(count, passes.size()))) {
            List<GraphEditor.Entry> entries = new ArrayList<>();
            current = rewrite(pass, current, Inference.of(current), entries);
            reports.add(new PassReport(pass.name(), entries));
        }
        return new Result(current, reports);
    }

    /** One pass over the subgraphs and then the graph around them. */
    private static Graph rewrite(Pass pass, Graph graph, Inference types, List<GraphEditor.Entry> entries) {
        GraphEditor editor = new GraphEditor(graph);
        for (Node node : graph.nodes()) {
            if (Subgraphs.of(node).isEmpty()) {
                continue;
            }
            editor.replaceSubgraphs(node, Subgraphs.map(node, (index, body) -> {
                Inference inner = types.body(node, index);
                List<GraphEditor.Entry> within = new ArrayList<>();
                Graph rewritten = inner == null ? body : rewrite(pass, body, inner, within);
                entries.addAll(within);
                return within.stream().allMatch(GraphEditor.Entry::refused) ? body : rewritten;
            }));
        }
        apply(pass, editor, types);
        entries.addAll(editor.entries());
        return editor.build();
    }

    private static void apply(Pass pass, GraphEditor editor, Inference types) {
        try {
            pass.apply(editor, types);
        } catch (InferenceException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new GraphException(
                    "pass " + pass.name() + " failed: " + e.getMessage() + "; SessionOptions.raw() runs without it", e);
        }
    }
}
