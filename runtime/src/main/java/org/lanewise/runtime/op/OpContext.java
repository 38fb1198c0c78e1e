package org.lanewise.runtime.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.schedule.RangeTask;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** What an operator works with in a run: its inputs, memory for its outputs, scratch and threads. */
public interface OpContext {
    /** Number of inputs the node names, absent ones in between included. */
    int inputCount();

    /** Whether input {@code i} is present. */
    boolean hasInput(int i);

    /** Whether input {@code i} is present and was not consumed by {@link Prepacks#prepack}, so that it can be asked for. */
    boolean isKept(int i);

    /** Number of outputs the node names. */
    int outputCount();

    /** Whether output {@code i} is present, so that somebody wants it. */
    boolean hasOutput(int i);

    /** Input {@code i}, which must be present. */
    OnnxValue value(int i);

    /** Input {@code i}, which must be a tensor. */
    Tensor input(int i);

    /** Input {@code i} as a tensor, or {@code null} when it is absent. */
    @Nullable
    Tensor optionalInput(int i);

    /** Memory for output {@code i}: its elements are undefined. */
    Tensor output(int i, DataType type, Shape shape);

    /** Makes output {@code i} this value: a view of an input, a sequence, or a tensor the operator made. */
    void output(int i, OnnxValue value);

    /** What {@link Prepacks#prepack} made, or {@code null}. */
    @Nullable
    Object packed();

    /**
     * Splits {@code count} independent pieces of work over the threads and waits for them. How they are split must not change the result.
     *
     * @param cost rough cost of one piece in nanoseconds; small totals run on the calling thread alone
     */
    void parallel(int count, long cost, RangeTask task);

    /** Scratch of the calling thread; inside {@link #parallel} use the one given to the task. */
    Scratch scratch();

    /** Threads that {@link #parallel} may use. */
    int threads();

    /** Names the kernel that does the work, for profiles. */
    void kernel(String name);

    /** Types of the outputs of subgraph {@code subgraph}, as far as they are known before it runs. */
    default List<ValueType> subgraphOutputTypes(int subgraph) {
        throw new IllegalStateException("the operator has no subgraph " + subgraph);
    }

    /** Runs subgraph {@code subgraph} on {@code inputs} and returns its outputs, which may share memory with values of this run. */
    List<OnnxValue> runSubgraph(int subgraph, List<OnnxValue> inputs);
}
