package org.lanewise.loaders.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.lanewise.runtime.graph.Initializer;

/**
 * Builds one protobuf message. Elements of tensors are not held: they are fetched from their initializers when the message is written out, one
 * tensor at a time.
 */
final class ProtoWriter {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;
    private static final int FIXED32 = 5;

    /** What a message consists of: bytes, or a tensor still to be fetched. */
    private sealed interface Part {
        record Bytes(byte[] bytes) implements Part {}

        record Elements(Initializer tensor) implements Part {}
    }

    private final List<Part> parts = new ArrayList<>();
    private final ByteArrayOutputStream tail = new ByteArrayOutputStream();
    /** Bytes in {@link #parts}. */
    private long partsSize;

    /** Bytes of the message. */
    long size() {
        return partsSize + tail.size();
    }

    void int64(int field, long value) {
        tag(field, VARINT);
        varint(value);
    }

    void float32(int field, float value) {
        tag(field, FIXED32);
        int bits = Float.floatToRawIntBits(value);
        for (int i = 0; i < 4; i++) {
            tail.write(bits >> 8 * i);
        }
    }

    void string(int field, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        tag(field, LENGTH);
        varint(bytes.length);
        tail.writeBytes(bytes);
    }

    /** A string, unless it is empty, which is what its absence means. */
    void optionalString(int field, String value) {
        if (!value.isEmpty()) {
            string(field, value);
        }
    }

    void message(int field, ProtoWriter message) {
        tag(field, LENGTH);
        varint(message.size());
        if (!message.parts.isEmpty()) {
            flush();
            parts.addAll(message.parts);
            partsSize += message.partsSize;
        }
        tail.writeBytes(message.tail.toByteArray());
    }

    /** The elements of a tensor in their serialized form. */
    void elements(int field, Initializer tensor) {
        tag(field, LENGTH);
        varint(tensor.bytes());
        flush();
        parts.add(new Part.Elements(tensor));
        partsSize += tensor.bytes();
    }

    /** Writes the message out. */
    void writeTo(OutputStream out) throws IOException {
        for (Part part : parts) {
            switch (part) {
                case Part.Bytes(byte[] bytes) -> out.write(bytes);
                case Part.Elements(Initializer tensor) -> RawData.encode(tensor.tensor(), out);
            }
        }
        tail.writeTo(out);
    }

    private void flush() {
        if (tail.size() > 0) {
            parts.add(new Part.Bytes(tail.toByteArray()));
            partsSize += tail.size();
            tail.reset();
        }
    }

    private void tag(int field, int wireType) {
        varint((long) field << 3 | wireType);
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            tail.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        tail.write((int) rest);
    }
}
