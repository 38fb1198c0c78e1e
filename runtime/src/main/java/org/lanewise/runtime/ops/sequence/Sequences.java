package org.lanewise.runtime.ops.sequence;

import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

/** Reading inputs that are sequences and positions. */
final class Sequences {
    private Sequences() {}

    /** Type of the elements of input 0, which must be a sequence. */
    static ValueType elementType(ShapeContext context) {
        if (context.inputValueType(0) instanceof ValueType.SequenceOf(ValueType element)) {
            return element;
        }
        throw new IllegalArgumentException("input 0 is " + context.inputValueType(0) + ", expected a sequence");
    }

    /** Input 0, which must be a sequence. */
    static SequenceValue sequence(OpContext context) {
        if (context.value(0) instanceof SequenceValue sequence) {
            return sequence;
        }
        throw new IllegalArgumentException("input 0 is " + context.value(0).valueType() + ", expected a sequence");
    }

    /** Fails unless input {@code i} is absent or may be a position. */
    static void expectPosition(ShapeContext context, int i) {
        if (context.hasInput(i) && context.inputType(i) != DataType.INT64 && context.inputType(i) != DataType.INT32) {
            throw new IllegalArgumentException(
                    "position has type " + context.inputType(i).onnxName() + ", expected int32 or int64");
        }
    }

    /**
     * The position that a tensor names, negative from the end.
     *
     * @param length elements of the sequence
     * @param limit behind the last position allowed: {@code length}, or one more where a position between elements is meant
     */
    static int position(Tensor position, int length, int limit) {
        long at = position.size() == 1 ? position.getLong(0) : Long.MIN_VALUE;
        if (at < -length || at >= limit) {
            throw new IllegalArgumentException("position " + (position.size() == 1 ? at : position) + " is outside ["
                    + -length + ", " + (limit - 1) + "] of a sequence of " + length);
        }
        return (int) (at < 0 ? at + length : at);
    }
}
