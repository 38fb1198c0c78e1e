package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.conv.ConvGeometry;
import org.lanewise.kernels.sparse.SparseConvNhwc;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;

/**
 * The transposes around a channels-last convolution that its sparse kernel can do without: part of {@link SparseWeights}.
 *
 * @param before the transpose that makes its input channels-last and that nothing else reads, or null
 * @param after the transpose that is all that reads its output, or null
 */
record PlanarEnds(@Nullable Node before, @Nullable Node after) {
    /** No transposes. */
    static final PlanarEnds NONE = new PlanarEnds(null, null);

    /** Nanoseconds of a transpose for each byte that it moves, as predictions of kernels count them. */
    private static final double BYTE = 0.06;

    private static final int RESIDUAL = 3;

    /** Those of {@code conv}, where its sizes are declared to be {@code g} and suit. */
    static PlanarEnds of(GraphEditor editor, Inference types, Node conv, ConvGeometry g) {
        if (!types.shape(conv.input(0)).isKnown() || !SparseConvNhwc.suitsPlanes(g)) {
            return NONE;
        }
        Node before = editor.producer(conv.input(0));
        boolean begins = before != null
                && Permutation.TO_NHWC.equals(Permutation.of(before))
                && editor.onlyConsumer(before.output(0)) == conv;
        Node after = editor.onlyConsumer(conv.output(0));
        boolean ends =
                after != null && conv.input(RESIDUAL).isEmpty() && Permutation.TO_NCHW.equals(Permutation.of(after));
        return new PlanarEnds(begins ? before : null, ends ? after : null);
    }

    /** Whether there are any. */
    boolean any() {
        return before != null || after != null;
    }

    /** The predicted time of these transposes on one thread, in nanoseconds. */
    double nanos(ConvGeometry g) {
        double values = (before == null ? 0.0 : g.inputSize()) + (after == null ? 0.0 : g.outputSize());
        return Float.BYTES * BYTE * values;
    }

    /** The convolution, reading and writing what the transposes did. */
    Node planar(Node conv) {
        List<String> inputs = new ArrayList<>(conv.inputs());
        Map<String, Attribute> attributes = new LinkedHashMap<>(conv.attributes());
        attributes.remove("winograd");
        if (before != null) {
            inputs.set(0, before.input(0));
            attributes.put("planar_input", new Attribute.IntValue(1));
        }
        if (after != null) {
            attributes.put("planar_output", new Attribute.IntValue(1));
        }
        List<String> outputs = after == null ? conv.outputs() : after.outputs();
        return new Node(conv.name(), conv.domain(), conv.opType(), conv.opset(), inputs, outputs, attributes);
    }
}
