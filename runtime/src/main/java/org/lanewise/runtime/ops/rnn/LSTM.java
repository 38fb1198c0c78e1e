package org.lanewise.runtime.ops.rnn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.rnn.LstmCell;
import org.lanewise.kernels.rnn.RnnActivation;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.FloatTensor;

/**
 * Long short-term memory: per step {@code [i, o, f, c] = X W' + H R' + Wb + Rb} (with peepholes P on i, o, f), {@code C = f * C + i * c},
 * {@code H = o * h(C)}. Inputs X, W, R, B, sequence_lens, initial_h, initial_c, P; outputs Y, Y_h, Y_c. ONNX {@code LSTM}-1, 7, 14 (layout), 22 (bfloat16).
 *
 * @param attributes direction, activations, clip, layout
 * @param inputForget whether the forget gate is 1 - i
 */
public record LSTM(RecurrentAttributes attributes, boolean inputForget)
        implements Operator, Prepacks, Repeatable, ComputesInFloat {
    private static final int GATES = 4;
    private static final int PEEPHOLES = 7;
    private static final RecurrentWeights.Cut CUT = new RecurrentWeights.Cut(new int[] {GATES}, false);

    /** From a node. */
    public static LSTM create(NodeSpec spec) {
        spec.inputs(3, 8);
        return new LSTM(
                RecurrentAttributes.read(spec, List.of(RnnActivation.SIGMOID, RnnActivation.TANH, RnnActivation.TANH)),
                spec.flag("input_forget", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        if (context.hasInput(PEEPHOLES)) {
            Types.same(context, PEEPHOLES, 0);
        }
        RecurrentShapes.infer(context, attributes, GATES, 2);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return RecurrentWeights.prepack(context, CUT);
    }

    @Override
    public boolean readsAhead(int i) {
        return RecurrentRun.readsAhead(i);
    }

    @Override
    public void run(OpContext context) {
        FloatTensor p = (FloatTensor) context.optionalInput(PEEPHOLES);
        List<LstmCell> cells = new ArrayList<>();
        for (int d = 0; d < attributes.directions(); d++) {
            cells.add(new LstmCell(
                    attributes.activation(d, 0),
                    attributes.activation(d, 1),
                    attributes.activation(d, 2),
                    attributes.clip(),
                    inputForget));
        }
        RecurrentRun.run(context, attributes, weights(context), 2, (run, direction, step, from, to, scratch) -> {
            int hidden = run.hidden;
            run.product(direction, step, 0, 0, run.state(0, direction, 0), from, to, scratch);
            for (int b = from; b < to; b++) {
                if (run.active(b, step)) {
                    int sums = run.sums(direction, b);
                    cells.get(direction)
                            .step(
                                    hidden,
                                    run.work,
                                    run.projected(direction, b, step),
                                    run.work,
                                    sums,
                                    run.work,
                                    run.state(1, direction, b),
                                    run.work,
                                    run.state(0, direction, b),
                                    p == null ? null : p.array(),
                                    p == null ? 0 : p.offset() + direction * (GATES - 1) * hidden);
                }
            }
        });
    }

    @SuppressWarnings("unchecked") // packed() is what prepack made
    private static List<RecurrentWeights> weights(OpContext context) {
        return context.packed() != null
                ? (List<RecurrentWeights>) context.packed()
                : RecurrentWeights.of(context.input(1), context.input(2), context.optionalInput(3), CUT);
    }
}
