package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.lanewise.runtime.ModelFormatException;

class ProtoReaderTest {
    @Test
    void readsEveryKindOfField() {
        ProtoWriter out = new ProtoWriter();
        out.int64(1, -1);
        out.int64(2, 300);
        out.float32(3, -1.5f);
        out.string(4, "größe");
        ProtoReader in = Protos.reader(out);
        assertTrue(in.next());
        assertEquals(-1, in.int64());
        assertTrue(in.next());
        assertEquals(300, in.int32());
        assertTrue(in.next());
        assertEquals(-1.5f, in.float32());
        assertTrue(in.next());
        assertEquals(4, in.field());
        assertEquals("größe", in.name());
        assertFalse(in.next());
    }

    @Test
    void readsRepeatedNumbersPackedAndNot() {
        Longs values = new Longs();
        // field 1: 5 alone, then 300 and 1 packed
        ProtoReader in = Protos.reader(0x08, 5, 0x0a, 3, 0xac, 0x02, 1);
        while (in.next()) {
            in.varints(values::add);
        }
        assertArrayEquals(new long[] {5, 300, 1}, values.toArray());
    }

    @Test
    void skipsUnknownFieldsOfEveryWireType() {
        ProtoReader in = Protos.reader(0x08, 1, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 2, 9, 9, 0x25, 1, 2, 3, 4);
        int fields = 0;
        while (in.next()) {
            in.skip();
            fields++;
        }
        assertEquals(4, fields);
    }

    @Test
    void refusesGroups() {
        ProtoReader in = Protos.reader(0x0b, 0x0c);
        in.next();
        assertFails("test.pb: at byte 0: field 1 has wire type 3, which ONNX files do not use", in::skip);
    }

    @Test
    void refusesFieldZeroAndHugeTags() {
        assertFails("test.pb: at byte 0: not a protobuf field tag: 0", Protos.reader(0)::next);
        assertFails(
                "test.pb: at byte 0: not a protobuf field tag: 34359738367",
                Protos.reader(0xff, 0xff, 0xff, 0xff, 0x7f)::next);
    }

    @Test
    void refusesNumbersThatEndOrNeverEnd() {
        ProtoReader cut = Protos.reader(0x08, 0x80);
        cut.next();
        assertFails("test.pb: at byte 1: the message ends inside a number", cut::int64);
        ProtoReader endless = Protos.reader(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
        endless.next();
        assertFails("test.pb: at byte 1: a number of more than 10 bytes", endless::int64);
    }

    @Test
    void refusesLengthsBeyondTheMessage() {
        ProtoReader longer = Protos.reader(0x0a, 5, 1, 2);
        longer.next();
        assertFails("test.pb: at byte 0: field 1 claims 5 bytes, the enclosing message has 2 left", longer::span);
        ProtoReader negative = Protos.reader(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01);
        negative.next();
        assertFails(
                "test.pb: at byte 0: field 1 claims 18446744073709551615 bytes, the enclosing message has 0 left",
                negative::span);
    }

    @Test
    void refusesAPackedNumberThatCrossesItsEnd() {
        ProtoReader in = Protos.reader(0x0a, 3, 1, 2, 3, 4);
        in.next();
        assertFails("test.pb: at byte 2: 4 bytes expected, 3 left in the message", () -> in.fixed32s(bits -> {}));
    }

    @Test
    void refusesTheWrongWireType() {
        ProtoReader in = Protos.reader(0x08, 1);
        in.next();
        assertFails("test.pb: at byte 0: field 1 has wire type 0, expected a length and bytes", in::name);
    }

    @Test
    void refusesIntegersTooWideAndTextThatIsNotUtf8() {
        ProtoReader wide = Protos.reader(0x08, 0x80, 0x80, 0x80, 0x80, 0x10);
        wide.next();
        assertFails("test.pb: at byte 0: field 1 is 4294967296, expected an integer of 32 bits", wide::int32);
        ProtoReader text = Protos.reader(0x0a, 1, 0xff);
        text.next();
        assertFails("test.pb: at byte 2: a string that is not UTF-8", text::name);
    }

    @Test
    void refusesLongNames() {
        ProtoWriter out = new ProtoWriter();
        out.string(1, "x".repeat(Limits.NAME_BYTES + 1));
        ProtoReader in = Protos.reader(out);
        in.next();
        assertFails("test.pb: at byte 0: a string of 65537 bytes, the limit is 65536", in::name);
    }

    private static void assertFails(String message, Executable action) {
        assertEquals(message, assertThrows(ModelFormatException.class, action).getMessage());
    }
}
