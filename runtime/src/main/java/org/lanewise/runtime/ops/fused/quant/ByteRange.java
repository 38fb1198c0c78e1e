package org.lanewise.runtime.ops.fused.quant;

import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.DataType;

/**
 * Attributes {@code low} and {@code high} of quantized operators: the bytes that results are cut off at, which a fused {@code Relu} or {@code Clip} brings closer together; the type's own where absent.
 *
 * @param low smallest value
 * @param high largest value
 */
record ByteRange(long low, long high) {
    static ByteRange read(NodeSpec spec) {
        return new ByteRange(spec.intAttribute("low", Long.MIN_VALUE), spec.intAttribute("high", Long.MAX_VALUE));
    }

    int low(DataType type) {
        return (int) Math.max(low, type == DataType.UINT8 ? 0 : Byte.MIN_VALUE);
    }

    int high(DataType type) {
        return (int) Math.min(high, type == DataType.UINT8 ? 255 : Byte.MAX_VALUE);
    }

    boolean isNarrower(DataType type) {
        return low > (type == DataType.UINT8 ? 0 : Byte.MIN_VALUE)
                || high < (type == DataType.UINT8 ? 255 : Byte.MAX_VALUE);
    }
}
