package org.lanewise.loaders.numpy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.lanewise.runtime.ModelFormatException;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * NumPy array files ({@code .npy}), format versions 1 to 3: bool, all integers of 8 to 64 bits, float16, float32 and float64, of either byte order, in C and
 * Fortran order. Source: NumPy's format specification ({@code numpy.lib.format}).
 */
public final class NpyFile {
    private NpyFile() {}

    /**
     * Reads a file.
     *
     * @throws ModelFormatException if it cannot be read or is malformed
     * @throws org.lanewise.runtime.UnsupportedModelException if it holds complex numbers, strings, dates or objects
     */
    public static Tensor read(Path file) {
        try {
            if (Files.isDirectory(file) || Files.size(file) > Integer.MAX_VALUE - 8) {
                throw new ModelFormatException(file + ": is a folder or has more than 2^31 bytes");
            }
            return read(file.toString(), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(file + ": no such file", e);
        } catch (IOException e) {
            throw new ModelFormatException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** Reads a file in memory; {@code name} is for messages. */
    public static Tensor read(String name, byte[] bytes) {
        NpyHeader header = NpyHeader.read(name, bytes);
        long expected = header.type().serializedBytes(header.shape().size());
        if (bytes.length - header.length() != expected) {
            throw new ModelFormatException(name + ": at byte " + header.length() + ": "
                    + (bytes.length - header.length()) + " bytes of elements, "
                    + header.type().onnxName() + header.shape() + " needs " + expected);
        }
        Tensor tensor = Tensor.allocate(header.type(), header.shape());
        copy(MemorySegment.ofArray(bytes).asSlice(header.length()), tensor, header.order());
        return header.fortran() ? fromFortran(tensor) : tensor;
    }

    /**
     * Writes {@code tensor} in C order.
     *
     * @throws IllegalArgumentException if NumPy has no such element type
     */
    public static void write(Tensor tensor, Path file) throws IOException {
        Files.write(file, toBytes(tensor));
    }

    /** The bytes of a file that holds {@code tensor}. */
    public static byte[] toBytes(Tensor tensor) {
        byte[] header = NpyHeader.write(tensor.type(), tensor.shape());
        long length = header.length + tensor.type().serializedBytes(tensor.size());
        if (length > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(tensor + " takes " + length + " bytes, more than an array can hold");
        }
        byte[] bytes = new byte[(int) length];
        System.arraycopy(header, 0, bytes, 0, header.length);
        ValueLayout layout = layout(tensor.type(), ByteOrder.LITTLE_ENDIAN);
        MemorySegment.copy(
                tensor.storage(), tensor.offset(), MemorySegment.ofArray(bytes), layout, header.length, tensor.size());
        return bytes;
    }

    private static void copy(MemorySegment from, Tensor to, ByteOrder order) {
        MemorySegment.copy(from, layout(to.type(), order), 0, to.storage(), to.offset(), to.size());
    }

    private static ValueLayout layout(DataType type, ByteOrder order) {
        return switch (type.storage()) {
            case FLOAT -> ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(order);
            case DOUBLE -> ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(order);
            case BYTE -> ValueLayout.JAVA_BYTE;
            case SHORT -> ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order);
            case INT -> ValueLayout.JAVA_INT_UNALIGNED.withOrder(order);
            case LONG -> ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order);
            case STRING -> throw new IllegalArgumentException("strings have no raw form");
        };
    }

    /** The same elements in C order, where {@code source} has the shape but the elements in Fortran order. */
    private static Tensor fromFortran(Tensor source) {
        Shape shape = source.shape();
        Tensor out = Tensor.allocate(source.type(), shape);
        int[] index = new int[shape.rank()];
        int[] strides = new int[shape.rank()];
        for (int axis = 0, stride = 1; axis < shape.rank(); axis++) {
            strides[axis] = stride;
            stride *= shape.dim(axis);
        }
        int from = 0;
        for (int to = 0; to < shape.size(); to++) {
            out.copyFrom(to, source, from, 1);
            for (int axis = shape.rank() - 1; axis >= 0; axis--) {
                from += strides[axis];
                if (++index[axis] < shape.dim(axis)) {
                    break;
                }
                from -= strides[axis] * shape.dim(axis);
                index[axis] = 0;
            }
        }
        return out;
    }
}
