package org.lanewise.loaders.onnx;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
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

    /** A multiple of eight, so that no byte of packed elements is split. */
    private static final int CHUNK_BYTES = 1 << 16;

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

    /** Writes the elements of {@code tensor}, a part at a time. */
    static void encode(Tensor tensor, OutputStream out) throws IOException {
        int bits = tensor.type().bits();
        int perChunk = CHUNK_BYTES * 8 / bits;
        byte[] chunk = new byte[(int) tensor.type().serializedBytes(Math.min(perChunk, tensor.size()))];
        MemorySegment bytes = MemorySegment.ofArray(chunk);
        for (int from = 0; from < tensor.size(); ) {
            int count = Math.min(perChunk, tensor.size() - from);
            int at = tensor.offset() + from;
            switch (tensor) {
                case FloatTensor t -> MemorySegment.copy(t.array(), at, bytes, FLOAT, 0, count);
                case DoubleTensor t -> MemorySegment.copy(t.array(), at, bytes, DOUBLE, 0, count);
                case ShortTensor t -> MemorySegment.copy(t.array(), at, bytes, SHORT, 0, count);
                case IntTensor t -> MemorySegment.copy(t.array(), at, bytes, INT, 0, count);
                case LongTensor t -> MemorySegment.copy(t.array(), at, bytes, LONG, 0, count);
                case ByteTensor t -> encodeBytes(t, at, count, chunk);
                case StringTensor t -> throw new IllegalArgumentException(t + " has no raw form");
            }
            out.write(chunk, 0, (int) tensor.type().serializedBytes(count));
            from += count;
        }
    }

    private static void encodeBytes(ByteTensor tensor, int at, int count, byte[] chunk) {
        int bits = tensor.type().bits();
        if (bits == 8) {
            System.arraycopy(tensor.array(), at, chunk, 0, count);
            return;
        }
        int perByte = 8 / bits;
        Arrays.fill(chunk, (byte) 0);
        for (int i = 0; i < count; i++) {
            int element = tensor.array()[at + i] & (1 << bits) - 1;
            chunk[i / perByte] |= (byte) (element << i % perByte * bits);
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
