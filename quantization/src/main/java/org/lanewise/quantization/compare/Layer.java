package org.lanewise.quantization.compare;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * A step of a model that can be compared: a product with its bias and activation, a join of two values, a pool, a normalization.
 *
 * @param node the node the layer is named after, its first
 * @param operator what it does, see {@link OperatorForm#operator}
 * @param values the values along the layer, the last one being its result
 * @param shape what is known of the result's shape
 * @param quantizer what the result is quantized with, {@code null} where it stays floating
 * @param weights its weights, {@code null} where it has none
 * @param sums the bound of its integer sums, {@code null} where it has none
 */
record Layer(
        Node node,
        String operator,
        List<String> values,
        PartialShape shape,
        @Nullable Quantizer quantizer,
        @Nullable LayerWeights weights,
        @Nullable SumBound sums) {
    Layer {
        values = List.copyOf(values);
    }

    /** Name of the result. */
    String value() {
        return values.getLast();
    }

    /** Name of what is looked at: the codes of the result where it is quantized. */
    String tap() {
        return quantizer == null ? value() : quantizer.codes();
    }

    /** How reports name it. */
    String name() {
        return node.name().isEmpty() ? node.output(0) : node.name();
    }
}
