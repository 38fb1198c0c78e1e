package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.ops.fused.quant.QConv;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Lets a 1x1 convolution of stride 1 run channels first again where {@link TransposeSink} could take neither of its transposes away. Channels first it is one
 * product too, {@code W X} with W (M, C) and X (C, H * W), and the two transposes would move as many values as it reads and writes. One of bytes becomes {@code org.lanewise.QPointwise}.
 */
public final class LonePointwise implements Pass {
    private static final int QUANTIZED_W = 3;
    private static final int QUANTIZED_INPUTS = 9;

    @Override
    public String name() {
        return "lone-pointwise";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (!isPointwise(node, types) || isQuantized(node) && !isExact(editor, types, node)) {
                return;
            }
            Node before = editor.producer(node.input(0));
            Node after = editor.onlyConsumer(node.output(0));
            if (before != null
                    && after != null
                    && Permutation.TO_NHWC.equals(Permutation.of(before))
                    && Permutation.TO_NCHW.equals(Permutation.of(after))
                    && editor.onlyConsumer(before.output(0)) == node) {
                editor.fuse(after, channelsFirst(node, before, after), "runs channels first, alone between transposes");
            }
        });
    }

    private static boolean isPointwise(Node node, Inference types) {
        if (!node.domain().equals(Rewrites.LANEWISE)
                || !node.opType().equals("Conv") && !isQuantized(node)
                || node.intAttribute("channels_last", 0) != 1
                || node.intAttribute("planar_input", 0) != 0
                || node.intAttribute("group", 1) != 1
                || node.inputs().size() > (isQuantized(node) ? QUANTIZED_INPUTS : 3)) {
            return false;
        }
        PartialShape w = types.shape(node.input(isQuantized(node) ? QUANTIZED_W : 1));
        return w.rank() == 4
                && w.dim(2) == 1
                && w.dim(3) == 1
                && areAll(node.intsAttribute("strides"), 1)
                && areAll(node.intsAttribute("pads"), 0);
    }

    private static boolean isQuantized(Node node) {
        return node.opType().equals("QConv");
    }

    /** Whether the kernel on planes computes it: it ends in bytes, and fp32 holds its sums exactly. */
    private static boolean isExact(GraphEditor editor, Inference types, Node node) {
        return QConv.create(new NodeSpec(node)).isExact(new NodeConstants(editor, types, node));
    }

    private static boolean areAll(long @Nullable [] values, long wanted) {
        if (values != null) {
            for (long value : values) {
                if (value != wanted) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Node channelsFirst(Node conv, Node before, Node after) {
        List<String> inputs = new ArrayList<>(conv.inputs());
        inputs.set(0, before.input(0));
        Map<String, Attribute> attributes = new LinkedHashMap<>(conv.attributes());
        attributes.remove("channels_last");
        String opType = isQuantized(conv) ? "QPointwise" : conv.opType();
        if (isQuantized(conv)) {
            attributes.keySet().retainAll(Set.of("low", "high"));
        }
        return new Node(conv.name(), conv.domain(), opType, conv.opset(), inputs, after.outputs(), attributes);
    }
}
