package org.lanewise.runtime.ops.contrib;

import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code Y = quantize(v < 0 ? alpha v : v)} with {@code v = dequantize(X)}, X and Y both {@code UINT8} or both {@code INT8}, one scale and zero point a tensor, an absent zero
 * point is 0. {@code com.microsoft.QLinearLeakyRelu}-1.
 *
 * @param alpha factor of negative values
 */
public record QLinearLeakyRelu(float alpha) implements QuantizedUnary {
    private static final float ALPHA = 0.01f;

    /** From a node. */
    public static QLinearLeakyRelu create(NodeSpec spec) {
        Checks.inputs(spec, 4, 5, 2);
        return new QLinearLeakyRelu(spec.floatAttribute("alpha", ALPHA));
    }

    @Override
    public float apply(float x) {
        return x < 0 ? alpha * x : x;
    }
}
