package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.quant.ByteMul;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code C = saturate(round((A - aZero) (B - bZero) aScale bScale / cScale + cZero))}, A, B and C all {@code UINT8} or all {@code INT8}, A and B broadcast against each other; one scale and zero point a
 * tensor, an absent zero point is 0. Rounding as {@link ByteMul}. {@code com.microsoft.QLinearMul}-1.
 */
public record QLinearMul() implements QuantizedBinary {
    /** From a node. */
    public static QLinearMul create(NodeSpec spec) {
        Checks.inputs(spec, 7, 8, 2, B + 2);
        return new QLinearMul();
    }

    @Override
    public Rows rows(PerTensor a, PerTensor b, PerTensor y, boolean unsigned) {
        return new ByteMul(a.scale(), a.zero(), b.scale(), b.zero(), y.scale(), y.zero(), unsigned)::run;
    }
}
