package org.lanewise.runtime.optimize;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.DepthwiseCost;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.nn.Conv;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Leaves depthwise convolutions channels first where no neighbour gains from {@link ChannelsLast}: alone, or with others of their kind and elementwise operators between them. Such a region would be turned at its
 * borders, and turning moves as many values as the convolutions read and write. Runs before {@link ChannelsLast}, which does not touch what is left.
 */
public final class DepthwiseLayout implements Pass {
    /** Moving a value from one layout to the other, in nanoseconds, one thread. */
    private static final double TRANSPOSE = 0.2;

    /** What an unknown spatial dimension is taken for. */
    private static final long UNKNOWN_SIZE = 28;

    /** Kinds of nodes. */
    private enum Kind {
        /** A depthwise convolution, in either layout. */
        DEPTHWISE,
        /** Works in the layout of its neighbours. */
        EITHER,
        /** Runs channels last, or may. */
        LAST,
        /** As the model has it, channels first. */
        FIRST
    }

    /** What is connected by values that no node keeps in one layout. */
    private static final class Region {
        private final Set<Node> convolutions = new LinkedHashSet<>();
        private boolean fixed;
        private double first;
        private double last;
    }

    @Override
    public String name() {
        return "depthwise-layout";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        Map<Node, Kind> kinds = new LinkedHashMap<>();
        editor.forEach(node -> kinds.put(node, kind(editor, types, node)));
        if (!kinds.containsValue(Kind.DEPTHWISE)) {
            return;
        }
        Map<Node, Node> parents = new HashMap<>();
        kinds.forEach((node, kind) -> connect(editor, kinds, parents, node, kind));
        Map<Node, Region> regions = new LinkedHashMap<>();
        kinds.forEach((node, kind) -> {
            if (kind != Kind.FIRST) {
                Region region = regions.computeIfAbsent(root(parents, node), root -> new Region());
                count(editor, types, kinds, region, node, kind);
            }
        });
        regions.values().stream()
                .filter(region -> !region.fixed && region.first <= region.last)
                .flatMap(region -> region.convolutions.stream())
                .forEach(node -> editor.replace(
                        node,
                        Rewrites.lanewise(node),
                        "stays channels first, depthwise without neighbours that run channels last"));
    }

    private static Kind kind(GraphEditor editor, Inference types, Node node) {
        if (node.is("Conv") || node.is("ConvTranspose")) {
            return isDepthwise(editor, types, node) ? Kind.DEPTHWISE : Kind.LAST;
        }
        if (node.domain().equals(Rewrites.LANEWISE)) {
            return node.opType().equals("Conv") && node.intAttribute("channels_last", 0) == 0 ? Kind.FIRST : Kind.LAST;
        }
        if (node.is("Transpose") || node.is("MaxPool") || node.is("AveragePool") || node.is("Resize")) {
            return Kind.LAST;
        }
        return TransposeSink.sinksThrough(node) ? Kind.EITHER : Kind.FIRST;
    }

    private static boolean isDepthwise(GraphEditor editor, Inference types, Node node) {
        PartialShape x = types.shape(node.input(0));
        PartialShape w = types.shape(node.input(1));
        return node.is("Conv")
                && (x.rank() == 3 || x.rank() == 4)
                && w.rank() == x.rank()
                && w.isKnown()
                && w.dim(1) == 1
                && node.intAttribute("group", 1) > 1
                && types.elementType(node.input(0)) == DataType.FLOAT
                && editor.isConstant(node.input(1))
                && (node.input(2).isEmpty() || editor.isConstant(node.input(2)));
    }

    private static void connect(
            GraphEditor editor, Map<Node, Kind> kinds, Map<Node, Node> parents, Node node, Kind kind) {
        if (kind == Kind.FIRST) {
            return;
        }
        for (String input : node.inputs()) {
            Node producer = editor.producer(input);
            if (producer != null && kinds.get(producer) != Kind.FIRST) {
                Node a = root(parents, node);
                Node b = root(parents, producer);
                if (a != b) {
                    parents.put(a, b);
                }
            }
        }
    }

    private static Node root(Map<Node, Node> parents, Node node) {
        Node at = node;
        for (Node up = parents.get(at); up != null; up = parents.get(at)) {
            at = up;
        }
        return at;
    }

    private static void count(
            GraphEditor editor, Inference types, Map<Node, Kind> kinds, Region region, Node node, Kind kind) {
        region.fixed |= kind == Kind.LAST;
        if (kind == Kind.DEPTHWISE) {
            region.convolutions.add(node);
            costs(types, region, node);
        }
        for (String input : node.inputs()) {
            Node producer = editor.producer(input);
            if (!input.isEmpty() && !editor.isConstant(input) && isFirst(kinds, producer)) {
                region.last += transpose(types.shape(input));
            }
        }
        for (String output : node.outputs()) {
            boolean leaves = editor.isOutput(output)
                    || editor.consumers(output).stream().anyMatch(consumer -> isFirst(kinds, consumer));
            region.last += leaves ? transpose(types.shape(output)) : 0;
        }
    }

    private static boolean isFirst(Map<Node, Kind> kinds, @Nullable Node node) {
        return node == null || Objects.requireNonNull(kinds.get(node), node::path) == Kind.FIRST;
    }

    private static double transpose(PartialShape shape) {
        if (shape.rank() != 3 && shape.rank() != 4) {
            return 0;
        }
        double elements = 1;
        for (long dim : guess(shape).toArray()) {
            elements *= dim;
        }
        return elements * TRANSPOSE;
    }

    private static void costs(Inference types, Region region, Node node) {
        PartialShape w = types.shape(node.input(1));
        PartialShape x = guess(types.shape(node.input(0))).with(1, node.intAttribute("group", 1));
        var g = Conv.create(new NodeSpec(node)).runner().geometry(x.toShape(), w.toShape());
        region.first += DepthwiseCost.planes(g);
        region.last += DepthwiseCost.channelsLast(g);
    }

    /** The shape with a batch of 1 and images of a common size where they are not known. */
    private static PartialShape guess(PartialShape shape) {
        PartialShape guess = shape;
        for (int i = 0; i < shape.rank(); i++) {
            if (shape.dim(i) < 0) {
                guess = guess.with(i, i == 0 ? 1 : UNKNOWN_SIZE);
            }
        }
        return guess;
    }
}
