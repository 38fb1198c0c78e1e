package org.lanewise.quantization.compare;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;

/**
 * Divides a graph into layers. A layer starts at a node with an {@link OperatorForm} and takes in what follows it as long as nothing else uses the value between: the {@code Cast} and {@code Mul} that
 * turn integer sums into numbers, the addition of a constant bias, activations and batch normalization. So models that fuse these and models that do not have the same layers. A pair of
 * {@code QuantizeLinear} and {@code DequantizeLinear} in front of an activation is part of the layer as well.
 */
final class Layers {
    private final GraphIndex graph;

    private Layers(GraphIndex graph) {
        this.graph = graph;
    }

    /** The layers of a graph, in its order. */
    static List<Layer> of(GraphIndex graph) {
        Layers layers = new Layers(graph);
        List<Layer> list = new ArrayList<>();
        for (Node node : graph.graph().nodes()) {
            OperatorForm form = OperatorForm.of(node);
            Layer layer = form == null || !layers.starts(node, form) ? null : layers.layer(node, form);
            if (layer != null) {
                list.add(layer);
            }
        }
        return list;
    }

    private boolean starts(Node node, OperatorForm form) {
        if (form.isJoining() && form.outputScale() < 0) {
            return node.inputs().stream().filter(this::isFloatingActivation).count() > 1 && !isUnscaling(node);
        }
        return node.inputs().stream().anyMatch(input -> !input.isEmpty() && !graph.isConstant(input));
    }

    private boolean isFloatingActivation(String value) {
        DataType type = graph.types().elementType(value);
        return !graph.isConstant(value) && type != null && type.isFloating();
    }

    /** Whether a {@code Mul} belongs to an integer product: it makes the scale, or applies it to the sums. */
    private boolean isUnscaling(Node node) {
        return node.opType().equals("Mul")
                && node.inputs().stream().anyMatch(input -> {
                    Node producer = graph.producer(input);
                    return producer != null
                            && (producer.is("DynamicQuantizeLinear")
                                    || producer.is("Cast") && isIntegerSum(producer.input(0)));
                });
    }

    private boolean isIntegerSum(String value) {
        Node producer = graph.producer(value);
        return producer != null && (producer.is("MatMulInteger") || producer.is("ConvInteger"));
    }

    private @Nullable Layer layer(Node node, OperatorForm form) {
        String first = node.outputs().stream()
                .filter(output -> !output.isEmpty())
                .findFirst()
                .orElse("");
        List<String> values = new ArrayList<>(List.of(first));
        Node last = node;
        while (true) {
            Node next = next(last, values.getLast(), form);
            if (next == null) {
                break;
            }
            last = next;
            values.add(next.output(0));
        }
        Quantizer quantizer = quantizer(last, values.getLast());
        DataType type = graph.types().elementType(values.getLast());
        if (quantizer == null && (type == null || !type.isFloating())) {
            return null;
        }
        return new Layer(
                node,
                form.operator(),
                values,
                graph.types().shape(values.getLast()),
                quantizer,
                LayerWeights.of(graph, node, form),
                SumBound.of(graph, node, form));
    }

    /** The node that goes on with the layer, {@code null} at its end. */
    private @Nullable Node next(Node last, String value, OperatorForm form) {
        Node next = graph.onlyConsumer(value);
        if (next == null) {
            return null;
        }
        boolean unscaling = next.is("Cast") && isIntegerSum(value) || next.is("Mul") && last.is("Cast");
        boolean bias = form.isProduct()
                && (next.is("Add") || next.is("Sub"))
                && next.inputs().stream().anyMatch(graph::isConstant);
        if (unscaling || bias || OperatorForm.isActivation(next)) {
            return next;
        }
        if (next.is("QuantizeLinear") || next.is("DequantizeLinear") && last.is("QuantizeLinear")) {
            Node after = next(next, next.output(0), form);
            return after == null ? null : next;
        }
        return null;
    }

    private @Nullable Quantizer quantizer(Node last, String value) {
        int scale = OperatorForm.outputScale(last);
        if (scale >= 0) {
            return Quantizer.of(
                    value,
                    graph.types().elementType(value),
                    graph.constant(last.input(scale)),
                    graph.constant(last.input(scale + 1)),
                    1);
        }
        for (Node consumer : graph.consumers(value)) {
            if (consumer.is("QuantizeLinear") && consumer.intAttribute("block_size", 0) == 0) {
                Quantizer quantizer = Quantizer.of(
                        consumer.output(0),
                        graph.types().elementType(consumer.output(0)),
                        graph.constant(consumer.input(1)),
                        graph.constant(consumer.input(2)),
                        consumer.intAttribute("axis", 1));
                if (quantizer != null) {
                    return quantizer;
                }
            }
        }
        return null;
    }
}
