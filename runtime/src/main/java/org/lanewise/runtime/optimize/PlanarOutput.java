package org.lanewise.runtime.optimize;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lanewise.kernels.conv.ConvNhwc;
import org.lanewise.kernels.sparse.Sparsity;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Lets a channels-last convolution write its output channels first where a {@code Transpose} is all that reads it: a few rows are transposed while they are in the
 * nearest cache. Convolutions that Winograd's transforms or sparse kernels may compute are left to them.
 */
public final class PlanarOutput implements Pass {
    /** Share of zeros from which on a sparse kernel may be the faster one. */
    private static final double MOST_ZEROS = 0.3;

    @Override
    public String name() {
        return "planar-output";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (Rewrites.isLanewise(node, "Conv")
                    && node.intAttribute("channels_last", 0) == 1
                    && node.input(3).isEmpty()
                    && suits(editor, types, node)) {
                Node after = editor.onlyConsumer(node.output(0));
                if (after != null && Permutation.TO_NCHW.equals(Permutation.of(after))) {
                    Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
                    attributes.put("planar_output", new Attribute.IntValue(1));
                    Node planar = node.withAttributes(attributes).withOutputs(after.outputs());
                    editor.fuse(node, after, List.of(planar), "writes its output channels first");
                }
            }
        });
    }

    /** Whether {@code node} is a convolution that could. */
    static boolean suits(GraphEditor editor, Inference types, Node conv) {
        Tensor weights = conv.opType().equals("Conv") ? editor.constant(conv.input(1)) : null;
        if (weights == null
                || weights.type() != DataType.FLOAT
                || weights.shape().rank() != 4) {
            return false;
        }
        if (Winograd.suits(conv, types)) {
            return false;
        }
        Shape w = weights.shape();
        long[] strides = conv.intsAttribute("strides");
        long strideArea = strides == null || strides.length != 2 ? 1 : strides[0] * strides[1];
        boolean depthwise = w.dim(1) == 1 && conv.intAttribute("group", 1) > 1;
        float[] values = weights.toFloatArray();
        return ConvNhwc.readsPlanar(depthwise, w.dim(2) * w.dim(3), (int) strideArea)
                && Sparsity.zeros(values, 0, values.length) < MOST_ZEROS * values.length;
    }
}
