package org.lanewise.runtime.optimize;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.HasSubgraphs;
import org.lanewise.runtime.op.NonDeterministic;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.OperatorCatalog;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.session.Precompute;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Computes nodes whose inputs are all constant, and replaces values that inference knows (such as the shape of a value of fixed shape). A node that
 * would make much memory out of little, such as an {@code Expand}, is left for the run; so is a chain of them.
 */
public final class ConstantFolding implements Pass {
    /** A folded constant may have this many elements whatever its inputs. */
    private static final long FREE_ELEMENTS = 1 << 16;

    /** A larger one may have this many times the elements of its inputs. */
    private static final long GROWTH = 4;

    /** All folded constants together may have {@link #GROWTH} times the elements of the model's, and this many. */
    private static final long FREE_TOTAL = 1 << 20;

    private final boolean keepsQuantized;

    /** Folds everything. */
    public ConstantFolding() {
        this(false);
    }

    private ConstantFolding(boolean keepsQuantized) {
        this.keepsQuantized = keepsQuantized;
    }

    /** Leaves the dequantization of constant bytes to the passes that look for it, and to {@link #ConstantFolding()} behind them. */
    static ConstantFolding keepingQuantized() {
        return new ConstantFolding(true);
    }

    @Override
    public String name() {
        return "constant-folding";
    }

    @Override
    public void apply(GraphEditor editor, Inference types) {
        long elements = FREE_TOTAL + GROWTH * editor.constantElements();
        for (Node node : editor.nodes()) {
            if (keepsQuantized && dequantizesWeights(editor, node)) {
                continue;
            }
            List<@Nullable Tensor> values = known(node, types);
            if (values != null && node.is("Constant")) {
                elements += GROWTH * outputElements(node, types);
            }
            if (values == null && isFoldable(editor, node, types) && outputElements(node, types) <= elements) {
                values = compute(editor, node, types);
                elements -= outputElements(node, types);
            }
            if (values != null) {
                editor.replaceByConstants(node, values, "its inputs are constant");
            }
        }
    }

    private static boolean dequantizesWeights(GraphEditor editor, Node node) {
        Initializer bytes = node.is("DequantizeLinear") ? editor.initializer(node.input(0)) : null;
        return bytes != null
                && bytes.type().bits() <= Byte.SIZE
                && bytes.shape().size() > 1;
    }

    private static long outputElements(Node node, Inference types) {
        return node.outputs().stream()
                .filter(output -> !output.isEmpty())
                .mapToLong(output -> types.shape(output).size())
                .sum();
    }

    private static @Nullable List<@Nullable Tensor> known(Node node, Inference types) {
        List<@Nullable Tensor> values = new ArrayList<>();
        for (String output : node.outputs()) {
            Tensor value = types.known(output);
            if (value == null && !output.isEmpty()) {
                return null;
            }
            values.add(value);
        }
        return values;
    }

    private static boolean isFoldable(GraphEditor editor, Node node, Inference types) {
        long inputElements = 0;
        if (node.inputs().isEmpty() || node.outputs().isEmpty()) {
            return false;
        }
        for (String input : node.inputs()) {
            Initializer constant = editor.initializer(input);
            if (constant != null) {
                inputElements += constant.shape().size();
            } else if (types.isConstant(input)) {
                inputElements += types.shape(input).size(); // of an enclosing graph
            } else if (!input.isEmpty()) {
                return false;
            }
        }
        for (String output : node.outputs()) {
            PartialShape shape = types.shape(output);
            if (!output.isEmpty()
                    && (!shape.isKnown() || shape.size() > Math.max(FREE_ELEMENTS, GROWTH * inputElements))) {
                return false;
            }
        }
        return true;
    }

    private static @Nullable List<@Nullable Tensor> compute(GraphEditor editor, Node node, Inference types) {
        Operator operator = OperatorCatalog.create(node);
        if (operator instanceof HasSubgraphs || operator instanceof NonDeterministic) {
            return null;
        }
        List<@Nullable Tensor> values = Precompute.run(node, operator, name -> {
            Tensor constant = editor.constant(name);
            return constant == null ? types.constant(name) : constant;
        });
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) == null && !node.output(i).isEmpty()) {
                return null; // a sequence or an optional: not an initializer
            }
        }
        return values;
    }
}
