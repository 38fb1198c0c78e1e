package org.lanewise.kernels.rnn;

import org.jspecify.annotations.Nullable;

/**
 * The elementwise part of one LSTM step of one sequence (ONNX LSTM; Hochreiter and Schmidhuber 1997, peepholes Gers 2000):
 *
 * <pre>i = f(gi + Pi * C), o = f(go + Po * C'), f = f(gf + Pf * C), c = g(gc), C' = f * C + i * c, H = o * h(C')</pre>
 *
 * @param f function of the gates i, o and f
 * @param g function of the cell gate
 * @param h function of the state
 * @param clip bound of what f and g are applied to; infinite for none
 * @param inputForget whether the forget gate is 1 - i
 */
public record LstmCell(RnnActivation f, RnnActivation g, RnnActivation h, float clip, boolean inputForget) {
    /** Whether the cell is the usual one: sigmoid gates, tanh twice, no clip. */
    private boolean isPlain() {
        return f.equals(RnnActivation.SIGMOID)
                && g.equals(RnnActivation.TANH)
                && h.equals(RnnActivation.TANH)
                && clip == Float.POSITIVE_INFINITY
                && !inputForget;
    }

    /**
     * One step.
     *
     * @param x 4 * hidden values i, o, f, c: the products of X with the biases
     * @param gates 4 * hidden values, the products of H; overwritten
     * @param c the state C, replaced by C'
     * @param out receives H
     * @param peepholes 3 * hidden values of P for i, o, f, or null
     */
    public void step(
            int hidden,
            float[] x,
            int xOff,
            float[] gates,
            int gOff,
            float[] c,
            int cOff,
            float[] out,
            int oOff,
            float @Nullable [] peepholes,
            int pOff) {
        int o = gOff + hidden;
        int forget = gOff + 2 * hidden;
        int cell = gOff + 3 * hidden;
        if (peepholes == null && isPlain()) {
            CellPasses.sigmoidSum(x, xOff, gates, gOff, 3 * hidden);
            CellPasses.tanhSum(x, xOff + 3 * hidden, gates, cell, hidden);
            CellPasses.update(gates, forget, gates, gOff, gates, cell, c, cOff, hidden);
            CellPasses.tanhTimes(c, cOff, gates, o, out, oOff, hidden);
            return;
        }
        CellPasses.addClipped(x, xOff, gates, gOff, 4 * hidden, Float.POSITIVE_INFINITY);
        if (peepholes != null) {
            CellPasses.multiplyAdd(peepholes, pOff, c, cOff, gates, gOff, hidden);
            CellPasses.multiplyAdd(peepholes, pOff + 2 * hidden, c, cOff, gates, forget, hidden);
        }
        boolean together = peepholes == null && !inputForget;
        CellPasses.clip(gates, gOff, together ? 4 * hidden : hidden, clip);
        if (together) {
            f.apply(gates, gOff, gates, gOff, 3 * hidden);
        } else {
            f.apply(gates, gOff, gates, gOff, hidden);
            forgetGate(hidden, gates, gOff, forget);
            CellPasses.clip(gates, cell, hidden, clip);
        }
        g.apply(gates, cell, gates, cell, hidden);
        CellPasses.update(gates, forget, gates, gOff, gates, cell, c, cOff, hidden);
        if (!together) {
            if (peepholes != null) {
                CellPasses.multiplyAdd(peepholes, pOff + hidden, c, cOff, gates, o, hidden);
            }
            CellPasses.clip(gates, o, hidden, clip);
            f.apply(gates, o, gates, o, hidden);
        }
        h.apply(c, cOff, gates, cell, hidden);
        CellPasses.multiply(gates, o, gates, cell, out, oOff, hidden);
    }

    private void forgetGate(int hidden, float[] gates, int gOff, int forget) {
        if (!inputForget) {
            CellPasses.clip(gates, forget, hidden, clip);
            f.apply(gates, forget, gates, forget, hidden);
            return;
        }
        for (int i = 0; i < hidden; i++) {
            gates[forget + i] = 1 - gates[gOff + i];
        }
    }
}
