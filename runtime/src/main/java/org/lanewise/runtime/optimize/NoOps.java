package org.lanewise.runtime.optimize;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Removes nodes that return their first input: {@code Identity}, {@code Dropout} outside training, a {@code Cast} to the type the value has, a {@code Transpose} that
 * moves nothing, adding 0 or multiplying by 1 where the shape stays.
 */
public final class NoOps implements Pass {
    @Override
    public String name() {
        return "no-ops";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            String reason = reason(editor, node, types);
            if (reason != null) {
                Rewrites.bypass(editor, node, reason);
            }
        });
    }

    private static @Nullable String reason(GraphEditor editor, Node node, Inference types) {
        if (!node.domain().isEmpty()) {
            return null;
        }
        return switch (node.opType()) {
            case "Identity" -> "it returns its input";
            case "Dropout" -> isInference(editor, node) ? "it does nothing in inference" : null;
            case "Cast" -> castsToSame(node, types) ? "the value has that type already" : null;
            case "Transpose" -> keepsOrder(node) ? "it moves nothing" : null;
            case "Slice" -> keepsAll(editor, node) ? "it takes everything" : null;
            case "Add", "Sub" -> keepsValue(editor, node, types, 0) ? "it adds 0" : null;
            case "Mul", "Div" -> keepsValue(editor, node, types, 1) ? "it scales by 1" : null;
            default -> null;
        };
    }

    private static boolean isInference(GraphEditor editor, Node node) {
        String mask = node.output(1);
        if (!mask.isEmpty() && (editor.isOutput(mask) || !editor.consumers(mask).isEmpty())) {
            return false;
        }
        if (node.opset() < 7) {
            return node.intAttribute("is_test", 0) != 0;
        }
        if (node.input(2).isEmpty()) {
            return true;
        }
        Tensor training = editor.constant(node.input(2));
        return training != null && training.getLong(0) == 0;
    }

    private static boolean castsToSame(Node node, Inference types) {
        DataType type = types.elementType(node.input(0));
        return type != null && type.code() == node.intAttribute("to", 0);
    }

    private static boolean keepsOrder(Node node) {
        long[] perm = node.intsAttribute("perm");
        return perm != null && IntStream.range(0, perm.length).allMatch(i -> perm[i] == i);
    }

    private static boolean keepsAll(GraphEditor editor, Node node) {
        Tensor starts = editor.constant(node.input(1));
        Tensor ends = editor.constant(node.input(2));
        Tensor steps = editor.constant(node.input(4));
        return node.opset() >= 10
                && starts != null
                && ends != null
                && Arrays.stream(starts.toLongArray()).allMatch(start -> start == 0)
                && Arrays.stream(ends.toLongArray()).allMatch(end -> end >= Integer.MAX_VALUE)
                && (node.input(4).isEmpty()
                        || steps != null && Arrays.stream(steps.toLongArray()).allMatch(step -> step == 1));
    }

    private static boolean keepsValue(GraphEditor editor, Node node, Inference types, double neutral) {
        Tensor constant = editor.constant(node.input(1));
        return constant != null
                && node.opset() >= 7
                && constant.size() == 1
                && constant.type().isNumeric()
                && constant.getDouble(0) == neutral
                && types.shape(node.input(0)).isRanked()
                && types.shape(node.input(0)).rank() >= constant.shape().rank()
                && !(neutral == 0
                        && types.elementType(node.input(0)) instanceof DataType type
                        && type.isFloating()
                        && node.opType().equals("Add"));
    }
}
