package org.lanewise.runtime.ops.contrib;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Runs an operator as a part of another one: on given tensors, its outputs where they are wanted or in memory of their own. */
final class InnerContext implements OpContext {
    private final OpContext outer;
    private final @Nullable Tensor[] inputs;
    private final @Nullable Tensor[] outputs;

    private InnerContext(OpContext outer, @Nullable Tensor[] inputs, @Nullable Tensor[] outputs) {
        this.outer = outer;
        this.inputs = inputs;
        this.outputs = outputs;
    }

    /** The one output of {@code operator}. */
    static Tensor run(OpContext outer, Operator operator, @Nullable Tensor... inputs) {
        InnerContext context = new InnerContext(outer, inputs, new Tensor[1]);
        operator.run(context);
        return Objects.requireNonNull(context.outputs[0]);
    }

    /** Writes the outputs of {@code operator} to {@code outputs}; what is {@code null} there is not wanted. */
    static void runTo(OpContext outer, Operator operator, @Nullable Tensor[] outputs, @Nullable Tensor... inputs) {
        operator.run(new InnerContext(outer, inputs, outputs));
    }

    @Override
    public Tensor output(int i, DataType type, Shape shape) {
        Tensor given = i < outputs.length ? outputs[i] : null;
        if (given == null) {
            given = Tensor.allocate(type, shape);
            output(i, given);
        } else if (given.type() != type || !given.shape().equals(shape)) {
            throw new IllegalArgumentException("an output has " + type.onnxName() + shape + ", expected " + given);
        }
        return given;
    }

    @Override
    public void output(int i, OnnxValue value) {
        if (i < outputs.length && value instanceof Tensor tensor) {
            outputs[i] = tensor;
        }
    }

    @Override
    public int inputCount() {
        return inputs.length;
    }

    @Override
    public boolean hasInput(int i) {
        return i < inputs.length && inputs[i] != null;
    }

    @Override
    public boolean isKept(int i) {
        return hasInput(i);
    }

    @Override
    public int outputCount() {
        return outputs.length;
    }

    @Override
    public boolean hasOutput(int i) {
        return i < outputs.length && (outputs.length == 1 || outputs[i] != null);
    }

    @Override
    public OnnxValue value(int i) {
        return input(i);
    }

    @Override
    public Tensor input(int i) {
        return Objects.requireNonNull(inputs[i]);
    }

    @Override
    public @Nullable Tensor optionalInput(int i) {
        return i < inputs.length ? inputs[i] : null;
    }

    @Override
    public @Nullable Object packed() {
        return null;
    }

    @Override
    public void parallel(int count, long cost, RangeTask task) {
        outer.parallel(count, cost, task);
    }

    @Override
    public Scratch scratch() {
        return outer.scratch();
    }

    @Override
    public int threads() {
        return outer.threads();
    }

    @Override
    public void kernel(String name) {
        outer.kernel(name);
    }

    @Override
    public List<OnnxValue> runSubgraph(int subgraph, List<OnnxValue> values) {
        throw new IllegalStateException("an operator inside another one has no subgraphs");
    }
}
