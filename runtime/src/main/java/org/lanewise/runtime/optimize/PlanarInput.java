package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.kernels.sparse.Sparsity;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Lets a channels-last convolution read a channels-first image itself where {@link TransposeSink} has left the {@code Transpose} before it: at the input of the graph,
 * mostly. The kernel takes the image apart into rows of channels anyway, so the transpose goes and the rows are plain copies.
 */
public final class PlanarInput implements Pass {
    private static final int LEAST_WINOGRAD_CHANNELS = 16;
    private static final int LEAST_SPARSE_CHANNELS = 32;
    private static final double LEAST_ZEROS = 0.7;

    @Override
    public String name() {
        return "planar-input";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (Rewrites.isLanewise(node, "Conv")
                    && node.intAttribute("channels_last", 0) == 1
                    && node.intAttribute("planar_input", 0) == 0
                    && suits(node, types.shape(node.input(1)))
                    && !isLeftToWinograd(node, types)
                    && !isLeftToZeros(editor, node)) {
                Node before = editor.producer(node.input(0));
                if (before != null
                        && Permutation.TO_NHWC.equals(Permutation.of(before))
                        && editor.onlyConsumer(before.output(0)) == node) {
                    rewrite(editor, node, before);
                }
            }
        });
    }

    /** With so many channels the transforms are faster, transpose included. */
    private static boolean isLeftToWinograd(Node conv, Inference types) {
        return Winograd.suits(conv, types) && types.shape(conv.input(1)).dim(1) >= LEAST_WINOGRAD_CHANNELS;
    }

    /** With so many input channels and zeros a sparse kernel is faster, transpose included. */
    private static boolean isLeftToZeros(GraphEditor editor, Node conv) {
        Tensor weights = editor.constant(conv.input(1));
        if (weights == null || weights.shape().dim(1) < LEAST_SPARSE_CHANNELS) {
            return false;
        }
        float[] values = weights.toFloatArray();
        return Sparsity.zeros(values, 0, values.length) >= LEAST_ZEROS * values.length;
    }

    private static boolean suits(Node conv, PartialShape w) {
        if (w.rank() != 4 || !w.isKnown()) {
            return false;
        }
        boolean depthwise = w.dim(1) == 1 && conv.intAttribute("group", 1) > 1;
        long[] strides = conv.intsAttribute("strides");
        long strideArea = strides == null || strides.length != 2 ? 1 : strides[0] * strides[1];
        return ConvNhwc.readsPlanar(depthwise, (int) (w.dim(2) * w.dim(3)), (int) strideArea);
    }

    private static void rewrite(GraphEditor editor, Node conv, Node before) {
        List<String> inputs = new ArrayList<>(conv.inputs());
        inputs.set(0, before.input(0));
        Map<String, Attribute> attributes = new LinkedHashMap<>(conv.attributes());
        attributes.put("planar_input", new Attribute.IntValue(1));
        editor.replace(
                conv,
                new Node(conv.name(), conv.domain(), conv.opType(), conv.opset(), inputs, conv.outputs(), attributes),
                "reads its image channels first");
    }
}
