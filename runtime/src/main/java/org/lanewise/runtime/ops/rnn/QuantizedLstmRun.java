package org.lanewise.runtime.ops.rnn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.rnn.LstmCell;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** One direction of {@link DynamicQuantizeLSTM}, all sequences of the batch step by step: made ready once, and run on what its inputs then hold. */
final class QuantizedLstmRun {
    private static final int B = 3;
    private static final int LENGTHS = 4;
    private static final int PEEPHOLES = 7;
    private static final int GATES = 4;

    private final int direction;
    private final int directions;
    private final boolean reversed;
    private final LstmCell cell;
    private final FloatTensor x;
    private final @Nullable FloatTensor bias;
    private final @Nullable FloatTensor initialH;
    private final @Nullable FloatTensor initialC;
    private final @Nullable FloatTensor peepholes;
    private final int steps;
    private final int batch;
    private final int hidden;
    private final int[] lengths;
    private final int longest;
    private final float[] work; // all of what follows
    private final int projected; // (step, sequence, gate, unit), biases included
    private final int gates; // (sequence, gate, unit)
    private final int h; // (sequence, unit)
    private final int c; // likewise
    private final int ended; // h of sequences that have no more steps
    private final QuantizedRows input;
    private final QuantizedRows recurrent;

    QuantizedLstmRun(
            OpContext context,
            int direction,
            int directions,
            boolean reversed,
            QuantizedMatrix input,
            QuantizedMatrix recurrent,
            LstmCell cell) {
        this.direction = direction;
        this.directions = directions;
        this.reversed = reversed;
        this.cell = cell;
        this.x = (FloatTensor) context.input(0);
        this.hidden = recurrent.rows();
        int n = GATES * hidden;
        int k = input.rows();
        if (x.shape().rank() != 3 || x.shape().dim(2) != k || input.columns() != n || recurrent.columns() != n) {
            throw new IllegalArgumentException("X has shape " + x.shape() + ", W [" + k + "," + input.columns()
                    + "], R [" + hidden + "," + recurrent.columns() + "], expected [steps,batch," + k + "] and " + n
                    + " columns");
        }
        this.steps = x.shape().dim(0);
        this.batch = x.shape().dim(1);
        this.lengths = lengths(context);
        this.longest = Arrays.stream(lengths).max().orElse(0);
        this.initialH = state(context, LENGTHS + 1);
        this.initialC = state(context, LENGTHS + 2);
        this.bias = bias(context);
        this.peepholes = (FloatTensor) context.optionalInput(PEEPHOLES);
        int state = Math.multiplyExact(batch, hidden);
        this.projected = Scratch.START;
        this.gates = Math.addExact(projected, Math.multiplyExact(Math.multiplyExact(steps, batch), n));
        this.h = Math.addExact(gates, Math.multiplyExact(batch, n));
        this.c = Math.addExact(h, state);
        this.ended = Math.addExact(c, state);
        this.work = context.scratch().heldFloats(Math.addExact(ended, state));
        byte[] bytes = context.scratch().bytes(Math.max(x.size(), state));
        this.input = new QuantizedRows(context, input, steps * batch, bytes, work, projected);
        this.recurrent = new QuantizedRows(context, recurrent, batch, bytes, work, gates);
    }

    private int[] lengths(OpContext context) {
        Tensor tensor = context.optionalInput(LENGTHS);
        int[] all = new int[batch];
        Arrays.fill(all, steps);
        int[] values = tensor == null ? all : tensor.toIntArray();
        if (values.length != batch) {
            throw new IllegalArgumentException(
                    "sequence_lens has " + values.length + " values, expected one for each of " + batch + " sequences");
        }
        for (int value : values) {
            if (value < 0 || value > steps) {
                throw new IllegalArgumentException(
                        "sequence_lens is " + Arrays.toString(values) + ", expected 0 to " + steps);
            }
        }
        return values;
    }

    private @Nullable FloatTensor state(OpContext context, int i) {
        Tensor initial = context.optionalInput(i);
        if (initial != null && !initial.shape().equals(Shape.of(directions, batch, hidden))) {
            throw new IllegalArgumentException("an initial state has shape " + initial.shape() + ", expected ["
                    + directions + "," + batch + "," + hidden + "]");
        }
        return (FloatTensor) initial;
    }

    private @Nullable FloatTensor bias(OpContext context) {
        Tensor given = context.optionalInput(B);
        int n = 2 * GATES * hidden;
        if (given != null && given.size() != directions * n) {
            throw new IllegalArgumentException(
                    "B has shape " + given.shape() + ", expected [" + directions + "," + n + "]");
        }
        return (FloatTensor) given;
    }

    /** Computes this direction's part of the outputs, each {@code null} if nobody wants it. */
    void run(@Nullable FloatTensor y, @Nullable FloatTensor lastH, @Nullable FloatTensor lastC) {
        input.multiply(x.array(), x.offset());
        addBias();
        initial(h, initialH);
        initial(c, initialC);
        for (int step = 0; step < longest; step++) {
            recurrent.multiply(work, h);
            for (int b = 0; b < batch; b++) {
                int at = b * hidden;
                if (step < lengths[b]) {
                    advance(b, step, y);
                } else if (step == lengths[b]) {
                    System.arraycopy(work, h + at, work, ended + at, hidden);
                    Arrays.fill(work, h + at, h + at + hidden, 0); // it has no say in the range of the rest
                }
            }
        }
        for (int b = 0; y != null && b < batch; b++) {
            for (int t = lengths[b]; t < steps; t++) {
                int at = y.offset() + outputIndex(b, t);
                Arrays.fill(y.array(), at, at + hidden, 0);
            }
        }
        for (int b = 0; b < batch; b++) {
            if (lengths[b] < longest) {
                System.arraycopy(work, ended + b * hidden, work, h + b * hidden, hidden);
            }
        }
        last(h, lastH);
        last(c, lastC);
    }

    private void addBias() {
        if (bias == null) {
            return;
        }
        int n = GATES * hidden;
        float[] values = bias.array();
        int from = bias.offset() + direction * 2 * n;
        for (int row = projected; row < gates; row += n) {
            for (int i = 0; i < n; i++) {
                work[row + i] += values[from + i] + values[from + n + i];
            }
        }
    }

    private void initial(int state, @Nullable FloatTensor given) {
        int size = batch * hidden;
        if (given == null) {
            Arrays.fill(work, state, state + size, 0);
        } else {
            System.arraycopy(given.array(), given.offset() + direction * size, work, state, size);
        }
    }

    private void advance(int b, int step, @Nullable FloatTensor y) {
        int time = reversed ? lengths[b] - 1 - step : step;
        int n = GATES * hidden;
        FloatTensor p = peepholes;
        cell.step(
                hidden,
                work,
                projected + (time * batch + b) * n,
                work,
                gates + b * n,
                work,
                c + b * hidden,
                work,
                h + b * hidden,
                p == null ? null : p.array(),
                p == null ? 0 : p.offset() + direction * (GATES - 1) * hidden);
        if (y != null) {
            System.arraycopy(work, h + b * hidden, y.array(), y.offset() + outputIndex(b, time), hidden);
        }
    }

    private int outputIndex(int b, int time) {
        return ((time * directions + direction) * batch + b) * hidden;
    }

    private void last(int state, @Nullable FloatTensor out) {
        int size = batch * hidden;
        if (out != null) {
            System.arraycopy(work, state, out.array(), out.offset() + direction * size, size);
        }
    }
}
