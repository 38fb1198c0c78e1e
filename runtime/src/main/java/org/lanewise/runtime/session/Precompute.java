package org.lanewise.runtime.session;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.op.HalfPrecision;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Runs one operator outside a session, on the calling thread, on constants: used to fold constants and shape arithmetic. */
public final class Precompute implements OpContext {
    private final Node node;
    private final List<@Nullable Tensor> inputs;
    private final @Nullable OnnxValue[] outputs;
    private final Scratch scratch = new Scratch();

    private Precompute(Node node, List<@Nullable Tensor> inputs) {
        this.node = node;
        this.inputs = inputs;
        this.outputs = new OnnxValue[node.outputs().size()];
    }

    /**
     * The outputs of {@code node}, {@code null} where absent or not a tensor.
     *
     * @param constants gives the value of each input by name
     */
    public static List<@Nullable Tensor> run(
            Node node, Operator operator, Function<String, @Nullable Tensor> constants) {
        List<@Nullable Tensor> inputs = new ArrayList<>();
        for (String input : node.inputs()) {
            inputs.add(input.isEmpty() ? null : constants.apply(input));
        }
        Precompute context = new Precompute(node, inputs);
        HalfPrecision.run(operator, context);
        List<@Nullable Tensor> results = new ArrayList<>();
        for (OnnxValue output : context.outputs) {
            results.add(output instanceof Tensor tensor ? tensor : null);
        }
        return results;
    }

    @Override
    public int inputCount() {
        return inputs.size();
    }

    @Override
    public boolean hasInput(int i) {
        return i < inputs.size() && inputs.get(i) != null;
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
        return !node.output(i).isEmpty();
    }

    @Override
    public OnnxValue value(int i) {
        return input(i);
    }

    @Override
    public Tensor input(int i) {
        Tensor tensor = optionalInput(i);
        if (tensor == null) {
            throw new IllegalArgumentException("required input " + i + " is absent");
        }
        return tensor;
    }

    @Override
    public @Nullable Tensor optionalInput(int i) {
        return i < inputs.size() ? inputs.get(i) : null;
    }

    @Override
    public Tensor output(int i, DataType type, Shape shape) {
        Tensor tensor = Tensor.allocate(type, shape);
        output(i, tensor);
        return tensor;
    }

    @Override
    public void output(int i, OnnxValue value) {
        if (hasOutput(i)) {
            outputs[i] = value;
        }
    }

    @Override
    public @Nullable Object packed() {
        return null;
    }

    @Override
    public void parallel(int count, long cost, RangeTask task) {
        if (count > 0) {
            task.run(0, count, scratch);
        }
    }

    @Override
    public Scratch scratch() {
        return scratch;
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public void kernel(String name) {}

    @Override
    public List<OnnxValue> runSubgraph(int subgraph, List<OnnxValue> inputs) {
        throw new IllegalStateException("operators with subgraphs are not computed ahead of a run");
    }
}
