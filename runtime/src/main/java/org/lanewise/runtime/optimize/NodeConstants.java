package org.lanewise.runtime.optimize;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * What a pass knows of a node's inputs, for operators that decide by their constants.
 *
 * @param editor knows constants
 * @param types knows types
 * @param node the node
 */
record NodeConstants(GraphEditor editor, Inference types, Node node) implements ShapeContext {
    @Override
    public int inputCount() {
        return node.inputs().size();
    }

    @Override
    public boolean hasInput(int i) {
        return !node.input(i).isEmpty();
    }

    @Override
    public int outputCount() {
        return node.outputs().size();
    }

    @Override
    public boolean hasOutput(int i) {
        return !node.output(i).isEmpty();
    }

    @Override
    public ValueType inputValueType(int i) {
        return ValueType.tensor(inputType(i), inputShape(i));
    }

    @Override
    public DataType inputType(int i) {
        DataType type = types.elementType(node.input(i));
        if (type == null) {
            throw new IllegalArgumentException("input " + i + " '" + node.input(i) + "' has no known type");
        }
        return type;
    }

    @Override
    public PartialShape inputShape(int i) {
        return types.shape(node.input(i));
    }

    @Override
    public @Nullable Tensor constant(int i) {
        return hasInput(i) ? editor.constant(node.input(i)) : null;
    }

    @Override
    public void output(int i, DataType type, PartialShape shape) {
        throw new IllegalStateException("a pass does not infer");
    }

    @Override
    public void output(int i, ValueType type) {
        throw new IllegalStateException("a pass does not infer");
    }

    @Override
    public void outputKnown(int i, Tensor value) {
        throw new IllegalStateException("a pass does not infer");
    }

    @Override
    public List<ValueType> inferSubgraph(int subgraph, List<ValueType> inputs) {
        throw new IllegalStateException("a pass does not infer");
    }
}
