package org.lanewise.quantization.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Graph;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.optimize.ConstantFolding;
import org.lanewise.runtime.optimize.ConvBatchNorm;
import org.lanewise.runtime.optimize.DeadNodes;
import org.lanewise.runtime.optimize.NoOps;
import org.lanewise.runtime.optimize.Pipeline;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Brings a model into the form that is quantized, still fp32 and of the same meaning: constants folded, batch normalization and constants per channel folded into the convolutions before them, a
 * {@code MatMul} of matrices with its bias made a {@code Gemm}, factors of {@code Gemm} folded into its weights, and every node with a name of its own.
 */
public final class Preparation {
    private static final Pipeline PASSES = new Pipeline(List.of(
            new NoOps(),
            new ConstantFolding(),
            new DeadNodes(),
            new ConvBatchNorm(),
            new ConstantFolding(),
            new DeadNodes()));

    private Preparation() {}

    /**
     * Prepares {@code model}.
     *
     * @throws QuantizationException if it is quantized already or older than opset {@code oldest}
     */
    public static Model apply(Model model, int oldest) {
        int opset = check(model, oldest);
        Graph folded = PASSES.run(model.graph(), Integer.MAX_VALUE).graph();
        Inference types = Inference.of(folded);
        GraphEditor editor = new GraphEditor(folded);
        editor.forEach(node -> {
            if (node.domain().isEmpty() && node.opset() > opset) {
                // Passes write Mul and Add of opset 14, which are no others than those of opset 7
                editor.replace(node, withOpset(node, opset), "brought to the model's opset");
            } else if (node.is("MatMul")) {
                mergeBias(editor, types, node);
            } else if (node.is("Gemm")) {
                foldFactors(editor, node);
            }
        });
        return model.withGraph(named(editor.build()));
    }

    public static int check(Model model, int oldest) {
        int opset = model.opsets().getOrDefault("", 0);
        if (opset < oldest) {
            throw new QuantizationException("the model is of opset " + opset + ", this needs " + oldest
                    + " or newer: convert it first, with onnx.version_converter for example");
        }
        for (Node node : model.graph().nodes()) {
            boolean integer = node.opType().startsWith("QLinear")
                    || node.opType().startsWith("DynamicQuantize")
                    || node.is("QuantizeLinear")
                    || node.is("ConvInteger")
                    || node.is("MatMulInteger")
                    || node.opType().equals("MatMulNBits");
            if (integer) {
                throw new QuantizationException(
                        "the model is quantized already: it has " + node.path() + "; give the fp32 model");
            }
        }
        return opset;
    }

    private static Node withOpset(Node node, int opset) {
        return new Node(
                node.name(), node.domain(), node.opType(), opset, node.inputs(), node.outputs(), node.attributes());
    }

    private static void mergeBias(GraphEditor editor, Inference types, Node node) {
        Node add = editor.onlyConsumer(node.output(0));
        Tensor weights = editor.constant(node.input(1));
        if (add == null
                || !add.is("Add")
                || weights == null
                || weights.type() != DataType.FLOAT
                || weights.shape().rank() != 2
                || types.shape(node.input(0)).rank() != 2
                || types.elementType(node.input(0)) != DataType.FLOAT) {
            return;
        }
        String other = add.input(add.input(0).equals(node.output(0)) ? 1 : 0);
        Tensor bias = vector(editor.constant(other), weights.shape().dim(1), 2);
        if (bias != null) {
            String c = editor.addConstant(node.output(0) + "_bias", bias);
            Node gemm = new Node(
                    node.name(),
                    "",
                    "Gemm",
                    node.opset(),
                    List.of(node.input(0), node.input(1), c),
                    add.outputs(),
                    Map.of());
            editor.fuse(add, gemm, "a product of matrices with its bias");
        }
    }

    /** A constant that is added to rows of {@code n} values as a vector of them, or {@code null}. */
    public static @Nullable Tensor vector(@Nullable Tensor bias, int n, int rank) {
        if (bias == null || bias.type() != DataType.FLOAT || bias.shape().rank() > rank) {
            return null;
        }
        boolean row =
                bias.size() == n && (bias.shape().rank() > 0 && bias.shape().dim(-1) == n || n == 1);
        if (!row && bias.size() != 1) {
            return null;
        }
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) bias.getDouble(row ? i : 0);
        }
        return Tensor.of(values);
    }

    private static void foldFactors(GraphEditor editor, Node node) {
        Tensor b = editor.constant(node.input(1));
        Tensor c = editor.constant(node.input(2));
        float alpha = node.floatAttribute("alpha", 1);
        float beta = node.floatAttribute("beta", 1);
        if (b == null || b.type() != DataType.FLOAT || b.shape().rank() != 2) {
            return;
        }
        int n = b.shape().dim(node.intAttribute("transB", 0) == 0 ? 1 : 0);
        Tensor bias = vector(c, n, 2);
        if (!node.input(2).isEmpty() && bias == null
                || alpha == 1 && beta == 1 && (c == null || c.shape().rank() == 1)) {
            return;
        }
        List<String> inputs = new ArrayList<>(List.of(node.input(0), node.input(1)));
        if (alpha != 1) {
            inputs.set(1, editor.addConstant(node.input(1) + "_scaled", scaled(b, alpha, b.shape())));
        }
        if (bias != null) {
            inputs.add(editor.addConstant(node.input(2) + "_scaled", scaled(bias, beta, bias.shape())));
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.remove("alpha");
        attributes.remove("beta");
        editor.replace(node, node.withInputs(inputs).withAttributes(attributes), "its factors are in its constants");
    }

    private static Tensor scaled(Tensor tensor, float factor, Shape shape) {
        float[] values = tensor.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Tensor.wrap(DataType.FLOAT, shape, values, 0);
    }

    /** Nodes without a name, or with one that another has, are called as their first output. */
    private static Graph named(Graph graph) {
        Set<String> names = new HashSet<>();
        List<Node> nodes = new ArrayList<>();
        for (Node node : graph.nodes()) {
            boolean keeps = !node.name().isEmpty() && names.add(node.name());
            String name = keeps ? node.name() : node.output(0);
            names.add(name);
            nodes.add(
                    keeps
                            ? node
                            : new Node(
                                    name,
                                    node.domain(),
                                    node.opType(),
                                    node.opset(),
                                    node.inputs(),
                                    node.outputs(),
                                    node.attributes()));
        }
        return Graphs.withNodes(graph, nodes, graph.initializers());
    }
}
