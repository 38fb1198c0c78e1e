package org.lanewise.cli.input;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Arrays in NumPy's file format ({@code .npy}, versions 1 to 3, read in either byte order and array order). */
public final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int ALIGNMENT = 64;

    private static final Map<String, DataType> TYPES = Map.ofEntries(
            Map.entry("f2", DataType.FLOAT16),
            Map.entry("f4", DataType.FLOAT),
            Map.entry("f8", DataType.DOUBLE),
            Map.entry("i1", DataType.INT8),
            Map.entry("i2", DataType.INT16),
            Map.entry("i4", DataType.INT32),
            Map.entry("i8", DataType.INT64),
            Map.entry("u1", DataType.UINT8),
            Map.entry("u2", DataType.UINT16),
            Map.entry("u4", DataType.UINT32),
            Map.entry("u8", DataType.UINT64),
            Map.entry("b1", DataType.BOOL));

    private NpyFile() {}

    /**
     * Reads an array.
     *
     * @throws InputException if the file is malformed or holds what is not numbers
     */
    public static Tensor read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        String header = header(file, bytes);
        String descr = field(file, header, "'descr'\\s*:\\s*'([^']*)'");
        boolean fortran =
                field(file, header, "'fortran_order'\\s*:\\s*(True|False)").equals("True");
        String dims = field(file, header, "'shape'\\s*:\\s*\\(([^)]*)\\)");
        DataType type = descr.length() == 3 ? TYPES.get(descr.substring(1)) : null;
        if (type == null) {
            throw new InputException(file + ": arrays of type '" + descr + "' are not supported");
        }
        Shape shape = shape(file, dims);
        if (bytes.remaining() != type.serializedBytes(shape.size())) {
            throw new InputException("%s has %d bytes of data, expected %d for %s%s"
                    .formatted(file, bytes.remaining(), type.serializedBytes(shape.size()), type.onnxName(), shape));
        }
        bytes.order(descr.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        Tensor tensor = decode(bytes, type, shape);
        return fortran ? fromColumnMajor(tensor) : tensor;
    }

    private static String header(Path file, ByteBuffer bytes) {
        byte[] start = new byte[Math.min(MAGIC.length, bytes.remaining())];
        bytes.get(start);
        if (!java.util.Arrays.equals(start, MAGIC) || bytes.remaining() < 6) {
            throw new InputException(file + " is not an .npy file");
        }
        int version = bytes.get();
        bytes.get();
        long length = version == 1 ? Short.toUnsignedInt(bytes.getShort()) : Integer.toUnsignedLong(bytes.getInt());
        if (version < 1 || version > 3 || length > bytes.remaining()) {
            throw new InputException(file + " is a truncated .npy file, or of a version above 3");
        }
        byte[] header = new byte[(int) length];
        bytes.get(header);
        return new String(header, StandardCharsets.UTF_8);
    }

    private static String field(Path file, String header, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(header);
        if (!matcher.find()) {
            throw new InputException(file + ": the .npy header is not as expected: " + header.strip());
        }
        return matcher.group(1);
    }

    private static Shape shape(Path file, String dims) {
        try {
            return Shape.of(java.util.Arrays.stream(dims.split(","))
                    .map(String::strip)
                    .filter(dim -> !dim.isEmpty())
                    .mapToLong(Long::parseLong)
                    .toArray());
        } catch (IllegalArgumentException e) {
            throw new InputException(file + ": (" + dims + ") is not a shape: " + e.getMessage(), e);
        }
    }

    private static Tensor decode(ByteBuffer bytes, DataType type, Shape shape) {
        Tensor tensor = Tensor.allocate(type, shape);
        switch (tensor.storage()) {
            case float[] array -> bytes.asFloatBuffer().get(array);
            case double[] array -> bytes.asDoubleBuffer().get(array);
            case byte[] array -> bytes.get(array);
            case short[] array -> bytes.asShortBuffer().get(array);
            case int[] array -> bytes.asIntBuffer().get(array);
            case long[] array -> bytes.asLongBuffer().get(array);
            default -> throw new IllegalStateException(type + " has no numbers");
        }
        return tensor;
    }

    /** Reorders an array whose first index varies fastest. */
    private static Tensor fromColumnMajor(Tensor source) {
        Shape shape = source.shape();
        Tensor tensor = Tensor.allocate(source.type(), shape);
        int[] index = new int[shape.rank()];
        int[] strides = new int[shape.rank()];
        int stride = 1;
        for (int axis = 0; axis < strides.length; axis++) {
            strides[axis] = stride;
            stride *= shape.dim(axis);
        }
        for (int i = 0; i < shape.size(); i++) {
            int from = 0;
            for (int axis = 0; axis < index.length; axis++) {
                from += index[axis] * strides[axis];
            }
            tensor.copyFrom(i, source, from, 1);
            for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.dim(axis); axis--) {
                index[axis] = 0;
            }
        }
        return tensor;
    }

    /** Whether {@link #write} can write tensors of this type. */
    public static boolean canWrite(DataType type) {
        return TYPES.containsValue(type);
    }

    /** Writes a tensor, little-endian, in version 1. */
    public static void write(Path file, Tensor tensor) throws IOException {
        String dims = tensor.shape().rank() == 1
                ? "(" + tensor.size() + ",)"
                : tensor.shape().toString().replace('[', '(').replace(']', ')');
        String order = tensor.type().bits() == 8 ? "|" : "<";
        String header =
                "{'descr': '" + order + code(tensor.type()) + "', 'fortran_order': False, 'shape': " + dims + ", }";
        int unpadded = MAGIC.length + 4 + header.length() + 1;
        header += " ".repeat(Math.floorMod(-unpadded, ALIGNMENT)) + "\n";
        int size = tensor.size();
        ByteBuffer bytes = ByteBuffer.allocate(
                        MAGIC.length + 4 + header.length() + (int) tensor.type().serializedBytes(size))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
        bytes.put(header.getBytes(StandardCharsets.US_ASCII));
        int at = tensor.offset();
        switch (tensor.storage()) {
            case float[] array -> bytes.asFloatBuffer().put(array, at, size);
            case double[] array -> bytes.asDoubleBuffer().put(array, at, size);
            case byte[] array -> bytes.put(array, at, size);
            case short[] array -> bytes.asShortBuffer().put(array, at, size);
            case int[] array -> bytes.asIntBuffer().put(array, at, size);
            case long[] array -> bytes.asLongBuffer().put(array, at, size);
            default -> throw new IllegalArgumentException(tensor.type() + " cannot be written");
        }
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(bytes.array());
        }
    }

    private static @Nullable String code(DataType type) {
        return TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .map(Map.Entry::getKey)
                .findAny()
                .orElse(null);
    }
}
