package org.lanewise.runtime.ops.reduce;

import org.lanewise.runtime.tensor.DataType;

/** The smallest and largest value of an integer type or {@code BOOL}. */
final class IntegerRange {
    private IntegerRange() {}

    static long min(DataType type) {
        return type.isUnsigned() || type == DataType.BOOL ? 0 : -1L << type.bits() - 1;
    }

    /** Of {@code UINT64} its bits, which are those of -1. */
    static long max(DataType type) {
        return type == DataType.BOOL ? 1 : type.isUnsigned() ? -1L >>> 64 - type.bits() : ~min(type);
    }
}
