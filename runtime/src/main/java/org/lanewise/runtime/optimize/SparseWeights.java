package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.sparse.Sparsity;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.ops.nn.SparseAttribute;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Lets {@code MatMul}, {@code Gemm} and channels-last {@code Conv} with constant fp32 weights leave out the weights that are zero, where that is expected to be faster than the dense
 * kernels at the sizes known, or at some sizes where they are open. Which one runs is decided for each size again, see
 * {@link org.lanewise.runtime.ops.nn.SparseMatrix}. Weights with a noticeable share of zeros that stay dense are refused with what is expected of them.
 */
public final class SparseWeights implements Pass {
    /** The pass's name. */
    public static final String NAME = "sparse-weights";

    /** Share of zeros from which on a weight is mentioned. */
    private static final double LEAST_SHARE = 0.2;

    /** Smaller weights are not worth a look. */
    private static final int LEAST_VALUES = 256;

    private final Consumer<SparseFinding> listener;

    /** The pass. */
    public SparseWeights() {
        this(finding -> {});
    }

    /** The pass; {@code listener} is told of each weight with a noticeable share of zeros, chosen or not. */
    public SparseWeights(Consumer<SparseFinding> listener) {
        this.listener = listener;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        Map<String, String> matrices = new LinkedHashMap<>();
        editor.forEach(node -> {
            Tensor weights = marks(node) ? null : weights(editor, node);
            if (weights == null) {
                return;
            }
            SparseFinding finding = node.opType().equals("Conv")
                    ? SparseTrial.convolution(editor, types, node, weights)
                    : SparseTrial.product(editor, types, node, weights);
            listener.accept(finding);
            if (!finding.chosen()) {
                editor.refuse(node, finding.reason());
                return;
            }
            PlanarEnds ends =
                    node.opType().equals("Conv") ? SparseTrial.ends(editor, types, node, weights) : PlanarEnds.NONE;
            if (ends.any()) {
                Node last = ends.after() == null ? node : ends.after();
                Node planar = marked(ends.planar(node), finding.sparsity());
                editor.fuse(node, last, List.of(planar), finding.reason());
                return;
            }
            Node allowed = node.is("Gemm") ? matMul(editor, node, weights, matrices) : node;
            editor.replace(node, marked(allowed, finding.sparsity()), finding.reason());
        });
    }

    /** Whether this pass has marked {@code node}: it leaves zeros out where that is faster. */
    public static boolean marks(Node node) {
        return node.attributes().containsKey(SparseAttribute.NAME);
    }

    /** The weights of a node that this pass is about, if enough of them are zero. */
    private static @Nullable Tensor weights(GraphEditor editor, Node node) {
        boolean candidate = Rewrites.isLanewise(node, "Conv")
                || Rewrites.isLanewise(node, "MatMul")
                || node.is("MatMul")
                || node.is("Gemm")
                || node.is("Conv");
        Initializer constant = candidate ? editor.initializer(node.input(1)) : null;
        if (constant == null
                || constant.type() != DataType.FLOAT
                || constant.shape().size() < LEAST_VALUES
                || constant.shape().rank() != 2 && !node.opType().equals("Conv")) {
            return null;
        }
        Tensor weights = constant.tensor();
        float[] values = weights.toFloatArray();
        return Sparsity.zeros(values, 0, values.length) >= LEAST_SHARE * values.length ? weights : null;
    }

    /** The node, as an operator of {@code org.lanewise}, with the attribute that allows the form; ONNX {@code MatMul} has no attributes. */
    private static Node marked(Node node, Sparsity sparsity) {
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put(SparseAttribute.NAME, new Attribute.StringValue(SparseAttribute.text(sparsity.form())));
        return new Node(node.name(), Rewrites.LANEWISE, node.opType(), 1, node.inputs(), node.outputs(), attributes);
    }

    /**
     * A {@code Gemm} as {@code MatMul} of {@code org.lanewise}, with alpha, beta and the transposition in the constants.
     *
     * @param matrices names of the matrices made so far, for weights that several nodes share
     */
    private static Node matMul(GraphEditor editor, Node gemm, Tensor b, Map<String, String> matrices) {
        boolean transposed = gemm.intAttribute("transB", 0) != 0;
        float alpha = gemm.floatAttribute("alpha", 1);
        String matrix = gemm.input(1);
        if (transposed || alpha != 1) {
            matrix = matrices.computeIfAbsent(matrix + "*" + alpha + transposed, key -> {
                Tensor right = transposed ? Constants.transpose(b, new Permutation(List.of(1, 0))) : b;
                return editor.addConstant(gemm.input(1) + "_matrix", scaled(right, alpha, right.shape()));
            });
        }
        List<String> inputs = new ArrayList<>(List.of(gemm.input(0), matrix));
        Tensor c = editor.constant(gemm.input(2));
        if (c != null) {
            inputs.add(editor.addConstant(
                    gemm.input(2) + "_columns", scaled(c, gemm.floatAttribute("beta", 1), Shape.of(c.size()))));
        }
        return new Node(gemm.name(), Rewrites.LANEWISE, "MatMul", 1, inputs, gemm.outputs(), Map.of());
    }

    private static Tensor scaled(Tensor tensor, float factor, Shape shape) {
        float[] values = tensor.toFloatArray().clone();
        for (int i = 0; factor != 1 && i < values.length; i++) {
            values[i] *= factor;
        }
        return Constants.floats(values, shape);
    }
}
