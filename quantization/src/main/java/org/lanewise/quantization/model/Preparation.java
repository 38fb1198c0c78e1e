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
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.optimize.ConstantFolding;
import org.lanewise.runtime.optimize.ConvBatchNorm;
import org.lanewise.runtime.optimize.DeadNodes;
import org.lanewise.runtime.optimize.NoOps;
import org.lanewise.runtime.optimize.Pipeline;
import org.lanewise.runtime.optimize.Subgraphs;
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
        List<Scope> scopes =
                Scope.of(PASSES.run(model.graph(), Integer.MAX_VALUE).graph());
        Set<String> names = new HashSet<>();
        for (Scope scope : scopes) {
            GraphEditor editor = scope.editor();
            editor.forEach(node -> {
                if (node.domain().isEmpty() && node.opset() > opset) {
                    // Passes write Mul and Add of opset 14, which are no others than those of opset 7
                    editor.replace(node, withOpset(node, opset), "brought to the model's opset");
                } else if (node.is("MatMul")) {
                    mergeBias(scope, node);
                } else if (node.is("Gemm")) {
                    foldFactors(scope, node);
                }
            });
            editor.forEach(node -> name(editor, node, names));
        }
        return model.withGraph(scopes.getFirst().build());
    }

    public static int check(Model model, int oldest) {
        int opset = model.opsets().getOrDefault("", 0);
        if (opset < oldest) {
            throw new QuantizationException("the model is of opset " + opset + ", this needs " + oldest
                    + " or newer: convert it first, with onnx.version_converter for example");
        }
        checkUnquantized(model.graph());
        return opset;
    }

    private static void checkUnquantized(Graph graph) {
        for (Node node : graph.nodes()) {
            Subgraphs.of(node).forEach(Preparation::checkUnquantized);
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
    }

    private static Node withOpset(Node node, int opset) {
        return new Node(
                node.name(), node.domain(), node.opType(), opset, node.inputs(), node.outputs(), node.attributes());
    }

    private static void mergeBias(Scope scope, Node node) {
        GraphEditor editor = scope.editor();
        Inference types = scope.types();
        Node add = editor.onlyConsumer(node.output(0));
        Initializer weights = scope.initializer(node.input(1));
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
        Tensor bias = vector(tensor(scope, other), weights.shape().dim(1), 2);
        if (bias != null) {
            String c = scope.addBeside(other, node.output(0) + "_bias", bias);
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

    private static @Nullable Tensor tensor(Scope scope, String value) {
        Initializer constant = scope.initializer(value);
        return constant == null ? null : constant.tensor();
    }

    private static void foldFactors(Scope scope, Node node) {
        Tensor b = tensor(scope, node.input(1));
        Tensor c = tensor(scope, node.input(2));
        float alpha = node.floatAttribute("alpha", 1);
        float beta = node.floatAttribute("beta", 1);
        if (b == null || b.type() != DataType.FLOAT || b.shape().rank() != 2) {
            return;
        }
        int n = b.shape().dim(node.intAttribute("transB", 0) == 0 ? 1 : 0);
        Tensor bias = vector(c, n, 2);
        boolean changing = !node.input(2).isEmpty() && bias == null; // then its factor stays
        if (alpha == 1 && (changing || beta == 1 && (c == null || c.shape().rank() == 1))) {
            return;
        }
        List<String> inputs = new ArrayList<>(changing ? node.inputs() : List.of(node.input(0), node.input(1)));
        if (alpha != 1) {
            inputs.set(1, scope.addBeside(node.input(1), node.input(1) + "_scaled", scaled(b, alpha, b.shape())));
        }
        if (bias != null) {
            inputs.add(scope.addBeside(node.input(2), node.input(2) + "_scaled", scaled(bias, beta, bias.shape())));
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.remove("alpha");
        if (!changing) {
            attributes.remove("beta");
        }
        scope.editor()
                .replace(node, node.withInputs(inputs).withAttributes(attributes), "its factors are in its constants");
    }

    private static Tensor scaled(Tensor tensor, float factor, Shape shape) {
        float[] values = tensor.toFloatArray();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Tensor.wrap(DataType.FLOAT, shape, values, 0);
    }

    /** A node without a name, or with one that another has, is called as its first output. */
    private static void name(GraphEditor editor, Node node, Set<String> names) {
        if (!node.name().isEmpty() && names.add(node.name())) {
            return;
        }
        String output = node.outputs().stream()
                .filter(value -> !value.isEmpty())
                .findFirst()
                .orElse(node.opType());
        String name = output;
        for (int i = 1; !names.add(name); i++) {
            name = output + "_" + i;
        }
        editor.replace(
                node,
                new Node(
                        name,
                        node.domain(),
                        node.opType(),
                        node.opset(),
                        node.inputs(),
                        node.outputs(),
                        node.attributes()),
                "called as its output");
    }
}
