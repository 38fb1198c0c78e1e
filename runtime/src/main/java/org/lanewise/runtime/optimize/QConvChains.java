package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.fused.quant.QConv;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Makes channels-last {@code QConv} that follow one another one {@code org.lanewise.QConvChain} where a depthwise one is among two neighbours, nobody else reads what is between them, and fp32 holds all sums exactly.
 * Their values then pass from one to the next while they are in cache, in {@code float}. Depthwise convolutions multiply so little that widening bytes and narrowing sums is much of their time; others gain too little to give up rows
 * in favour of bands.
 */
public final class QConvChains implements Pass {
    private static final int OWN = 3;
    private static final int INPUTS = 9;

    @Override
    public String name() {
        return "q-conv-chains";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        Map<Node, Boolean> exact = new LinkedHashMap<>();
        editor.forEach(node -> {
            if (!isConv(node) || isContinuation(editor, types, node, exact)) {
                return;
            }
            List<Node> chain = new ArrayList<>(List.of(node));
            for (Node next = next(editor, types, node, exact); next != null; ) {
                chain.add(next);
                next = next(editor, types, next, exact);
            }
            if (chain.size() > 1) {
                editor.fuse(
                        node,
                        chain.getLast(),
                        List.of(chained(chain)),
                        "runs with the convolutions behind it, in bands");
            }
        });
    }

    private static boolean isConv(Node node) {
        return Rewrites.isLanewise(node, "QConv");
    }

    private static boolean isContinuation(GraphEditor editor, Inference types, Node node, Map<Node, Boolean> exact) {
        Node before = editor.producer(node.input(0));
        return before != null && isConv(before) && next(editor, types, before, exact) == node;
    }

    /** The convolution that {@code node} is computed with, or {@code null}. */
    private static @Nullable Node next(GraphEditor editor, Inference types, Node node, Map<Node, Boolean> exact) {
        Node next = editor.onlyConsumer(node.output(0));
        boolean neighbours = next != null
                && isConv(next)
                && next.input(0).equals(node.output(0))
                && (isDepthwise(node, types) || isDepthwise(next, types));
        return neighbours
                        && exact.computeIfAbsent(node, key -> isExact(editor, types, key))
                        && exact.computeIfAbsent(next, key -> isExact(editor, types, key))
                ? next
                : null;
    }

    private static boolean isDepthwise(Node node, Inference types) {
        PartialShape w = types.shape(node.input(OWN));
        return node.intAttribute("group", 1) > 1 && w.rank() == 4 && w.dim(1) == 1;
    }

    private static boolean isExact(GraphEditor editor, Inference types, Node node) {
        return QConv.create(new NodeSpec(node)).isExact(new NodeConstants(editor, types, node));
    }

    private static Node chained(List<Node> chain) {
        Node first = chain.getFirst();
        List<String> inputs = new ArrayList<>(first.inputs().subList(0, OWN));
        for (Node node : chain) {
            for (int i = OWN; i < INPUTS; i++) {
                inputs.add(node.input(i));
            }
        }
        if (inputs.getLast().isEmpty()) {
            inputs.removeLast();
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>();
        attributes.put("strides", ints(chain, "strides", 1, 1));
        attributes.put("dilations", ints(chain, "dilations", 1, 1));
        attributes.put("pads", ints(chain, "pads", 0, 0, 0, 0));
        attributes.put("group", each(chain, "group", 1));
        attributes.put("low", each(chain, "low", Long.MIN_VALUE));
        attributes.put("high", each(chain, "high", Long.MAX_VALUE));
        Node last = chain.getLast();
        return new Node(last.name(), Rewrites.LANEWISE, "QConvChain", 1, inputs, last.outputs(), attributes);
    }

    private static Attribute ints(List<Node> chain, String name, long... absent) {
        long[] all = new long[absent.length * chain.size()];
        for (int i = 0; i < chain.size(); i++) {
            long[] values =
                    chain.get(i).attributes().get(name) instanceof Attribute.IntsValue(long[] given) && given.length > 0
                            ? given
                            : absent;
            System.arraycopy(values, 0, all, i * absent.length, absent.length);
        }
        return new Attribute.IntsValue(all);
    }

    private static Attribute each(List<Node> chain, String name, long absent) {
        return new Attribute.IntsValue(chain.stream()
                .mapToLong(node -> node.intAttribute(name, absent))
                .toArray());
    }
}
