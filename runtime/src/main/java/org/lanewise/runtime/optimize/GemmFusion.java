package org.lanewise.runtime.optimize;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Makes {@code Gemm} with constant B and C a {@code MatMul} and an {@code Add}, with alpha, beta and the transposition in the constants, so that {@link EpilogueFusion} takes in
 * what follows. Only where something follows that it can take in: a {@code Gemm} alone does the same.
 */
public final class GemmFusion implements Pass {
    @Override
    public String name() {
        return "gemm";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            Node next = node.is("Gemm") ? editor.onlyConsumer(node.output(0)) : null;
            if (next != null && (next.is("Add") || Activations.of(editor, next) != null)) {
                String refusal = fuse(editor, types, node);
                if (refusal != null) {
                    editor.refuse(node, refusal);
                }
            }
        });
    }

    /** Fuses, or says why not. */
    private static @Nullable String fuse(GraphEditor editor, Inference types, Node gemm) {
        Tensor b = editor.constant(gemm.input(1));
        if (b == null || b.type() != DataType.FLOAT) {
            return "B is not a constant of type FLOAT";
        }
        if (gemm.intAttribute("transA", 0) != 0 || types.shape(gemm.input(0)).rank() != 2) {
            return "A is transposed, or its rank is not known";
        }
        boolean transposed = gemm.intAttribute("transB", 0) != 0;
        Tensor matrix = transposed ? Constants.transpose(b, new Permutation(List.of(1, 0))) : b;
        int n = matrix.shape().dim(1);
        String c = gemm.input(2);
        Tensor bias = editor.constant(c);
        boolean vector = bias != null
                && bias.size() == n
                && bias.shape().rank() > 0
                && bias.shape().dim(-1) == n;
        if (!c.isEmpty() && !vector) {
            return "C is not a constant vector of columns";
        }
        String weights = editor.addConstant(
                gemm.input(1) + "_matrix",
                Constants.floats(scaled(matrix, gemm.floatAttribute("alpha", 1)), matrix.shape()));
        if (bias == null) {
            editor.replace(gemm, matMul(gemm, weights, gemm.output(0)), "a product with constant weights");
            return null;
        }
        String product = editor.newName(gemm.output(0) + "_product");
        String added = editor.addConstant(
                c + "_columns", Constants.floats(scaled(bias, gemm.floatAttribute("beta", 1)), Shape.of(n)));
        Node add = Rewrites.onnx(gemm.name() + "_bias", "Add", 14, List.of(product, added), gemm.outputs(), Map.of());
        editor.replace(gemm, List.of(matMul(gemm, weights, product), add), "a product with constant weights and bias");
        return null;
    }

    private static Node matMul(Node gemm, String weights, String output) {
        return Rewrites.onnx(gemm.name(), "MatMul", 13, List.of(gemm.input(0), weights), List.of(output), Map.of());
    }

    private static float[] scaled(Tensor tensor, float factor) {
        float[] values = tensor.toFloatArray().clone();
        for (int i = 0; factor != 1 && i < values.length; i++) {
            values[i] *= factor;
        }
        return values;
    }
}
