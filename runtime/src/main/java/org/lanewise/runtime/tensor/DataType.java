package org.lanewise.runtime.tensor;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The element types of ONNX ({@code TensorProto.DataType}), with the code each has on the wire and how Lanewise stores it.
 *
 * <p>Types narrower than a byte are stored one element a byte; 16-bit floating types as their bits in a {@code short}; unsigned types in the signed
 * Java type of the same width.
 */
public enum DataType {
    FLOAT(1, 32, Storage.FLOAT, Kind.FLOATING),
    UINT8(2, 8, Storage.BYTE, Kind.UNSIGNED),
    INT8(3, 8, Storage.BYTE, Kind.SIGNED),
    UINT16(4, 16, Storage.SHORT, Kind.UNSIGNED),
    INT16(5, 16, Storage.SHORT, Kind.SIGNED),
    INT32(6, 32, Storage.INT, Kind.SIGNED),
    INT64(7, 64, Storage.LONG, Kind.SIGNED),
    STRING(8, 0, Storage.STRING, Kind.OTHER),
    BOOL(9, 8, Storage.BYTE, Kind.OTHER),
    FLOAT16(10, 16, Storage.SHORT, Kind.FLOATING),
    DOUBLE(11, 64, Storage.DOUBLE, Kind.FLOATING),
    UINT32(12, 32, Storage.INT, Kind.UNSIGNED),
    UINT64(13, 64, Storage.LONG, Kind.UNSIGNED),
    /** Real and imaginary parts interleaved: two {@code float} an element. Known by name, not executed. */
    COMPLEX64(14, 64, Storage.FLOAT, Kind.OTHER),
    /** Real and imaginary parts interleaved: two {@code double} an element. Known by name, not executed. */
    COMPLEX128(15, 128, Storage.DOUBLE, Kind.OTHER),
    BFLOAT16(16, 16, Storage.SHORT, Kind.FLOATING),
    FLOAT8E4M3FN(17, 8, Storage.BYTE, Kind.FLOATING),
    FLOAT8E4M3FNUZ(18, 8, Storage.BYTE, Kind.FLOATING),
    FLOAT8E5M2(19, 8, Storage.BYTE, Kind.FLOATING),
    FLOAT8E5M2FNUZ(20, 8, Storage.BYTE, Kind.FLOATING),
    UINT4(21, 4, Storage.BYTE, Kind.UNSIGNED),
    INT4(22, 4, Storage.BYTE, Kind.SIGNED),
    FLOAT4E2M1(23, 4, Storage.BYTE, Kind.FLOATING),
    FLOAT8E8M0(24, 8, Storage.BYTE, Kind.FLOATING),
    UINT2(25, 2, Storage.BYTE, Kind.UNSIGNED),
    INT2(26, 2, Storage.BYTE, Kind.SIGNED);

    /** The Java array that holds the elements. */
    public enum Storage {
        FLOAT(4),
        DOUBLE(8),
        BYTE(1),
        SHORT(2),
        INT(4),
        LONG(8),
        STRING(0);

        private final int bytes;

        Storage(int bytes) {
            this.bytes = bytes;
        }

        /** Bytes of one array element; 0 for strings, which have no fixed size. */
        public int bytes() {
            return bytes;
        }
    }

    private enum Kind {
        FLOATING,
        SIGNED,
        UNSIGNED,
        OTHER
    }

    private static final DataType[] BY_CODE = byCode();

    private final int code;
    private final int bits;
    private final Storage storage;
    private final Kind kind;

    DataType(int code, int bits, Storage storage, Kind kind) {
        this.code = code;
        this.bits = bits;
        this.storage = storage;
        this.kind = kind;
    }

    /** The code of this type in {@code TensorProto.data_type}. */
    public int code() {
        return code;
    }

    /** Width of one element in a serialized tensor, in bits; 0 for strings. */
    public int bits() {
        return bits;
    }

    /** The Java array that holds elements of this type. */
    public Storage storage() {
        return storage;
    }

    /** Whether this is a floating-point type of any width. */
    public boolean isFloating() {
        return kind == Kind.FLOATING;
    }

    /** Whether this is an integer type, signed or not; {@code BOOL} is not. */
    public boolean isInteger() {
        return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
    }

    /** Whether this is an unsigned integer type. */
    public boolean isUnsigned() {
        return kind == Kind.UNSIGNED;
    }

    /** Whether arithmetic is defined on this type: every integer and floating type. */
    public boolean isNumeric() {
        return kind != Kind.OTHER;
    }

    /** Bytes that {@code elements} of this type take in the serialized form; sub-byte types are packed. */
    public long serializedBytes(long elements) {
        return (elements * bits + 7) / 8;
    }

    /** The type with this ONNX code, or {@code null} when there is none. */
    public static @Nullable DataType ofCode(int code) {
        return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** The name used in ONNX's type strings, such as {@code float} or {@code uint8}. */
    public String onnxName() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static DataType[] byCode() {
        DataType[] types = new DataType[27];
        for (DataType type : values()) {
            types[type.code] = type;
        }
        return types;
    }
}
