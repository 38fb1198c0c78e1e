package org.lanewise.quantization;

import org.lanewise.runtime.tensor.DataType;

/** The integers that activations become. Weights are always symmetric int8. */
public enum ActivationType {
    /** {@code uint8} with a zero point: the whole range counts, also of values that are never negative. */
    UINT8_ASYMMETRIC(DataType.UINT8),
    /** {@code int8} with zero point 0: simpler arithmetic; half of the integers go unused where no value is negative. */
    INT8_SYMMETRIC(DataType.INT8);

    private final DataType type;

    ActivationType(DataType type) {
        this.type = type;
    }

    DataType type() {
        return type;
    }
}
