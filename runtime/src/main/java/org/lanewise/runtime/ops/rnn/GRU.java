package org.lanewise.runtime.ops.rnn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.rnn.CellPasses;
import org.lanewise.kernels.rnn.GruCell;
import org.lanewise.kernels.rnn.RnnActivation;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;

/**
 * Gated recurrent unit: per step {@code z, r = f(X W' + H R' + Wb + Rb)}, {@code h = g(X Wh' + (r * H) Rh' + Rbh + Wbh)}, or with {@code linear_before_reset}
 * {@code h = g(X Wh' + r * (H Rh' + Rbh) + Wbh)}, and {@code H = (1 - z) * h + z * H}. Inputs X, W, R, B, sequence_lens, initial_h; outputs Y, Y_h. ONNX
 * {@code GRU}-1, 3 (linear_before_reset), 7, 14 (layout), 22 (bfloat16).
 *
 * @param attributes direction, activations, clip, layout
 * @param linearBeforeReset where the reset gate is applied
 */
public record GRU(RecurrentAttributes attributes, boolean linearBeforeReset)
        implements Operator, Prepacks, Repeatable, ComputesInFloat {
    private static final int GATES = 3;

    /** From a node. */
    public static GRU create(NodeSpec spec) {
        spec.inputs(3, 6);
        return new GRU(
                RecurrentAttributes.read(spec, List.of(RnnActivation.SIGMOID, RnnActivation.TANH)),
                spec.flag("linear_before_reset", false));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        RecurrentShapes.infer(context, attributes, GATES, 1);
    }

    private RecurrentWeights.Cut cut() {
        return new RecurrentWeights.Cut(linearBeforeReset ? new int[] {GATES} : new int[] {2, 1}, linearBeforeReset);
    }

    @Override
    public @Nullable Packed prepack(ShapeContext context) {
        return RecurrentWeights.prepack(context, cut());
    }

    @Override
    public boolean readsAhead(int i) {
        return RecurrentRun.readsAhead(i);
    }

    @Override
    public void run(OpContext context) {
        List<GruCell> cells = new ArrayList<>();
        for (int d = 0; d < attributes.directions(); d++) {
            cells.add(new GruCell(attributes.activation(d, 0), attributes.activation(d, 1), attributes.clip()));
        }
        RecurrentRun.run(context, attributes, weights(context), 1, (run, direction, step, from, to, scratch) -> {
            if (linearBeforeReset) {
                resetAfter(run, cells.get(direction), direction, step, from, to, scratch);
            } else {
                resetBefore(run, cells.get(direction), direction, step, from, to, scratch);
            }
        });
    }

    private static void resetAfter(
            RecurrentRun run, GruCell cell, int direction, int step, int from, int to, float[] scratch) {
        int hidden = run.hidden;
        run.product(direction, step, 0, 0, run.state(0, direction, 0), from, to, scratch);
        for (int b = from; b < to; b++) {
            if (run.active(b, step)) {
                int x = gates(run, cell, direction, b, step);
                cell.resetAfter(
                        hidden,
                        run.work,
                        run.sums(direction, b),
                        run.work,
                        x + 2 * hidden,
                        run.weights(direction).recurrentBias(),
                        0,
                        run.work,
                        run.state(0, direction, b));
            }
        }
    }

    private static void resetBefore(
            RecurrentRun run, GruCell cell, int direction, int step, int from, int to, float[] scratch) {
        int hidden = run.hidden;
        run.product(direction, step, 0, 0, run.state(0, direction, 0), from, to, scratch);
        for (int b = from; b < to; b++) {
            if (run.active(b, step)) {
                gates(run, cell, direction, b, step);
            }
            CellPasses.multiply(
                    run.work,
                    run.sums(direction, b) + hidden,
                    run.work,
                    run.state(0, direction, b),
                    run.work,
                    run.spare(direction, b),
                    hidden);
        }
        run.product(direction, step, 1, 2, run.spare(direction, 0), from, to, scratch);
        for (int b = from; b < to; b++) {
            if (run.active(b, step)) {
                cell.finish(
                        hidden,
                        run.work,
                        run.sums(direction, b),
                        run.work,
                        run.projected(direction, b, step) + 2 * hidden,
                        run.work,
                        run.state(0, direction, b));
            }
        }
    }

    /** Adds the product with X to the sums of z and r and applies f; returns where that product starts. */
    private static int gates(RecurrentRun run, GruCell cell, int direction, int sequence, int step) {
        int sums = run.sums(direction, sequence);
        int x = run.projected(direction, sequence, step);
        cell.gates(run.hidden, run.work, x, run.work, sums);
        return x;
    }

    @SuppressWarnings("unchecked") // packed() is what prepack made
    private List<RecurrentWeights> weights(OpContext context) {
        return context.packed() != null
                ? (List<RecurrentWeights>) context.packed()
                : RecurrentWeights.of(context.input(1), context.input(2), context.optionalInput(3), cut());
    }
}
