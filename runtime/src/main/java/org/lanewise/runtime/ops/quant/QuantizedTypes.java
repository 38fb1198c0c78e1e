package org.lanewise.runtime.ops.quant;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Tensor;

/** The element types of quantized tensors, their ranges, and the checks that quantizing operators share. */
public final class QuantizedTypes {
    /** What values are quantized to. */
    static final Set<DataType> TARGETS = Collections.unmodifiableSet(EnumSet.of(
            DataType.UINT8,
            DataType.INT8,
            DataType.UINT16,
            DataType.INT16,
            DataType.UINT4,
            DataType.INT4,
            DataType.UINT2,
            DataType.INT2,
            DataType.FLOAT8E4M3FN,
            DataType.FLOAT8E4M3FNUZ,
            DataType.FLOAT8E5M2,
            DataType.FLOAT8E5M2FNUZ,
            DataType.FLOAT4E2M1));

    /** 8-bit integers. */
    public static final Set<DataType> BYTES = Collections.unmodifiableSet(EnumSet.of(DataType.UINT8, DataType.INT8));

    private QuantizedTypes() {}

    /** The type that attribute {@code name} names; {@code null} for 0 or where not given. */
    static @Nullable DataType attribute(NodeSpec spec, String name, Set<DataType> allowed) {
        long code = spec.intAttribute(name, 0);
        if (code == 0) {
            return null;
        }
        DataType type = code == (int) code ? DataType.ofCode((int) code) : null;
        if (type == null || !allowed.contains(type)) {
            throw spec.refuse("attribute '" + name + "' is " + code + ", which is no type for it");
        }
        return type;
    }

    /** The block size. */
    static int blockSize(NodeSpec spec) {
        long size = spec.opset() < 21 ? 0 : spec.intAttribute("block_size", 0);
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw spec.refuse("attribute 'block_size' is " + size + ", expected at least 0");
        }
        return (int) size;
    }

    /** Checks scales and zero points against the input as far as shapes are known. */
    static void checkShapes(ShapeContext context, long axis, int blockSize) {
        PartialShape x = context.inputShape(0);
        PartialShape scale = context.inputShape(1);
        boolean zeros = context.inputCount() > 2 && context.hasInput(2);
        if (x.isKnown() && scale.isKnown()) {
            ScaleLayout.of(x.toShape(), scale.toShape(), axis, blockSize);
        }
        if (zeros
                && scale.isKnown()
                && context.inputShape(2).isKnown()
                && scale.size() != context.inputShape(2).size()) {
            throw new IllegalArgumentException(
                    "zero points have shape " + context.inputShape(2) + ", expected that of the scales, " + scale);
        }
    }

    static int smallest(DataType type) {
        return type.isUnsigned() ? 0 : -1 << type.bits() - 1;
    }

    static int largest(DataType type) {
        return type.isUnsigned() ? (1 << type.bits()) - 1 : (1 << type.bits() - 1) - 1;
    }

    /** The zero points as integers, or {@code n} zeros. */
    static int[] zeros(@Nullable Tensor zeros, int n) {
        if (zeros == null) {
            return new int[n];
        }
        if (zeros.size() != n) {
            throw new IllegalArgumentException("zero points are " + zeros + ", expected " + n + " as there are scales");
        }
        return zeros.toIntArray();
    }
}
