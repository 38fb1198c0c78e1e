package org.lanewise.runtime.ops.math;

import static org.lanewise.runtime.tensor.DataType.BFLOAT16;
import static org.lanewise.runtime.tensor.DataType.BOOL;
import static org.lanewise.runtime.tensor.DataType.DOUBLE;
import static org.lanewise.runtime.tensor.DataType.FLOAT;
import static org.lanewise.runtime.tensor.DataType.FLOAT16;
import static org.lanewise.runtime.tensor.DataType.FLOAT8E4M3FN;
import static org.lanewise.runtime.tensor.DataType.FLOAT8E4M3FNUZ;
import static org.lanewise.runtime.tensor.DataType.FLOAT8E5M2;
import static org.lanewise.runtime.tensor.DataType.FLOAT8E5M2FNUZ;
import static org.lanewise.runtime.tensor.DataType.INT16;
import static org.lanewise.runtime.tensor.DataType.INT32;
import static org.lanewise.runtime.tensor.DataType.INT64;
import static org.lanewise.runtime.tensor.DataType.INT8;
import static org.lanewise.runtime.tensor.DataType.UINT16;
import static org.lanewise.runtime.tensor.DataType.UINT32;
import static org.lanewise.runtime.tensor.DataType.UINT64;
import static org.lanewise.runtime.tensor.DataType.UINT8;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.tensor.DataType;

/** The sets of element types that ONNX operators are defined on, and the check that an input is of one of them. */
public final class Types {
    /** The floating types of 16 bits and more. */
    public static final Set<DataType> FLOATING = set(EnumSet.of(FLOAT, DOUBLE, FLOAT16, BFLOAT16));

    /** The floating types of 8 bits and more. */
    public static final Set<DataType> ANY_FLOATING =
            union(FLOATING, EnumSet.of(FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ));

    /** The integer types of 8 bits and more. */
    public static final Set<DataType> INTEGER =
            set(EnumSet.of(INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64));

    /** {@link #FLOATING} and the signed integer types. */
    public static final Set<DataType> SIGNED = union(FLOATING, EnumSet.of(INT8, INT16, INT32, INT64));

    /** {@link #FLOATING} and {@link #INTEGER}. */
    public static final Set<DataType> NUMERIC = union(FLOATING, INTEGER);

    /** {@link #NUMERIC} and {@code BOOL}. */
    public static final Set<DataType> NUMERIC_OR_BOOL = union(NUMERIC, EnumSet.of(BOOL));

    /** Only {@code BOOL}. */
    public static final Set<DataType> BOOLEAN = set(EnumSet.of(BOOL));

    private Types() {}

    /**
     * The type of input {@code i}.
     *
     * @throws IllegalArgumentException if it is not one of {@code allowed}
     */
    public static DataType check(ShapeContext context, int i, Set<DataType> allowed) {
        DataType type = context.inputType(i);
        if (!allowed.contains(type)) {
            String names = allowed.stream().map(DataType::onnxName).collect(Collectors.joining(", "));
            throw new IllegalArgumentException("input " + i + " is " + type.onnxName() + ", expected one of " + names);
        }
        return type;
    }

    /**
     * Fails unless input {@code i} has the type of input {@code j}.
     *
     * @throws IllegalArgumentException naming both types
     */
    public static void same(ShapeContext context, int i, int j) {
        if (context.inputType(i) != context.inputType(j)) {
            throw new IllegalArgumentException(
                    "input " + i + " is " + context.inputType(i).onnxName() + ", input " + j + " is "
                            + context.inputType(j).onnxName() + ", expected the same type");
        }
    }

    private static Set<DataType> union(Set<DataType> a, Set<DataType> b) {
        EnumSet<DataType> union = EnumSet.copyOf(a);
        union.addAll(b);
        return set(union);
    }

    private static Set<DataType> set(EnumSet<DataType> types) {
        return Collections.unmodifiableSet(types);
    }
}
