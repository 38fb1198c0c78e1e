package org.lanewise.runtime.ops.rnn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.gemm.Epilogue;
import org.lanewise.kernels.gemm.PackedB;
import org.lanewise.runtime.op.Prepacks;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The weights of one direction, packed.
 *
 * @param input the transpose of W, (input, gates * hidden)
 * @param bias the biases that are added to the product with X
 * @param recurrent the transposes of R, in parts of whole gates
 * @param recurrentBias the recurrence bias of the last gate, where it is not in {@code bias}
 */
record RecurrentWeights(PackedB input, Epilogue bias, List<PackedB> recurrent, float @Nullable [] recurrentBias) {
    private static final int W = 1;
    private static final int R = 2;
    private static final int B = 3;

    /** How a layer's weights are cut: gates of each part of R, and whether the last gate's recurrence bias is kept apart. */
    record Cut(int[] parts, boolean lastBiasApart) {
        int gates() {
            return Arrays.stream(parts).sum();
        }
    }

    /** All directions, when the weights are constant. */
    static Prepacks.@Nullable Packed prepack(ShapeContext context, Cut cut) {
        Tensor w = context.constant(W);
        Tensor r = context.constant(R);
        Tensor b = context.constant(B);
        if (w == null || r == null || context.hasInput(B) && b == null) {
            return null;
        }
        return new Prepacks.Packed(of(w, r, b, cut), b == null ? Set.of(W, R) : Set.of(W, R, B));
    }

    /** All directions. */
    static List<RecurrentWeights> of(Tensor w, Tensor r, @Nullable Tensor b, Cut cut) {
        float[] input = w.toFloatArray();
        float[] recurrent = r.toFloatArray();
        int hidden = r.shape().dim(2);
        int inputs = w.shape().dim(2);
        int rows = cut.gates() * hidden;
        List<RecurrentWeights> result = new ArrayList<>();
        for (int d = 0; d < w.shape().dim(0); d++) {
            List<PackedB> parts = new ArrayList<>();
            int at = d * rows * hidden;
            for (int gates : cut.parts) {
                parts.add(PackedB.pack(recurrent, at, hidden, true, hidden, gates * hidden));
                at += gates * hidden * hidden;
            }
            float[] both = new float[rows];
            float[] apart = null;
            if (b != null) {
                float[] biases = Arrays.copyOfRange(b.toFloatArray(), d * 2 * rows, (d + 1) * 2 * rows);
                int shared = cut.lastBiasApart ? rows - hidden : rows;
                for (int i = 0; i < rows; i++) {
                    both[i] = biases[i] + (i < shared ? biases[rows + i] : 0);
                }
                apart = cut.lastBiasApart ? Arrays.copyOfRange(biases, rows + shared, 2 * rows) : null;
            }
            result.add(new RecurrentWeights(
                    PackedB.pack(input, d * rows * inputs, inputs, true, inputs, rows),
                    Epilogue.biasPerColumn(both, new Activation(Activation.Kind.NONE, 0, 0)),
                    List.copyOf(parts),
                    apart));
        }
        return List.copyOf(result);
    }
}
