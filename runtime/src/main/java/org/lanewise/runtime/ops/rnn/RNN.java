package org.lanewise.runtime.ops.rnn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.rnn.CellPasses;
import org.lanewise.kernels.rnn.RnnActivation;
import org.lanewise.runtime.op.ComputesInFloat;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.Repeatable;
import org.lanewise.runtime.op.ShapeContext;

/**
 * Simple recurrent layer: per step {@code H = f(X W' + H R' + Wb + Rb)}. Inputs X, W, R, B, sequence_lens, initial_h; outputs Y, Y_h. ONNX {@code RNN}-1, 7, 14
 * (layout), 22 (bfloat16).
 *
 * @param attributes direction, activations, clip, layout
 */
public record RNN(RecurrentAttributes attributes) implements Operator, Prepacks, Repeatable, ComputesInFloat {
    private static final RecurrentWeights.Cut CUT = new RecurrentWeights.Cut(new int[] {1}, false);

    /** From a node. */
    public static RNN create(NodeSpec spec) {
        spec.inputs(3, 6);
        return new RNN(RecurrentAttributes.read(spec, List.of(RnnActivation.TANH)));
    }

    @Override
    public void inferShapes(ShapeContext context) {
        RecurrentShapes.infer(context, attributes, 1, 1);
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
        RecurrentRun.run(context, attributes, weights(context), 1, (run, direction, step, from, to, scratch) -> {
            int hidden = run.hidden;
            run.product(direction, step, 0, 0, run.state(0, direction, 0), from, to, scratch);
            for (int b = from; b < to; b++) {
                if (run.active(b, step)) {
                    int sums = run.sums(direction, b);
                    CellPasses.addClipped(
                            run.work, run.projected(direction, b, step), run.work, sums, hidden, attributes.clip());
                    attributes
                            .activation(direction, 0)
                            .apply(run.work, sums, run.work, run.state(0, direction, b), hidden);
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
