package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.session.Inference;

/**
 * The passes in their order. It can stop after any number of them, to find the one that breaks a model.
 *
 * @param passes the passes, first to last
 */
public record Pipeline(List<Pass> passes) {
    /** Copies the list. */
    public Pipeline {
        passes = List.copyOf(passes);
    }

    /**
     * What came of it.
     *
     * @param graph the rewritten graph
     * @param log every edit with its reason, the pass's name in front
     */
    public record Result(Graph graph, List<String> log) {}

    /** Every pass there is, in the order that works. */
    public static Pipeline standard() {
        return new Pipeline(List.of(
                new NoOps(),
                new ConstantFolding(),
                new DeadNodes(),
                new LayerNormFusion(),
                new GeluFusion(),
                new ActivationFusion(),
                new ConvBatchNorm(),
                new ChannelsLast(),
                new TransposeSink(),
                new DeadNodes(),
                new NoOps(),
                new PlanarInput(),
                new EpilogueFusion(),
                new ConstantFolding(),
                new DeadNodes()));
    }

    /** Rewrites {@code graph} with the first {@code count} passes. */
    public Result run(Graph graph, int count) {
        Graph current = graph;
        List<String> log = new ArrayList<>();
        for (Pass pass : passes.subList(0, Math.min(count, passes.size()))) {
            GraphEditor editor = new GraphEditor(current);
            apply(pass, editor, Inference.of(current));
            editor.log().forEach(line -> log.add(pass.name() + ": " + line));
            current = editor.build();
        }
        return new Result(current, log);
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
