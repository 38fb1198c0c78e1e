package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Puts zeros that a {@code Pad} adds around an image into the {@code pads} of the {@code Conv} that reads it: exporters of frameworks whose padding is not symmetric write them down as
 * a node of their own, which copies the image. A {@code Pad} that others read too stays for them.
 */
public final class PadFolding implements Pass {
    @Override
    public String name() {
        return "pad-folding";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            Node pad = node.is("Conv") ? editor.producer(node.input(0)) : null;
            if (pad == null || !pad.is("Pad")) {
                return;
            }
            PartialShape image = types.shape(node.input(0));
            long[] added = isZeros(editor, pad) ? pads(editor, pad) : null;
            long[] pads = added == null || added.length != 2 * image.rank() ? null : summed(added, node, image.rank());
            if (pads != null) {
                editor.fuse(node, padded(node, pad.input(0), pads), "takes in " + pad.path());
            }
        });
    }

    private static boolean isZeros(GraphEditor editor, Node pad) {
        if (!pad.stringAttribute("mode", "constant").equals("constant")) {
            return false;
        }
        if (pad.input(2).isEmpty()) {
            return pad.floatAttribute("value", 0) == 0;
        }
        Tensor value = editor.constant(pad.input(2));
        return value != null && value.size() == 1 && value.getDouble(0) == 0;
    }

    /** What is added before and behind each axis, or {@code null} if that is not known or not said for all axes. */
    private static long @Nullable [] pads(GraphEditor editor, Node pad) {
        if (pad.opset() < 11) {
            return pad.opset() < 2 ? null : pad.intsAttribute("pads");
        }
        Tensor pads = editor.constant(pad.input(1));
        return pads == null || !pad.input(3).isEmpty() ? null : pads.toLongArray();
    }

    /** The convolution's pads and those of the axes of the image, or {@code null} where they are no pads of a convolution. */
    private static long @Nullable [] summed(long[] added, Node conv, int rank) {
        String auto = conv.stringAttribute("auto_pad", "NOTSET");
        if (!auto.equals("NOTSET") && !auto.equals("VALID")) {
            return null;
        }
        int axes = rank - 2;
        long[] own = auto.equals("VALID") ? null : conv.intsAttribute("pads");
        long[] pads = new long[2 * axes];
        for (int i = 0; i < 2 * rank; i++) {
            int axis = i % rank - 2;
            if (axis < 0 ? added[i] != 0 : added[i] < 0) {
                return null;
            }
            if (axis >= 0) {
                int at = i / rank * axes + axis;
                pads[at] = added[i] + (own == null || own.length == 0 ? 0 : own[at]);
            }
        }
        return pads;
    }

    private static Node padded(Node conv, String image, long[] pads) {
        List<String> inputs = new ArrayList<>(conv.inputs());
        inputs.set(0, image);
        Map<String, Attribute> attributes = new LinkedHashMap<>(conv.attributes());
        attributes.remove("auto_pad");
        attributes.put("pads", new Attribute.IntsValue(pads));
        return conv.withInputs(inputs).withAttributes(attributes);
    }
}
