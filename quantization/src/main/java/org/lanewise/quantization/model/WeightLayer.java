package org.lanewise.quantization.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

/**
 * A product of an activation with constant fp32 weights: {@code Conv}, {@code ConvTranspose}, {@code Gemm} or {@code MatMul}. Its weights are seen as {@code (outer, channels, inner)}, channels being
 * those of the output; a grouped {@code ConvTranspose} has as many here as a group.
 *
 * @param node the node
 * @param shape of the weights
 * @param axis of the weights along which output channels lie
 */
public record WeightLayer(Node node, Shape shape, int axis) {
    /** The layer that {@code node} is, or {@code null} if it is none. */
    public static @Nullable WeightLayer of(GraphEditor editor, Inference types, Node node) {
        return editor.isConstant(node.input(0)) ? null : of(editor.initializer(node.input(1)), types, node);
    }

    /** The same for a node of any graph of a model; weights may be those of a graph around it. */
    public static @Nullable WeightLayer of(Scope scope, Node node) {
        return scope.initializer(node.input(0)) != null
                ? null
                : of(scope.initializer(node.input(1)), scope.types(), node);
    }

    private static @Nullable WeightLayer of(@Nullable Initializer weights, Inference types, Node node) {
        boolean known = node.is("Conv") || node.is("ConvTranspose") || node.is("Gemm") || node.is("MatMul");
        if (!known
                || weights == null
                || weights.type() != DataType.FLOAT
                || weights.shape().size() == 0
                || types.elementType(node.input(0)) != DataType.FLOAT) {
            return null;
        }
        Shape shape = weights.shape();
        return switch (node.opType()) {
            case "Conv" -> new WeightLayer(node, shape, 0);
            case "ConvTranspose" -> new WeightLayer(node, shape, 1);
            case "Gemm" ->
                node.intAttribute("transA", 0) == 0
                        ? new WeightLayer(node, shape, node.intAttribute("transB", 0) == 0 ? 1 : 0)
                        : null;
            default -> shape.rank() == 2 ? new WeightLayer(node, shape, 1) : null;
        };
    }

    /** The products of a graph: {@code MatMul}, and {@code Gemm} whose addend has no factor. */
    public static List<WeightLayer> products(Scope scope) {
        return scope.editor().nodes().stream()
                .map(node -> of(scope, node))
                .filter(Objects::nonNull)
                .filter(layer -> !layer.isConvolution())
                .filter(layer -> layer.node().input(2).isEmpty() || layer.node().floatAttribute("beta", 1) == 1)
                .toList();
    }

    public String weights() {
        return node.input(1);
    }

    /** Channels along {@link #axis}. */
    public int channels() {
        return shape.dim(axis);
    }

    public int outer() {
        return shape.sizeBetween(0, axis);
    }

    public int inner() {
        return shape.sizeBetween(axis + 1, shape.rank());
    }

    public boolean isConvolution() {
        return node.is("Conv") || node.is("ConvTranspose");
    }

    public int group() {
        return (int) node.intAttribute("group", 1);
    }

    /** Channels of the output. */
    public int outputs() {
        return node.is("ConvTranspose") ? channels() * group() : channels();
    }

    /** Channels of the input. */
    public int inputs() {
        return switch (node.opType()) {
            case "Conv" -> shape.dim(1) * group();
            case "ConvTranspose" -> shape.dim(0);
            default -> shape.dim(1 - axis);
        };
    }

    /** The output channel that weight {@code i} belongs to. */
    public int outputOf(int i) {
        int channel = i / inner() % channels();
        return node.is("ConvTranspose") && group() > 1 ? i / (shape.size() / group()) * channels() + channel : channel;
    }

    /** The input channel that weight {@code i} belongs to. */
    public int inputOf(int i) {
        return switch (node.opType()) {
            case "Conv" -> {
                int taps = shape.sizeBetween(2, shape.rank());
                int group = i / (shape.size() / group());
                yield group * shape.dim(1) + i / taps % shape.dim(1);
            }
            case "ConvTranspose" -> i / shape.sizeBetween(1, shape.rank());
            default -> axis == 1 ? i / shape.dim(1) : i % shape.dim(1);
        };
    }

    /** The axis of the input and output values that their channels lie along, counted from the end where it is the last. */
    public int channelAxis() {
        return isConvolution() ? 1 : -1;
    }
}
