package org.lanewise.loaders.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.UnsupportedModelException;
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

class TensorProtoTest {
    private static ProtoWriter header(DataType type, int... dims) {
        ProtoWriter out = new ProtoWriter();
        for (int dim : dims) {
            out.int64(1, dim);
        }
        out.int64(2, type.code());
        out.string(8, "w");
        return out;
    }

    private static ProtoWriter ints(DataType type, int field, long... values) {
        ProtoWriter out = header(type, values.length);
        for (long value : values) {
            out.int64(field, value);
        }
        return out;
    }

    private static ProtoWriter raw(DataType type, int size, int... bytes) {
        ProtoWriter out = header(type, size);
        Protos.bytes(out, 9, bytes);
        return out;
    }

    private static Tensor read(ProtoWriter message) {
        return OnnxTensors.readTensor(Protos.bytes(message));
    }

    private static byte[] bytesOf(Tensor tensor) {
        return ((ByteTensor) tensor).array();
    }

    private static short[] shortsOf(Tensor tensor) {
        return ((ShortTensor) tensor).array();
    }

    @Test
    void readsRawData() {
        assertArrayEquals(
                new float[] {1, -2},
                ((FloatTensor) read(raw(DataType.FLOAT, 2, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0))).array());
        assertArrayEquals(
                new double[] {1}, ((DoubleTensor) read(raw(DataType.DOUBLE, 1, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f))).array());
        assertArrayEquals(
                new long[] {-2},
                ((LongTensor) read(raw(DataType.INT64, 1, 0xfe, 255, 255, 255, 255, 255, 255, 255))).array());
        assertArrayEquals(new int[] {0x04030201}, ((IntTensor) read(raw(DataType.UINT32, 1, 1, 2, 3, 4))).array());
        assertArrayEquals(new short[] {0x0201}, shortsOf(read(raw(DataType.BFLOAT16, 1, 1, 2))));
        assertArrayEquals(new byte[] {-1, 3}, bytesOf(read(raw(DataType.UINT8, 2, 255, 3))));
        assertArrayEquals(new byte[] {1, 0, 1}, bytesOf(read(raw(DataType.BOOL, 3, 1, 0, 2))));
    }

    @Test
    void unpacksTypesNarrowerThanAByte() {
        assertArrayEquals(new byte[] {1, -1, -8}, bytesOf(read(raw(DataType.INT4, 3, 0xf1, 0x08))));
        assertArrayEquals(new byte[] {1, 15, 8}, bytesOf(read(raw(DataType.UINT4, 3, 0xf1, 0x08))));
        assertArrayEquals(new byte[] {1, 15, 8}, bytesOf(read(raw(DataType.FLOAT4E2M1, 3, 0xf1, 0x08))));
        assertArrayEquals(new byte[] {0, 1, -2, -1, 1}, bytesOf(read(raw(DataType.INT2, 5, 0b11_10_01_00, 1))));
        assertArrayEquals(new byte[] {0, 1, 2, 3, 1}, bytesOf(read(raw(DataType.UINT2, 5, 0b11_10_01_00, 1))));
    }

    @Test
    void readsTypedFields() {
        ProtoWriter floats = header(DataType.FLOAT, 2);
        floats.float32(4, 1.5f);
        floats.float32(4, Float.NEGATIVE_INFINITY);
        assertArrayEquals(new float[] {1.5f, Float.NEGATIVE_INFINITY}, ((FloatTensor) read(floats)).array());
        ProtoWriter doubles = header(DataType.DOUBLE, 1);
        Protos.bytes(doubles, 10, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f);
        assertArrayEquals(new double[] {1}, ((DoubleTensor) read(doubles)).array());
        assertArrayEquals(new long[] {-5, 7}, ((LongTensor) read(ints(DataType.INT64, 7, -5, 7))).array());
        assertArrayEquals(new long[] {-1}, ((LongTensor) read(ints(DataType.UINT64, 11, -1))).array());
        assertArrayEquals(new int[] {-1}, ((IntTensor) read(ints(DataType.UINT32, 11, 0xffffffffL))).array());
        assertArrayEquals(new int[] {-7}, ((IntTensor) read(ints(DataType.INT32, 5, -7))).array());
        assertArrayEquals(new short[] {-7, 9}, shortsOf(read(ints(DataType.INT16, 5, -7, 9))));
        assertArrayEquals(new short[] {(short) 0xc000}, shortsOf(read(ints(DataType.FLOAT16, 5, 0xc000))));
        assertArrayEquals(new short[] {0x3f80}, shortsOf(read(ints(DataType.BFLOAT16, 5, 0x3f80))));
        assertArrayEquals(new byte[] {-128, 127}, bytesOf(read(ints(DataType.INT8, 5, -128, 127))));
        assertArrayEquals(new byte[] {-1}, bytesOf(read(ints(DataType.UINT8, 5, 255))));
        assertArrayEquals(new byte[] {1, 0}, bytesOf(read(ints(DataType.BOOL, 5, 1, 0))));
        assertArrayEquals(new byte[] {0x7e}, bytesOf(read(ints(DataType.FLOAT8E4M3FN, 5, 0x7e))));
    }

    @Test
    void readsPackedBytesInIntegers() {
        ProtoWriter out = header(DataType.INT4, 3);
        out.int64(5, 0xf1);
        out.int64(5, 0x08);
        assertArrayEquals(new byte[] {1, -1, -8}, bytesOf(read(out)));
        ProtoWriter narrow = header(DataType.UINT2, 5);
        narrow.int64(5, 0b11_10_01_00);
        narrow.int64(5, 2);
        assertArrayEquals(new byte[] {0, 1, 2, 3, 2}, bytesOf(read(narrow)));
    }

    @Test
    void readsStringsScalarsAndEmptyTensors() {
        ProtoWriter strings = header(DataType.STRING, 2);
        strings.string(6, "");
        strings.string(6, "日本");
        assertArrayEquals(new String[] {"", "日本"}, ((StringTensor) read(strings)).array());
        ProtoWriter scalar = header(DataType.FLOAT);
        scalar.float32(4, 3);
        assertEquals(Shape.scalar(), read(scalar).shape());
        assertEquals(Shape.of(2, 0), read(header(DataType.FLOAT, 2, 0)).shape());
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"COMPLEX64", "COMPLEX128", "STRING"})
    void everyTypeIsTheSameAfterWritingAndReading(DataType type) {
        int size = 13;
        byte[] pattern = new byte[(int) type.serializedBytes(size)];
        IntStream.range(0, pattern.length)
                .forEach(i -> pattern[i] = (byte) (type == DataType.BOOL ? i & 1 : i * 37 + 1));
        int[] unsigned =
                IntStream.range(0, pattern.length).map(i -> pattern[i] & 0xff).toArray();
        Tensor tensor = read(raw(type, size, unsigned));
        Tensor again = OnnxTensors.readTensor(OnnxWriter.toBytes("w", tensor));
        GraphEquality.assertSame("tensor", tensor, again);
        // The same as a part of a larger array, so that the offset counts
        Tensor part = tensor.slice(3, Shape.of(9));
        GraphEquality.assertSame("part", part.copy(), OnnxTensors.readTensor(OnnxWriter.toBytes("w", part)));
    }

    @Test
    void refusesDataThatDoesNotFit() {
        assertFails("raw_data has 3 bytes, float[1] needs 4", raw(DataType.FLOAT, 1, 1, 2, 3));
        assertFails("2 elements, int32[3] needs 3", withDims(DataType.INT32, 3, 5, 1, 2));
        assertFails("0 elements, float[2] needs 2", header(DataType.FLOAT, 2));
        assertFails("elements of type float in field 5, expected field 4", withDims(DataType.FLOAT, 1, 5, 1));
        assertFails("element 256 does not fit uint8", ints(DataType.UINT8, 5, 256));
        assertFails("element 65536 does not fit float16", ints(DataType.FLOAT16, 5, 65536));
        assertFails("no element type", new ProtoWriter());
        assertFails("strings in raw_data", raw(DataType.STRING, 1, 65));
    }

    @Test
    void refusesUnknownTypesAndHugeShapes() {
        ProtoWriter unknown = new ProtoWriter();
        unknown.int64(2, 99);
        assertFails("unknown element type 99", unknown);
        assertFails("has more than 2^31-1 elements", header(DataType.INT8, 1 << 20, 1 << 20));
        assertFails("65 dimensions, the limit is 64", header(DataType.INT8, new int[65]));
        ProtoWriter negative = new ProtoWriter();
        negative.int64(1, -1);
        negative.int64(2, 1);
        assertFails("outside 0..2^31-1", negative);
    }

    @Test
    void namesWhatIsNotSupported() {
        assertUnsupported("tensor 'w': element type complex64 is not supported", header(DataType.COMPLEX64, 1));
        ProtoWriter segment = header(DataType.FLOAT, 1);
        segment.message(3, new ProtoWriter());
        assertUnsupported("a tensor split into segments is not supported", segment);
    }

    @Test
    void refusesExternalDataWithoutAFolder() {
        ProtoWriter out = header(DataType.FLOAT, 1);
        out.message(13, GraphWriter.entry("location", "weights.bin"));
        out.int64(14, 1);
        InferenceException e = assertThrows(ModelFormatException.class, () -> read(out));
        assertTrue(e.getMessage().contains("open the model by its path"), e.getMessage());
    }

    private static ProtoWriter withDims(DataType type, int dim, int field, long... values) {
        ProtoWriter out = header(type, dim);
        for (long value : values) {
            out.int64(field, value);
        }
        return out;
    }

    private static void assertFails(String reason, ProtoWriter message) {
        InferenceException e = assertThrows(ModelFormatException.class, () -> read(message));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }

    private static void assertUnsupported(String reason, ProtoWriter message) {
        InferenceException e = assertThrows(UnsupportedModelException.class, () -> read(message));
        assertTrue(e.getMessage().contains(reason), e.getMessage());
    }
}
