package org.lanewise.runtime.optimize;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Lets channels-last 3x3 convolutions of stride 1 with constant weights use Winograd's transforms, which multiply 2.25 or 4 times less and round a
 * little more. Whether they do is decided by their sizes, see {@link org.lanewise.kernels.conv.WinogradNhwc#bestTile}.
 */
public final class Winograd implements Pass {
    /** The pass's name. */
    public static final String NAME = "winograd";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (isChannelsLast(node) && suits(node, types) && editor.isConstant(node.input(1))) {
                Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
                attributes.put("winograd", new Attribute.IntValue(1));
                Node allowed = new Node(
                        node.name(),
                        node.domain(),
                        node.opType(),
                        node.opset(),
                        node.inputs(),
                        node.outputs(),
                        attributes);
                editor.replace(node, allowed, "may use Winograd's transforms");
            }
        });
    }

    private static boolean isChannelsLast(Node node) {
        return Rewrites.isLanewise(node, "Conv")
                && node.attributes().get("channels_last") instanceof Attribute.IntValue flag
                && flag.value() == 1
                && !node.attributes().containsKey("planar_input")
                && !node.attributes().containsKey("winograd");
    }

    /** Whether the convolution is one that the transforms compute: 3x3, ungrouped, of stride and dilation 1. */
    static boolean suits(Node conv, Inference types) {
        PartialShape weights = types.shape(conv.input(1));
        boolean grouped = conv.attributes().get("group") instanceof Attribute.IntValue group && group.value() != 1;
        return !grouped
                && weights.rank() == 4
                && weights.dim(2) == 3
                && weights.dim(3) == 3
                && ones(conv.attributes().get("strides"))
                && ones(conv.attributes().get("dilations"));
    }

    private static boolean ones(@Nullable Attribute values) {
        return values == null
                || values instanceof Attribute.IntsValue ints
                        && Arrays.stream(ints.value()).allMatch(value -> value == 1);
    }
}
