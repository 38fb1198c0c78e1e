package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;

/**
 * Lets 1-D and 2-D convolutions, transposed 2-D ones too, with constant weights run channels last, (N, L, C) and (N, H, W, C), between a {@code Transpose} before and one behind, which {@link TransposeSink} then moves
 * away. Channels last, a 1x1 convolution is one matrix product that reads the activations where they lie, a depthwise one works on whole vectors of channels.
 */
public final class ChannelsLast implements Pass {
    @Override
    public String name() {
        return "channels-last";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            PartialShape input = node.inputs().isEmpty() ? PartialShape.unranked() : types.shape(node.input(0));
            if ((node.is("Conv") && (input.rank() == 3 || input.rank() == 4)
                            || node.is("ConvTranspose") && input.rank() == 4)
                    && types.elementType(node.input(0)) == DataType.FLOAT
                    && editor.isConstant(node.input(1))
                    && (node.input(2).isEmpty() || editor.isConstant(node.input(2)))) {
                rewrite(editor, node, Permutation.channelsLast(input.rank()));
            }
        });
    }

    private static void rewrite(GraphEditor editor, Node conv, Permutation order) {
        String before = editor.newName(conv.output(0) + "_input_nhwc");
        String after = editor.newName(conv.output(0) + "_nhwc");
        List<String> inputs = new ArrayList<>(conv.inputs());
        inputs.set(0, before);
        Map<String, Attribute> attributes = new LinkedHashMap<>(conv.attributes());
        attributes.put("channels_last", new Attribute.IntValue(1));
        Node fused = new Node(conv.name(), Rewrites.LANEWISE, conv.opType(), 1, inputs, List.of(after), attributes);
        editor.replace(
                conv,
                List.of(
                        order.node(conv.name() + "_to_nhwc", conv.input(0), before),
                        fused,
                        order.inverse().node(conv.name() + "_to_nchw", after, conv.output(0))),
                "runs channels last");
    }
}
