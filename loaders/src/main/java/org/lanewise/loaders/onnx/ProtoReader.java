package org.lanewise.loaders.onnx;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.LongConsumer;
import org.lanewise.runtime.ModelFormatException;

/**
 * Walks the fields of one protobuf message: {@link #next} moves to a field, after which its value is taken by the method for its kind, or passed over by
 * {@link #skip}. Every length is compared with the enclosing message before it is used. Source: the Protocol Buffers encoding, wire format.
 */
final class ProtoReader {
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** A range of bytes of the file. */
    record Span(long offset, long length) {
        long end() {
            return offset + length;
        }
    }

    private final ProtoSource source;
    private final long start;
    private final long end;
    private final int depth;
    private long position;
    private long fieldAt;
    private int field;
    private int wireType;

    ProtoReader(ProtoSource source, long start, long end, int depth) {
        this.source = source;
        this.start = start;
        this.end = end;
        this.depth = depth;
        this.position = start;
        this.fieldAt = start;
    }

    ProtoSource source() {
        return source;
    }

    /** First byte of the message. */
    long start() {
        return start;
    }

    /** The message as a range. */
    Span whole() {
        return new Span(start, end - start);
    }

    /** A reader at the start of this message. */
    ProtoReader again() {
        return new ProtoReader(source, start, end, depth);
    }

    /** Moves to the next field; {@code false} at the end of the message. */
    boolean next() {
        if (position == end) {
            return false;
        }
        fieldAt = position;
        long tag = varint();
        field = (int) (tag >>> 3);
        wireType = (int) (tag & 7);
        if (tag >>> 32 != 0 || field == 0) {
            throw fail("not a protobuf field tag: " + tag);
        }
        return true;
    }

    /** Number of the current field. */
    int field() {
        return field;
    }

    /** Passes over the current field, whatever it is. */
    void skip() {
        switch (wireType) {
            case VARINT -> varint();
            case FIXED64 -> advance(8);
            case LENGTH -> span();
            case FIXED32 -> advance(4);
            default -> throw fail("field " + field + " has wire type " + wireType + ", which ONNX files do not use");
        }
    }

    /** An integer. */
    long int64() {
        expect(VARINT, "an integer");
        return varint();
    }

    /** An integer of 32 bits, written sign-extended. */
    int int32() {
        long value = int64();
        if (value != (int) value) {
            throw fail("field " + field + " is " + value + ", expected an integer of 32 bits");
        }
        return (int) value;
    }

    /** A number of 32 bits. */
    float float32() {
        expect(FIXED32, "a float");
        return Float.intBitsToFloat(source.bytes().get(INT, advance(4)));
    }

    /** The bytes of a string, message or packed list. */
    Span span() {
        expect(LENGTH, "a length and bytes");
        long length = varint();
        if (length < 0 || length > end - position) {
            throw fail("field " + field + " claims " + Long.toUnsignedString(length)
                    + " bytes, the enclosing message has " + (end - position) + " left");
        }
        return new Span(advance(length), length);
    }

    /** A name. */
    String name() {
        return string(Limits.NAME_BYTES);
    }

    /** A text in UTF-8 of at most {@code limit} bytes. */
    String string(int limit) {
        Span span = span();
        source.charge(fieldAt);
        return string(span, limit);
    }

    /** The text in UTF-8 at {@code span}. */
    String string(Span span, int limit) {
        if (span.length() > limit) {
            throw fail("a string of " + span.length() + " bytes, the limit is " + limit);
        }
        byte[] bytes = source.bytes().asSlice(span.offset(), span.length()).toArray(ValueLayout.JAVA_BYTE);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw source.fail(span.offset(), "a string that is not UTF-8", e);
        }
    }

    /** A text in which bytes that are not UTF-8 are replaced: documentation, which has no effect. */
    String text() {
        Span span = span();
        source.charge(fieldAt);
        if (span.length() > Limits.TEXT_BYTES) {
            throw fail("a string of " + span.length() + " bytes, the limit is " + Limits.TEXT_BYTES);
        }
        return new String(
                source.bytes().asSlice(span.offset(), span.length()).toArray(ValueLayout.JAVA_BYTE),
                StandardCharsets.UTF_8);
    }

    /** A message. */
    ProtoReader message() {
        Span span = span();
        source.charge(fieldAt);
        if (depth >= Limits.DEPTH) {
            throw fail("messages nested deeper than " + Limits.DEPTH);
        }
        return new ProtoReader(source, span.offset(), span.end(), depth + 1);
    }

    /** Gives the integers of a repeated field, packed or not, to {@code out}. */
    void varints(LongConsumer out) {
        repeated(VARINT, out);
    }

    /** Gives the bits of a repeated {@code float} field, packed or not, to {@code out}. */
    void fixed32s(LongConsumer out) {
        repeated(FIXED32, out);
    }

    /** Gives the bits of a repeated {@code double} field, packed or not, to {@code out}. */
    void fixed64s(LongConsumer out) {
        repeated(FIXED64, out);
    }

    private void repeated(int elementWireType, LongConsumer out) {
        if (wireType == elementWireType) {
            out.accept(element(elementWireType));
            return;
        }
        Span span = span();
        ProtoReader packed = new ProtoReader(source, span.offset(), span.end(), depth);
        while (packed.position < packed.end) {
            out.accept(packed.element(elementWireType));
        }
    }

    private long element(int elementWireType) {
        return switch (elementWireType) {
            case VARINT -> varint();
            case FIXED32 -> source.bytes().get(INT, advance(4));
            default -> source.bytes().get(LONG, advance(8));
        };
    }

    /** A failure at the current field. */
    ModelFormatException fail(String reason) {
        return source.fail(fieldAt, reason);
    }

    private long advance(long count) {
        if (count > end - position) {
            throw source.fail(position, count + " bytes expected, " + (end - position) + " left in the message");
        }
        long at = position;
        position += count;
        return at;
    }

    private void expect(int expected, String what) {
        if (wireType != expected) {
            throw fail("field " + field + " has wire type " + wireType + ", expected " + what);
        }
    }

    private long varint() {
        long value = 0;
        long at = position;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at == end) {
                throw source.fail(position, "the message ends inside a number");
            }
            byte b = source.bytes().get(ValueLayout.JAVA_BYTE, at++);
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                position = at;
                return value;
            }
        }
        throw source.fail(position, "a number of more than 10 bytes");
    }
}
