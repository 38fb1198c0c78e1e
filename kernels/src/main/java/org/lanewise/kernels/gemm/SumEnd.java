package org.lanewise.kernels.gemm;

import org.lanewise.kernels.Activation;

/**
 * What becomes of the sums at the end of a block of K: tiles clamp them on registers where the activation is no more than that, any other one passes over C.
 *
 * @param activation none but in the last block
 * @param clamps whether the activation is {@code min(max(x, lo), hi)}
 * @param lo lower bound; minus infinity, which changes nothing, where the activation does not clamp
 * @param hi upper bound, likewise
 */
record SumEnd(Activation activation, boolean clamps, float lo, float hi) {
    /** Of all blocks but the last one. */
    static final SumEnd NONE = of(new Activation(Activation.Kind.NONE, 0, 0));

    static SumEnd of(Activation activation) {
        return switch (activation.kind()) {
            case RELU -> new SumEnd(activation, true, 0, Float.POSITIVE_INFINITY);
            case CLIP -> new SumEnd(activation, true, activation.alpha(), activation.beta());
            default -> new SumEnd(activation, false, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY);
        };
    }

    /** Applies the activation to a (rows, columns) part of C, the first {@code bounded} columns of which tiles have bounded by {@link #lo} and {@link #hi}. */
    void finish(int rows, int columns, int bounded, float[] c, int co, int ldc) {
        int done = clamps ? bounded : 0;
        if (activation.kind() != Activation.Kind.NONE && done < columns) {
            RowPasses.activate(activation, rows, columns - done, c, co + done, ldc);
        }
    }
}
