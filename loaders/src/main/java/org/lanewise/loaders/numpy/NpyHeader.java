package org.lanewise.loaders.numpy;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

/**
 * What a {@code .npy} file says of its elements.
 *
 * @param type element type
 * @param order byte order
 * @param fortran whether the first axis varies fastest
 * @param shape shape
 * @param length bytes before the elements
 */
record NpyHeader(DataType type, ByteOrder order, boolean fortran, Shape shape, int length) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** NumPy aligns the elements to this many bytes. */
    private static final int ALIGNMENT = 64;

    private static final Pattern DESCR = Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([<>|=])([a-zA-Z]\\d*)['\"]");
    private static final Pattern FORTRAN = Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

    private static final Map<String, DataType> TYPES = Map.ofEntries(
            Map.entry("b1", DataType.BOOL),
            Map.entry("i1", DataType.INT8),
            Map.entry("u1", DataType.UINT8),
            Map.entry("i2", DataType.INT16),
            Map.entry("u2", DataType.UINT16),
            Map.entry("f2", DataType.FLOAT16),
            Map.entry("i4", DataType.INT32),
            Map.entry("u4", DataType.UINT32),
            Map.entry("f4", DataType.FLOAT),
            Map.entry("i8", DataType.INT64),
            Map.entry("u8", DataType.UINT64),
            Map.entry("f8", DataType.DOUBLE));

    /** Reads the header at the start of {@code bytes}; {@code name} is for messages. */
    static NpyHeader read(String name, byte[] bytes) {
        for (int i = 0; i < MAGIC.length; i++) {
            if (i >= bytes.length || bytes[i] != MAGIC[i]) {
                throw new ModelFormatException(name + ": at byte " + i + ": not a NumPy array file");
            }
        }
        int major = bytes.length > 7 ? bytes[6] : 0;
        if (major < 1 || major > 3) {
            throw new ModelFormatException(name + ": at byte 6: NumPy format version " + major + ", expected 1 to 3");
        }
        int start = major == 1 ? 10 : 12;
        long textLength = 0;
        for (int i = start - 1; i >= 8; i--) {
            textLength = textLength << 8 | (i < bytes.length ? bytes[i] & 0xff : 0);
        }
        if (textLength > bytes.length - start) {
            throw new ModelFormatException(
                    name + ": at byte 8: a header of " + textLength + " bytes in a file of " + bytes.length);
        }
        return parse(
                name, new String(bytes, start, (int) textLength, StandardCharsets.UTF_8), start + (int) textLength);
    }

    private static NpyHeader parse(String name, String text, int length) {
        Matcher descr = DESCR.matcher(text);
        Matcher fortran = FORTRAN.matcher(text);
        Matcher shape = SHAPE.matcher(text);
        if (!descr.find() || !fortran.find() || !shape.find()) {
            throw new ModelFormatException(
                    name + ": at byte 10: a header without descr, fortran_order or shape: " + text.strip());
        }
        DataType type = TYPES.get(descr.group(2));
        if (type == null) {
            throw new UnsupportedModelException(name + ": NumPy type '" + descr.group(2) + "' is not supported");
        }
        ByteOrder order = switch (descr.group(1)) {
            case ">" -> ByteOrder.BIG_ENDIAN;
            case "=" -> ByteOrder.nativeOrder();
            default -> ByteOrder.LITTLE_ENDIAN;
        };
        return new NpyHeader(type, order, fortran.group(1).equals("True"), shape(name, shape.group(1)), length);
    }

    private static Shape shape(String name, String text) {
        try {
            String[] dims = text.replace("L", "")
                    .replaceAll("\\s", "")
                    .replaceFirst(",$", "")
                    .split(",", -1);
            long[] values = new long[dims.length];
            for (int i = 0; i < dims.length; i++) {
                values[i] = dims.length == 1 && dims[0].isEmpty() ? -1 : Long.parseLong(dims[i]);
            }
            return values[0] == -1 ? Shape.scalar() : Shape.of(values);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(name + ": at byte 10: shape (" + text + "): " + e.getMessage(), e);
        }
    }

    /** The header of a file with these elements, in version 1 of the format, little-endian and in C order. */
    static byte[] write(DataType type, Shape shape) {
        String code = code(type);
        if (code == null) {
            throw new IllegalArgumentException("NumPy has no type for " + type.onnxName());
        }
        StringBuilder dims = new StringBuilder();
        for (int dim : shape.toArray()) {
            dims.append(dim).append(shape.rank() == 1 ? "," : ", ");
        }
        if (shape.rank() > 1) {
            dims.setLength(dims.length() - 2);
        }
        String text = "{'descr': '%s%s', 'fortran_order': False, 'shape': (%s), }"
                .formatted(type.bits() == 8 ? "|" : "<", code, dims);
        int start = MAGIC.length + 4;
        int padding = ALIGNMENT - (start + text.length() + 1) % ALIGNMENT;
        byte[] body = (text + " ".repeat(padding % ALIGNMENT) + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] header = new byte[start + body.length];
        System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
        header[6] = 1;
        header[8] = (byte) body.length;
        header[9] = (byte) (body.length >> 8);
        System.arraycopy(body, 0, header, start, body.length);
        return header;
    }

    private static @Nullable String code(DataType type) {
        return TYPES.entrySet().stream()
                .filter(entry -> entry.getValue() == type)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }
}
