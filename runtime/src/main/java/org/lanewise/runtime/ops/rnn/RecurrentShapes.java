package org.lanewise.runtime.ops.rnn;

import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;

/** Types and shapes of LSTM, GRU and RNN. */
final class RecurrentShapes {
    private static final int X = 0;
    private static final int W = 1;
    private static final int R = 2;
    private static final int B = 3;
    private static final int LENGTHS = 4;
    private static final int FIRST_STATE = 5;

    private RecurrentShapes() {}

    /**
     * Checks the inputs and sets the outputs Y and, per state, the last value.
     *
     * @param gates products of an input with a hidden unit
     * @param states 1, or 2 with a cell state
     */
    static void infer(ShapeContext context, RecurrentAttributes attributes, int gates, int states) {
        DataType type = context.inputType(X);
        switch (type) {
            case FLOAT, FLOAT16, BFLOAT16 -> {}
            default -> throw new IllegalArgumentException("no recurrent layer of " + type.onnxName() + " is supported");
        }
        if (context.hasInput(LENGTHS) && context.inputType(LENGTHS) != DataType.INT32) {
            throw new IllegalArgumentException(
                    "input sequence_lens is " + context.inputType(LENGTHS).onnxName() + ", expected int32");
        }
        int directions = attributes.directions();
        long hidden = hidden(context, attributes);
        PartialShape x = context.inputShape(X);
        check("X", x, -1, -1, -1);
        long steps = x.dim(attributes.batchFirst() ? 1 : 0);
        long batch = x.dim(attributes.batchFirst() ? 0 : 1);
        long rows = hidden < 0 ? -1 : gates * hidden;
        check("W", context.inputShape(W), directions, rows, x.isRanked() ? x.dim(2) : -1);
        check("R", context.inputShape(R), directions, rows, hidden);
        if (context.hasInput(B)) {
            check("B", context.inputShape(B), directions, rows < 0 ? -1 : 2 * rows);
        }
        for (int i = 0; i < states; i++) {
            if (context.hasInput(FIRST_STATE + i)) {
                PartialShape state = context.inputShape(FIRST_STATE + i);
                String name = i == 0 ? "initial_h" : "initial_c";
                if (attributes.batchFirst()) {
                    check(name, state, batch, directions, hidden);
                } else {
                    check(name, state, directions, batch, hidden);
                }
            }
        }
        context.output(
                0,
                type,
                attributes.batchFirst()
                        ? PartialShape.of(batch, steps, directions, hidden)
                        : PartialShape.of(steps, directions, batch, hidden));
        for (int i = 1; i <= states; i++) {
            context.output(
                    i,
                    type,
                    attributes.batchFirst()
                            ? PartialShape.of(batch, directions, hidden)
                            : PartialShape.of(directions, batch, hidden));
        }
    }

    private static long hidden(ShapeContext context, RecurrentAttributes attributes) {
        PartialShape r = context.inputShape(R);
        if (attributes.hiddenSize() >= 0) {
            return attributes.hiddenSize();
        }
        return r.rank() == 3 ? r.dim(2) : PartialShape.UNKNOWN;
    }

    private static void check(String name, PartialShape got, long... expected) {
        boolean fits = !got.isRanked() || got.rank() == expected.length;
        for (int i = 0; fits && got.isRanked() && i < expected.length; i++) {
            fits = expected[i] < 0 || got.dim(i) < 0 || expected[i] == got.dim(i);
        }
        if (!fits) {
            throw new IllegalArgumentException(
                    "input " + name + " has shape " + got + ", expected " + PartialShape.of(expected));
        }
    }
}
