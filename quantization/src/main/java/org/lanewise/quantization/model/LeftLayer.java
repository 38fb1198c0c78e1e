package org.lanewise.quantization.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * A layer with constant fp32 weights that a way of quantization or pruning passes over. Reports name it, lest anybody believes that something was done to it.
 *
 * @param scope the graph it is in
 * @param node its node
 * @param weights its weights, biases left out
 */
public record LeftLayer(Scope scope, Node node, List<Initializer> weights) {
    /** The layers of some graphs that are not {@code taken}. */
    public static List<LeftLayer> of(List<Scope> scopes, Collection<Node> taken) {
        List<LeftLayer> left = new ArrayList<>();
        for (Scope scope : scopes) {
            for (Node node : scope.editor().nodes()) {
                List<Initializer> weights = taken.contains(node) ? List.of() : weights(scope, node);
                if (!weights.isEmpty()) {
                    left.add(new LeftLayer(scope, node, weights));
                }
            }
        }
        return left;
    }

    /** Where layers of a model are if it has none in its main graph: a part of a sentence, empty if there are none at all. */
    public static String elsewhere(Graph main) {
        List<LeftLayer> inBodies = of(Scope.of(main), List.of()).stream()
                .filter(LeftLayer::isInBody)
                .toList();
        if (inBodies.isEmpty()) {
            return "";
        }
        LeftLayer first = inBodies.getFirst();
        return "; " + inBodies.size() + (inBodies.size() == 1 ? " is" : " are")
                + " in bodies of If, Loop or Scan, which stay as they are: "
                + first.node().path() + " in "
                + first.scope().place() + (inBodies.size() == 1 ? "" : ", ...");
    }

    private static List<Initializer> weights(Scope scope, Node node) {
        int from = node.is("Gemm") || node.is("MatMul") ? 0 : 1;
        int to = isConvolution(node) || from == 0 ? 1 : isRecurrent(node) ? 2 : 0;
        List<Initializer> weights = new ArrayList<>();
        IntStream.rangeClosed(from, to).forEach(i -> {
            Initializer constant = scope.initializer(node.input(i));
            if (isWeight(constant)) {
                weights.add(constant);
            }
        });
        return weights;
    }

    private static boolean isWeight(@Nullable Initializer constant) {
        return constant != null
                && constant.type() == DataType.FLOAT
                && constant.shape().rank() > 1
                && constant.shape().size() > 0;
    }

    private static boolean isConvolution(Node node) {
        return node.is("Conv") || node.is("ConvTranspose");
    }

    private static boolean isRecurrent(Node node) {
        return node.is("LSTM") || node.is("GRU") || node.is("RNN");
    }

    /** Whether it is in a body of {@code If}, {@code Loop} or {@code Scan}. */
    public boolean isInBody() {
        return scope.outer() != null;
    }

    /** Whether it is no product of matrices. */
    public boolean isOtherThanProduct() {
        return isConvolution(node) || isRecurrent(node);
    }

    /** How a reason names what there is no form for. */
    public String what() {
        return isOtherThanProduct() ? node.opType() : "weights used like this";
    }

    /** Number of weights. */
    public long size() {
        return weights.stream().mapToLong(constant -> constant.shape().size()).sum();
    }

    /** Bytes of the weights. */
    public long bytes() {
        return weights.stream().mapToLong(Initializer::bytes).sum();
    }

    /** How many of the weights are zero. */
    public long zeros() {
        long zeros = 0;
        for (Initializer constant : weights) {
            Tensor values = constant.tensor();
            for (int i = 0; i < values.size(); i++) {
                zeros += values.getDouble(i) == 0 ? 1 : 0;
            }
        }
        return zeros;
    }
}
