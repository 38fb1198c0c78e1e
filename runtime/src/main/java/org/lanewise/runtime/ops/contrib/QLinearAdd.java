package org.lanewise.runtime.ops.contrib;

import org.lanewise.kernels.quant.ByteSum;
import org.lanewise.runtime.op.NodeSpec;

/**
 * {@code C = saturate(round((aScale (A - aZero) + bScale (B - bZero)) / cScale + cZero))}, A, B and C all {@code UINT8} or all {@code INT8}, A and B broadcast against each other; one scale and zero point a
 * tensor, an absent zero point is 0. Rounding as {@link ByteSum}. {@code com.microsoft.QLinearAdd}-1.
 */
public record QLinearAdd() implements QuantizedBinary {
    /** From a node. */
    public static QLinearAdd create(NodeSpec spec) {
        Checks.inputs(spec, 7, 8, 2, B + 2);
        return new QLinearAdd();
    }

    @Override
    public Rows rows(PerTensor a, PerTensor b, PerTensor y, boolean unsigned) {
        return new ByteSum(a.scale(), a.zero(), b.scale(), b.zero(), y.scale(), y.zero(), unsigned)::run;
    }
}
