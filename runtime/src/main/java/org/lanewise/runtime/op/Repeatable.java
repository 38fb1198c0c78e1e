package org.lanewise.runtime.op;

/**
 * An operator whose {@link Operator#run} only validates, asks for its outputs by {@link OpContext#output(int, org.lanewise.runtime.tensor.DataType,
 * org.lanewise.runtime.tensor.Shape)} and hands all its work to {@link OpContext#parallel}. For the same tensors it would hand over the same tasks again, so
 * the runtime keeps them: a later run on the same memory repeats the tasks without the operator, which costs nanoseconds and allocates nothing.
 *
 * <p>What it computes from elements of an input outside a task (a bound, a scale, axes) would go stale: {@link #readsAhead} names such inputs.
 */
public interface Repeatable {
    /** Whether {@code run} reads elements of input {@code i} outside its tasks: then they are repeated only while that input is a constant. */
    default boolean readsAhead(int i) {
        return false;
    }
}
