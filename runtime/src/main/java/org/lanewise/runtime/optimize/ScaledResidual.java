package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;

/**
 * {@code x * s + x}, with one {@code s} per channel (squeeze-and-excite with a residual connection), becomes {@code x * (s + 1)}: one pass over the large value
 * instead of two.
 */
public final class ScaledResidual implements Pass {
    @Override
    public String name() {
        return "scaled-residual";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            if (node.is("Add") && node.opset() >= 7) {
                for (int i = 0; i < 2; i++) {
                    if (rewrite(editor, types, node, node.input(i), node.input(1 - i))) {
                        return;
                    }
                }
            }
        });
    }

    private static boolean rewrite(GraphEditor editor, Inference types, Node add, String product, String x) {
        Node mul = editor.producer(product);
        if (mul == null || !mul.is("Mul") || mul.opset() < 7 || editor.onlyConsumer(product) != add) {
            return false;
        }
        String scale = mul.input(0).equals(x) ? mul.input(1) : mul.input(1).equals(x) ? mul.input(0) : null;
        if (scale == null || types.elementType(x) != DataType.FLOAT || !isSmall(types.shape(x), types.shape(scale))) {
            return false;
        }
        String one = editor.addConstant(add.output(0) + "_one", Constants.floats(new float[] {1}, Shape.of()));
        String sum = editor.newName(scale + "_plus_one");
        Node plus = Rewrites.onnx(add.name() + "_scale", "Add", 14, List.of(scale, one), List.of(sum), Map.of());
        Node scaled = Rewrites.onnx(mul.name(), "Mul", 14, List.of(x, sum), add.outputs(), Map.of());
        editor.remove(mul, "its scale takes in the sum with its input");
        editor.replace(add, List.of(plus, scaled), "x * s + x is x * (s + 1)");
        return true;
    }

    /** Whether the scale has no spatial extent, and x has. */
    private static boolean isSmall(PartialShape x, PartialShape scale) {
        if (x.rank() < 3 || scale.rank() != x.rank()) {
            return false;
        }
        int wide = 0;
        for (int i = 0; i < scale.rank(); i++) {
            wide += scale.dim(i) == 1 ? 0 : 1;
        }
        return wide <= 2 && scale.rank() - wide >= x.rank() - 2;
    }
}
