package org.lanewise.loaders.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.lanewise.runtime.tensor.ByteTensor;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.IntTensor;
import org.lanewise.runtime.tensor.LongTensor;
import org.lanewise.runtime.tensor.ShortTensor;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * The serialized form of elements in {@code raw_data} and external files: little-endian, row-major; types narrower than a byte packed, the first element in
 * the lowest bits.
 */
final class RawData {
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private RawData() {}

    /** Fills {@code out}, which starts at offset 0 of its array, from {@code bytes}, which have the length its type and shape need. */
    static void decode(MemorySegment bytes, Tensor out) {
        int size = out.size();
        switch (out) {
            case FloatTensor t -> MemorySegment.copy(bytes, FLOAT, 0, t.array(), 0, size);
            case DoubleTensor t -> MemorySegment.copy(bytes, DOUBLE, 0, t.array(), 0, size);
            case ShortTensor t -> MemorySegment.copy(bytes, SHORT, 0, t.array(), 0, size);
            case IntTensor t -> MemorySegment.copy(bytes, INT, 0, t.array(), 0, size);
            case LongTensor t -> MemorySegment.copy(bytes, LONG, 0, t.array(), 0, size);
            case ByteTensor t -> decodeBytes(bytes, t);
            case StringTensor t -> throw new IllegalArgumentException(t + " has no raw form");
        }
    }

    private static void decodeBytes(MemorySegment bytes, ByteTensor out) {
        byte[] array = out.array();
        int size = out.size();
        if (out.type().bits() == 8) {
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, 0, array, 0, size);
            if (out.type() == DataType.BOOL) {
                for (int i = 0; i < size; i++) {
                    array[i] = (byte) (array[i] != 0 ? 1 : 0);
                }
            }
            return;
        }
        int perByte = 8 / out.type().bits();
        for (int i = 0; i < size; i++) {
            array[i] = unpack(out.type(), bytes.get(ValueLayout.JAVA_BYTE, i / perByte), i % perByte);
        }
    }

    /** Element {@code i} of the packed elements in {@code packed}: sign-extended where the type is signed. */
    static byte unpack(DataType type, byte packed, int i) {
        int bits = type.bits();
        int value = packed >> i * bits & (1 << bits) - 1;
        boolean signed = type == DataType.INT4 || type == DataType.INT2;
        return (byte) (signed ? value << 32 - bits >> 32 - bits : value);
    }
}
