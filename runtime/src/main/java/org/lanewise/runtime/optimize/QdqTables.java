package org.lanewise.runtime.optimize;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.OperatorCatalog;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.Precompute;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Makes whatever is computed element by element of one quantized value, and quantized again, a table of 256 bytes: activations, {@code x * sigmoid(x)} with quantization in
 * between, another scale. The operators themselves compute the table, so it gives exactly what they would. A dequantization and a quantization that agree vanish.
 */
public final class QdqTables implements Pass {
    private static final int BYTES = 256;
    private static final int DEPTH = 12;

    private static final Set<String> ELEMENTWISE = Set.of(
            "Abs",
            "Add",
            "Atan",
            "Ceil",
            "Celu",
            "Clip",
            "Cos",
            "Div",
            "Elu",
            "Erf",
            "Exp",
            "Floor",
            "Gelu",
            "HardSigmoid",
            "HardSwish",
            "Identity",
            "LeakyRelu",
            "Log",
            "Max",
            "Min",
            "Mish",
            "Mul",
            "Neg",
            "PRelu",
            "Pow",
            "Reciprocal",
            "Relu",
            "Round",
            "Selu",
            "Sigmoid",
            "Sign",
            "Sin",
            "Softplus",
            "Softsign",
            "Sqrt",
            "Sub",
            "Swish",
            "Tanh",
            "ThresholdedRelu");

    @Override
    public String name() {
        return "qdq-tables";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        editor.forEach(node -> {
            Qdq.Bytes made = Qdq.quantized(editor, node);
            if (made != null) {
                Search search = new Search(editor, types);
                if (search.visit(node.input(0), DEPTH) && search.root != null) {
                    replace(editor, types, node, made, search.root);
                }
            }
        });
    }

    /** Looks for the one quantized value that a value is computed of. */
    private static final class Search {
        private final GraphEditor editor;
        private final Inference types;
        private Qdq.@Nullable Bytes leaf;
        private @Nullable String root;

        Search(GraphEditor editor, Inference types) {
            this.editor = editor;
            this.types = types;
        }

        boolean visit(String value, int depth) {
            Tensor constant = editor.constant(value);
            if (constant != null) {
                return constant.size() == 1;
            }
            Qdq.Bytes bytes = Qdq.dequantized(editor, types, value);
            if (bytes != null) {
                String found = root(editor, bytes.value());
                boolean first = root == null;
                root = first ? found : root;
                leaf = bytes;
                return !editor.isConstant(found) && found.equals(root);
            }
            Node producer = editor.producer(value);
            if (depth == 0
                    || producer == null
                    || !producer.domain().isEmpty()
                    || producer.opset() < 7
                    || !ELEMENTWISE.contains(producer.opType())) {
                return false;
            }
            for (String input : producer.inputs()) {
                if (!input.isEmpty() && !visit(input, depth - 1)) {
                    return false;
                }
            }
            // A constant of more dimensions would give its own to the result
            return leaf != null && Rewrites.keepsRank(types, leaf.node().output(0), value);
        }
    }

    /** The value that tables are looked up with to get {@code bytes}. */
    private static String root(GraphEditor editor, String bytes) {
        Node producer = editor.producer(bytes);
        return isLookup(producer)
                ? root(editor, Objects.requireNonNull(producer).input(0))
                : bytes;
    }

    static boolean isLookup(@Nullable Node node) {
        return node != null && Rewrites.isLanewise(node, "QLookup");
    }

    private static void replace(GraphEditor editor, Inference types, Node node, Qdq.Bytes made, String root) {
        DataType type = types.elementType(root);
        if (type == null) {
            return;
        }
        Map<String, Tensor> values = new HashMap<>();
        values.put(root, all(type));
        Tensor table = Precompute.run(node, OperatorCatalog.create(node), name -> evaluate(editor, name, values))
                .getFirst();
        byte[] bytes = ((ByteTensor) Objects.requireNonNull(table)).array();
        if (made.type() == type && isIdentity(bytes) && editor.canReplaceUses(made.value())) {
            editor.replaceUses(made.value(), root);
            editor.fuse(node, List.of(), "gives the bytes that were dequantized before");
            return;
        }
        String name = editor.addConstant(made.value() + "_table", table.reshape(Shape.of(BYTES)));
        editor.fuse(node, lookup(node, root, name, made.value()), "a table of 256 bytes");
    }

    /** A node that replaces each byte of {@code x} by that of the table. */
    static Node lookup(Node named, String x, String table, String output) {
        return new Node(named.name(), Rewrites.LANEWISE, "QLookup", 1, List.of(x, table), List.of(output), Map.of());
    }

    /** All bytes in the order of a table: by their bits. */
    static Tensor all(DataType type) {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) i;
        }
        return Tensor.wrap(type, Shape.of(BYTES), bytes, 0);
    }

    private static @Nullable Tensor evaluate(GraphEditor editor, String name, Map<String, Tensor> values) {
        Tensor known = values.get(name);
        if (known == null) {
            known = editor.constant(name);
        }
        if (known == null) {
            Node node = Objects.requireNonNull(editor.producer(name), name);
            known = Precompute.run(node, OperatorCatalog.create(node), input -> evaluate(editor, input, values))
                    .getFirst();
            values.put(name, Objects.requireNonNull(known, name));
        }
        return known;
    }

    private static boolean isIdentity(byte[] table) {
        for (int i = 0; i < BYTES; i++) {
            if (table[i] != (byte) i) {
                return false;
            }
        }
        return true;
    }
}
