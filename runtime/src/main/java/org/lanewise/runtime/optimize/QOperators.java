package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.OperatorCatalog;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.Precompute;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Maps operators on quantized tensors ({@code QLinearConv}, {@code QLinearMatMul} and those of {@code com.microsoft}) with constant weights, scales and zero points to the quantized operators of {@code org.lanewise}, which
 * work channels last, and those of one value to tables.
 */
public final class QOperators implements Pass {
    private static final String MICROSOFT = "com.microsoft";
    private static final Set<DataType> BYTES = Set.of(DataType.UINT8, DataType.INT8);

    /** Sums, products and means of windows of com.microsoft add the zero point before they round. */
    private static final Map<String, Attribute> ZERO_FIRST = Map.of("zero_first", new Attribute.IntValue(1));

    @Override
    public String name() {
        return "q-operators";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            String refusal = rewrite(editor, types, node);
            if (refusal != null) {
                editor.refuse(node, refusal);
            }
        });
    }

    /** Rewrites the node if it is one of these; says why not where it nearly is. */
    private static @Nullable String rewrite(GraphEditor editor, Inference types, Node node) {
        if (node.is("QLinearConv")) {
            return product(editor, types, node, "QConv");
        } else if (node.is("QLinearMatMul")) {
            return product(editor, types, node, "QMatMul");
        } else if (!node.domain().equals(MICROSOFT)) {
            return null;
        }
        return switch (node.opType()) {
            case "QGemm" -> gemm(editor, node);
            case "QLinearAdd" -> binary(editor, types, node, "QAdd");
            case "QLinearMul" -> binary(editor, types, node, "QMul");
            case "QLinearAveragePool" -> pool(editor, types, node, "QAveragePool");
            case "QLinearGlobalAveragePool" -> pool(editor, types, node, "QGlobalAveragePool");
            case "QLinearLeakyRelu", "QLinearSigmoid" -> table(editor, types, node);
            default -> null;
        };
    }

    private static @Nullable String product(GraphEditor editor, Inference types, Node node, String opType) {
        boolean conv = opType.equals("QConv");
        Tensor w = editor.constant(node.input(3));
        String refusal = parameters(editor, node, w, conv ? 0 : 1);
        if (refusal != null || w == null) {
            return refusal;
        }
        int rank = w.shape().rank();
        if (conv
                ? rank != 3 && rank != 4
                : rank != 2 || types.shape(node.input(0)).rank() < 2) {
            return conv
                    ? "it has " + (rank - 2) + " spatial axes, expected 1 or 2"
                    : "it is no product with one matrix";
        }
        if (!node.input(8).isEmpty() && !editor.isConstant(node.input(8))) {
            return "its bias is not constant";
        }
        Node fused = of(node, opType, node.inputs(), node.attributes());
        editor.replace(
                node,
                conv ? QuantizedNodes.channelsLast(editor, fused, rank) : List.of(fused),
                "with what its weights need prepared");
        return null;
    }

    private static @Nullable String parameters(GraphEditor editor, Node node, @Nullable Tensor w, int axis) {
        if (w == null || !BYTES.contains(w.type())) {
            return "its weights are not constant bytes";
        }
        for (int i : new int[] {1, 2, 6, 7}) {
            Tensor constant = editor.constant(node.input(i));
            if (constant == null || constant.size() != 1) {
                return "input " + i + ", a scale or zero point, is not one constant";
            }
        }
        for (int i : new int[] {1, 4, 6}) {
            Tensor scale = editor.constant(node.input(i));
            if (scale != null && scale.type() != DataType.FLOAT) {
                return "input " + i + ", a scale, is " + scale.type().onnxName() + ", expected float";
            }
        }
        if (w.shape().rank() <= axis) {
            return "its weights are no matrix";
        }
        for (int i : new int[] {4, 5}) {
            Tensor constant = editor.constant(node.input(i));
            if (constant == null
                    || constant.size() != 1 && constant.size() != w.shape().dim(axis)) {
                return "input " + i + ", a scale or zero point of the weights, is not constant";
            }
        }
        return null;
    }

    /** {@code QGemm} has its bias before the parameters of its output, which may be absent: then it gives fp32. */
    private static @Nullable String gemm(GraphEditor editor, Node node) {
        Tensor b = editor.constant(node.input(3));
        boolean transposed = node.intAttribute("transB", 0) != 0;
        List<String> inputs = new ArrayList<>(node.inputs().subList(0, 6));
        for (int i = 7; i < 9; i++) {
            inputs.add(node.input(i));
        }
        if (node.input(7).isEmpty() || node.floatAttribute("alpha", 1) != 1 || node.intAttribute("transA", 0) != 0) {
            return "its A is transposed, its alpha is not 1, or it has no scale of its output";
        }
        Node ordered = of(node, "QMatMul", inputs, Map.of());
        String refusal = parameters(editor, ordered, b, transposed ? 0 : 1);
        if (refusal != null || b == null) {
            return refusal;
        }
        Tensor bias = editor.constant(node.input(6));
        int n = b.shape().dim(transposed ? 0 : 1);
        if (!node.input(6).isEmpty() && (bias == null || bias.size() != n)) {
            return "its C is not a constant vector of columns";
        }
        if (bias != null) {
            ordered = QuantizedNodes.withInput(
                    ordered, 8, editor.addConstant(node.input(6) + "_vector", bias.reshape(Shape.of(n))));
        }
        if (transposed) {
            ordered = QuantizedNodes.withInput(ordered, 3, QdqMatMul.transposed(editor, node.input(3), b));
        }
        editor.replace(node, ordered, "with what its weights need prepared");
        return null;
    }

    private static @Nullable String binary(GraphEditor editor, Inference types, Node node, String opType) {
        List<String> inputs = withZeros(editor, types, node, 2, 5, 7);
        if (inputs == null) {
            return "a scale or zero point is not one constant";
        }
        editor.replace(node, of(node, opType, inputs, ZERO_FIRST), "works in any order of the dimensions");
        return null;
    }

    private static @Nullable String pool(GraphEditor editor, Inference types, Node node, String opType) {
        List<String> inputs = withZeros(editor, types, node, 2, 4);
        if (inputs == null) {
            return "a scale or zero point is not one constant";
        }
        boolean last = node.intAttribute("channels_last", 0) != 0;
        if (types.shape(node.input(0)).rank() != 4) {
            return "its input is not known to have two spatial axes";
        }
        Map<String, Attribute> attributes = new LinkedHashMap<>(node.attributes());
        attributes.put("channels_last", new Attribute.IntValue(1));
        if (opType.equals("QAveragePool")) {
            attributes.putAll(ZERO_FIRST);
        }
        Node fused = of(node, opType, inputs, attributes);
        editor.replace(
                node, last ? List.of(fused) : QuantizedNodes.channelsLast(editor, fused, 4), "runs channels last");
        return null;
    }

    private static @Nullable String table(GraphEditor editor, Inference types, Node node) {
        DataType type = types.elementType(node.input(0));
        if (type == null || withZeros(editor, types, node, 2, 4) == null) {
            return "a scale or zero point is not one constant";
        }
        Tensor all = QdqTables.all(type);
        Tensor table = Precompute.run(
                        node,
                        OperatorCatalog.create(node),
                        name -> name.equals(node.input(0)) ? all : editor.constant(name))
                .getFirst();
        if (table != null) {
            String name = editor.addConstant(node.output(0) + "_table", table);
            editor.replace(node, QdqTables.lookup(node, node.input(0), name, node.output(0)), "a table of 256 bytes");
        }
        return null;
    }

    /** The inputs with absent zero points made up; {@code null} where a zero point or the scale before it is not one constant. */
    private static @Nullable List<String> withZeros(GraphEditor editor, Inference types, Node node, int... zeros) {
        List<String> inputs = new ArrayList<>(node.inputs());
        DataType type = types.elementType(node.input(0));
        if (type == null) {
            return null;
        }
        for (int i : zeros) {
            Tensor scale = editor.constant(node.input(i - 1));
            Tensor zero = editor.constant(node.input(i));
            if (scale == null || scale.size() != 1 || !node.input(i).isEmpty() && (zero == null || zero.size() != 1)) {
                return null;
            }
            if (zero == null) {
                while (inputs.size() <= i) {
                    inputs.add("");
                }
                inputs.set(i, editor.addConstant(node.output(0) + "_zero", Tensor.allocate(type, Shape.scalar())));
            }
        }
        return inputs;
    }

    private static Node of(Node node, String opType, List<String> inputs, Map<String, Attribute> attributes) {
        return new Node(node.name(), Rewrites.LANEWISE, opType, 1, inputs, node.outputs(), attributes);
    }
}
