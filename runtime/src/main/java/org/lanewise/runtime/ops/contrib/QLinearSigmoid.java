package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code Y = quantize(1 / (1 + exp(-dequantize(X))))}, X and Y both {@code UINT8} or both {@code INT8}, one scale and zero point a tensor, an absent zero point is 0.
 * {@code com.microsoft.QLinearSigmoid}-1.
 */
public record QLinearSigmoid() implements QuantizedUnary {
    /** From a node. */
    public static QLinearSigmoid create(NodeSpec spec) {
        Checks.inputs(spec, 4, 5, 2);
        return new QLinearSigmoid();
    }

    @Override
    public float apply(float x) {
        return (float) (1 / (1 + Math.exp(-x)));
    }
}
