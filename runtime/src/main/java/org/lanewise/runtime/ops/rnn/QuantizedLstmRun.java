package org.lanewise.runtime.ops.rnn;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.rnn.LstmCell;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** One direction of one run of {@link DynamicQuantizeLSTM}, all sequences of the batch step by step. */
final class QuantizedLstmRun {
    private static final int B = 3;
    private static final int LENGTHS = 4;
    private static final int PEEPHOLES = 7;
    private static final int GATES = 4;

    private final OpContext context;
    private final int direction;
    private final int directions;
    private final boolean reversed;
    private final QuantizedMatrix recurrent;
    private final LstmCell cell;
    private final int steps;
    private final int batch;
    private final int hidden;
    private final int[] lengths;
    private final float[] projected; // (step, sequence, gate, unit), biases included
    private final float[] gates;
    private final float[] h;
    private final float[] c;

    QuantizedLstmRun(
            OpContext context,
            int direction,
            int directions,
            boolean reversed,
            QuantizedMatrix input,
            QuantizedMatrix recurrent,
            LstmCell cell) {
        this.context = context;
        this.direction = direction;
        this.directions = directions;
        this.reversed = reversed;
        this.recurrent = recurrent;
        this.cell = cell;
        FloatTensor x = (FloatTensor) context.input(0);
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
        this.lengths = lengths();
        this.gates = new float[batch * n];
        this.h = state(LENGTHS + 1);
        this.c = state(LENGTHS + 2);
        this.projected = new float[steps * batch * n];
        int rows = steps * batch;
        input.multiply(context, x.array(), x.offset(), rows, projected, new byte[rows * k]);
        addBias(n);
    }

    private int[] lengths() {
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

    private float[] state(int input) {
        Tensor initial = context.optionalInput(input);
        int size = batch * hidden;
        if (initial == null) {
            return new float[size];
        }
        if (!initial.shape().equals(Shape.of(directions, batch, hidden))) {
            throw new IllegalArgumentException("an initial state has shape " + initial.shape() + ", expected ["
                    + directions + "," + batch + "," + hidden + "]");
        }
        return Arrays.copyOfRange(initial.toFloatArray(), direction * size, (direction + 1) * size);
    }

    private void addBias(int n) {
        Tensor bias = context.optionalInput(B);
        if (bias == null) {
            return;
        }
        if (bias.size() != directions * 2 * n) {
            throw new IllegalArgumentException(
                    "B has shape " + bias.shape() + ", expected [" + directions + "," + 2 * n + "]");
        }
        float[] values = bias.toFloatArray();
        int from = direction * 2 * n;
        for (int i = 0; i < projected.length; i++) {
            projected[i] += values[from + i % n] + values[from + n + i % n];
        }
    }

    /** Computes this direction's part of the outputs, each {@code null} if nobody wants it. */
    void run(@Nullable FloatTensor y, @Nullable FloatTensor lastH, @Nullable FloatTensor lastC) {
        FloatTensor p = (FloatTensor) context.optionalInput(PEEPHOLES);
        byte[] bytes = new byte[batch * hidden];
        float[] ended = new float[h.length];
        int longest = Arrays.stream(lengths).max().orElse(0);
        for (int step = 0; step < longest; step++) {
            recurrent.multiply(context, h, 0, batch, gates, bytes);
            for (int b = 0; b < batch; b++) {
                if (step < lengths[b]) {
                    advance(b, step, p, y);
                } else if (step == lengths[b]) {
                    System.arraycopy(h, b * hidden, ended, b * hidden, hidden);
                    Arrays.fill(
                            h, b * hidden, (b + 1) * hidden, 0); // what has ended has no say in the range of the rest
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
                System.arraycopy(ended, b * hidden, h, b * hidden, hidden);
            }
        }
        last(h, lastH);
        last(c, lastC);
    }

    private void advance(int b, int step, @Nullable FloatTensor p, @Nullable FloatTensor y) {
        int time = reversed ? lengths[b] - 1 - step : step;
        int n = GATES * hidden;
        cell.step(
                hidden,
                projected,
                (time * batch + b) * n,
                gates,
                b * n,
                c,
                b * hidden,
                h,
                b * hidden,
                p == null ? null : p.array(),
                p == null ? 0 : p.offset() + direction * (GATES - 1) * hidden);
        if (y != null) {
            System.arraycopy(h, b * hidden, y.array(), y.offset() + outputIndex(b, time), hidden);
        }
    }

    private int outputIndex(int b, int time) {
        return ((time * directions + direction) * batch + b) * hidden;
    }

    private void last(float[] state, @Nullable FloatTensor out) {
        if (out != null) {
            System.arraycopy(state, 0, out.array(), out.offset() + direction * state.length, state.length);
        }
    }
}
