package org.lanewise.runtime.ops.fused.quant;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/**
 * One convolution of a {@link QConvChain}, seen as a {@link QConv}.
 *
 * @param chain what is known of the chain
 * @param stage which convolution
 * @param type the type of its X
 * @param shape what is known of the shape of its X
 */
record QConvStage(ShapeContext chain, int stage, DataType type, PartialShape shape) implements ShapeContext {
    /** Places of a convolution's inputs in those of the chain that belong to it: from W on. */
    private static final int OWN = 3;

    /** The input of the chain that is input {@code i} of the convolution; -1 for X behind the first. */
    int place(int i) {
        if (stage == 0 && i < OWN) {
            return i;
        }
        int first = QConvChain.FIRST + QConvChain.INPUTS * stage;
        return i == 0 ? -1 : i < OWN ? first - QConvChain.INPUTS + OWN + i - 1 : first + i - OWN;
    }

    @Override
    public int inputCount() {
        return Math.min(ProductParameters.BIAS + 1, chain.inputCount() - place(OWN) + OWN);
    }

    @Override
    public boolean hasInput(int i) {
        return i == 0 || chain.hasInput(place(i));
    }

    @Override
    public int outputCount() {
        return 1;
    }

    @Override
    public boolean hasOutput(int i) {
        return i == 0;
    }

    @Override
    public ValueType inputValueType(int i) {
        return i == 0 ? ValueType.tensor(type, shape) : chain.inputValueType(place(i));
    }

    @Override
    public DataType inputType(int i) {
        return i == 0 ? type : chain.inputType(place(i));
    }

    @Override
    public PartialShape inputShape(int i) {
        return i == 0 ? shape : chain.inputShape(place(i));
    }

    @Override
    public @Nullable Tensor constant(int i) {
        return i == 0 ? null : chain.constant(place(i));
    }

    @Override
    public void output(int i, DataType outputType, PartialShape outputShape) {
        throw new IllegalStateException("the chain says what its output is");
    }

    @Override
    public void output(int i, ValueType outputType) {
        throw new IllegalStateException("the chain says what its output is");
    }

    @Override
    public void outputKnown(int i, Tensor value) {
        throw new IllegalStateException("the chain says what its output is");
    }

    @Override
    public List<ValueType> inferSubgraph(int subgraph, List<ValueType> inputs) {
        throw new IllegalStateException("a convolution has no subgraph");
    }
}
