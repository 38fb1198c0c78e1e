package org.lanewise.runtime.ops.nn;

import org.lanewise.runtime.tensor.DataType;

/** The element types that {@code MatMul} and {@code Gemm} are defined for. */
final class ProductTypes {
    private ProductTypes() {}

    /** Refuses types that differ or have no product. */
    static void check(DataType a, DataType b) {
        if (a != b) {
            throw new IllegalArgumentException(
                    "A is " + a.onnxName() + ", B is " + b.onnxName() + ": expected one type");
        }
        switch (a) {
            case FLOAT, FLOAT16, BFLOAT16, DOUBLE, INT32, UINT32, INT64, UINT64 -> {}
            default -> throw new IllegalArgumentException("no matrix product of " + a.onnxName() + " is defined");
        }
    }

    /** Whether products of this type are computed in fp32. */
    static boolean runsInFloat(DataType type) {
        return type == DataType.FLOAT || type == DataType.FLOAT16 || type == DataType.BFLOAT16;
    }
}
