package org.lanewise.loaders.onnx;

import java.util.function.LongConsumer;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Elements of a tensor in the typed fields of {@code TensorProto}: {@code float_data}, {@code double_data}, {@code int64_data}, {@code uint64_data},
 * {@code string_data}, and {@code int32_data} for everything else, where types narrower than a byte come packed, one byte an integer.
 */
final class TypedData {
    private static final int FLOAT_DATA = 4;
    private static final int INT32_DATA = 5;
    private static final int STRING_DATA = 6;
    private static final int INT64_DATA = 7;
    private static final int DOUBLE_DATA = 10;
    private static final int UINT64_DATA = 11;

    private TypedData() {}

    /** The field for elements of {@code type}. */
    static int field(DataType type) {
        return switch (type) {
            case FLOAT, COMPLEX64 -> FLOAT_DATA;
            case DOUBLE, COMPLEX128 -> DOUBLE_DATA;
            case INT64 -> INT64_DATA;
            case UINT32, UINT64 -> UINT64_DATA;
            case STRING -> STRING_DATA;
            case INT32,
                    INT16,
                    INT8,
                    INT4,
                    INT2,
                    UINT16,
                    UINT8,
                    UINT4,
                    UINT2,
                    BOOL,
                    FLOAT16,
                    BFLOAT16,
                    FLOAT8E4M3FN,
                    FLOAT8E4M3FNUZ,
                    FLOAT8E5M2,
                    FLOAT8E5M2FNUZ,
                    FLOAT8E8M0,
                    FLOAT4E2M1 -> INT32_DATA;
        };
    }

    /** Fails unless the message has, in the right field, as many elements as the shape asks for, each in range. */
    static void check(ProtoReader in, int presentField, DataType type, Shape shape, String name) {
        int field = field(type);
        if (presentField != 0 && presentField != field) {
            throw in.source()
                    .fail(
                            in.start(),
                            "tensor '" + name + "': elements of type " + type.onnxName() + " in field " + presentField
                                    + ", expected field " + field);
        }
        long[] count = new long[1];
        String[] problem = new String[1];
        walk(in, field, bits -> {
            count[0]++;
            if (field == INT32_DATA && !fits(type, bits)) {
                problem[0] = "element " + bits + " does not fit " + type.onnxName();
            }
        });
        long expected = type.bits() > 0 && type.bits() < 8 ? type.serializedBytes(shape.size()) : shape.size();
        if (count[0] != expected) {
            problem[0] = count[0] + " elements, " + type.onnxName() + shape + " needs " + expected;
        }
        if (problem[0] != null) {
            throw in.source().fail(in.start(), "tensor '" + name + "': " + problem[0]);
        }
    }

    /** Fills {@code out}, which starts at offset 0 of its array, from a message that {@link #check} has passed. */
    static void decode(ProtoReader in, Tensor out) {
        int field = field(out.type());
        int[] at = new int[1];
        switch (out) {
            case FloatTensor t -> walk(in, field, bits -> t.array()[at[0]++] = Float.intBitsToFloat((int) bits));
            case DoubleTensor t -> walk(in, field, bits -> t.array()[at[0]++] = Double.longBitsToDouble(bits));
            case LongTensor t -> walk(in, field, bits -> t.array()[at[0]++] = bits);
            case IntTensor t -> walk(in, field, bits -> t.array()[at[0]++] = (int) bits);
            case ShortTensor t -> walk(in, field, bits -> t.array()[at[0]++] = (short) bits);
            case ByteTensor t -> decodeBytes(in, field, t, at);
            case StringTensor t -> {
                while (in.next()) {
                    if (in.field() == field) {
                        t.array()[at[0]++] = in.string(in.span(), Limits.TEXT_BYTES);
                    } else {
                        in.skip();
                    }
                }
            }
        }
    }

    private static void decodeBytes(ProtoReader in, int field, ByteTensor out, int[] at) {
        DataType type = out.type();
        int perByte = 8 / type.bits();
        walk(in, field, bits -> {
            for (int i = 0; i < perByte && at[0] < out.size(); i++) {
                byte value = perByte == 1 ? (byte) bits : RawData.unpack(type, (byte) bits, i);
                out.array()[at[0]++] = type == DataType.BOOL && value != 0 ? 1 : value;
            }
        });
    }

    private static void walk(ProtoReader in, int field, LongConsumer out) {
        while (in.next()) {
            if (in.field() != field) {
                in.skip();
                continue;
            }
            switch (field) {
                case FLOAT_DATA -> in.fixed32s(out);
                case DOUBLE_DATA -> in.fixed64s(out);
                case STRING_DATA -> {
                    in.string(in.span(), Limits.TEXT_BYTES);
                    out.accept(0);
                }
                default -> in.varints(out);
            }
        }
    }

    /** Whether an integer of {@code int32_data} can stand for an element, or a byte of packed ones: signed or unsigned, exporters write both. */
    private static boolean fits(DataType type, long value) {
        int bits = Math.max(8, type.bits());
        if (type == DataType.INT32) {
            return value == (int) value;
        }
        return value >= -(1L << bits - 1) && value < 1L << bits;
    }
}
