package org.lanewise.cli;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes ONNX messages by hand, also those that no writer of valid models would write. */
public final class OnnxBytes {
    /** {@code TensorProto.FLOAT}. */
    public static final int FLOAT = 1;

    /** {@code TensorProto.INT64}. */
    public static final int INT64 = 7;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private OnnxBytes() {}

    /** A model of IR version 8 and opset 17. */
    public static byte[] model(byte[]... graphFields) {
        OnnxBytes graph = new OnnxBytes().text(2, "graph");
        for (byte[] field : graphFields) {
            graph.out.writeBytes(field);
        }
        OnnxBytes opset = new OnnxBytes().number(2, 17);
        return new OnnxBytes()
                .number(1, 8)
                .bytes(8, opset.out.toByteArray())
                .bytes(7, graph.out.toByteArray())
                .out
                .toByteArray();
    }

    /** A node without a name or attributes, as a field of a graph. */
    public static byte[] node(String opType, List<String> inputs, String output) {
        OnnxBytes node = new OnnxBytes();
        inputs.forEach(input -> node.text(1, input));
        return field(1, node.text(2, output).text(4, opType));
    }

    /** A graph's input; a dimension is a number or a name. */
    public static byte[] input(String name, int type, Object... dims) {
        return field(11, valueInfo(name, type, dims));
    }

    /** A graph's output. */
    public static byte[] output(String name, int type, Object... dims) {
        return field(12, valueInfo(name, type, dims));
    }

    /** A constant of a graph. */
    public static byte[] initializer(String name, float[] values, int... dims) {
        return field(5, tensorMessage(name, values, dims));
    }

    /** A {@code TensorProto} of floats. */
    public static byte[] tensor(float[] values, int... dims) {
        return tensorMessage("", values, dims).out.toByteArray();
    }

    private static OnnxBytes tensorMessage(String name, float[] values, int... dims) {
        OnnxBytes tensor = new OnnxBytes();
        for (int dim : dims) {
            tensor.number(1, dim);
        }
        ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        raw.asFloatBuffer().put(values);
        return tensor.number(2, FLOAT).text(8, name).bytes(9, raw.array());
    }

    private static OnnxBytes valueInfo(String name, int type, Object... dims) {
        OnnxBytes shape = new OnnxBytes();
        for (Object dim : dims) {
            OnnxBytes message = new OnnxBytes();
            if (dim instanceof Integer size) {
                message.number(1, size);
            } else {
                message.text(2, dim.toString());
            }
            shape.bytes(1, message.out.toByteArray());
        }
        OnnxBytes tensorType = new OnnxBytes().number(1, type).bytes(2, shape.out.toByteArray());
        OnnxBytes typeProto = new OnnxBytes().bytes(1, tensorType.out.toByteArray());
        return new OnnxBytes().text(1, name).bytes(2, typeProto.out.toByteArray());
    }

    private static byte[] field(int number, OnnxBytes message) {
        return new OnnxBytes().bytes(number, message.out.toByteArray()).out.toByteArray();
    }

    private OnnxBytes number(int field, long value) {
        varint((long) field << 3);
        varint(value);
        return this;
    }

    private OnnxBytes text(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    private OnnxBytes bytes(int field, byte[] value) {
        varint((long) field << 3 | 2);
        varint(value.length);
        out.writeBytes(value);
        return this;
    }

    private void varint(long value) {
        long rest = value;
        while (rest >>> 7 != 0) {
            out.write((int) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }
}
