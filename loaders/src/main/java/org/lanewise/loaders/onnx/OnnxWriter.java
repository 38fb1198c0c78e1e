package org.lanewise.loaders.onnx;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.GraphException;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Writes models as ONNX files. Weights are fetched one tensor at a time, as {@code raw_data}. Reading the file back gives the same graph, bit for bit; it is
 * written in the IR version of the model, or the oldest one that can hold the graph.
 *
 * <p>Nodes of different versions of an operator set are written under the newest of them, where the older ones mean the same in it.
 */
public final class OnnxWriter {
    /** A protobuf message must be smaller than 2 GiB; larger models keep their weights in a file next to them. */
    private static final long MAX_MESSAGE = Integer.MAX_VALUE;

    /** Where the weights go. */
    public enum Weights {
        /** Into the model file, unless it would be too large for that (2 GiB). */
        AUTOMATIC,
        /** Into a file next to the model, called as the model with {@code .data} at the end. */
        EXTERNAL
    }

    /** How constants with many zeros are written. */
    public enum Zeros {
        /** As all others. */
        DENSE,
        /**
         * As {@code sparse_initializer}, where that is smaller: elements that are not zero, and their positions in row-major order as {@code INT64}. In fp32 it is from two thirds of zeros on. Readers make a dense constant of it; needs
         * IR version 6.
         */
        SPARSE
    }

    private OnnxWriter() {}

    /** Writes {@code model} to {@code file}, with its weights unless it is too large for one file. */
    public static void write(Model model, Path file) throws IOException {
        write(model, file, Weights.AUTOMATIC);
    }

    /** Writes {@code model} to {@code file}, constants with many zeros as they are. */
    public static void write(Model model, Path file, Weights weights) throws IOException {
        write(model, file, weights, Zeros.DENSE);
    }

    /**
     * Writes {@code model} to {@code file}, replacing it at the end: it may be the file the model was read from.
     *
     * @throws GraphException if the graph has nodes that cannot be in one file
     * @throws IOException if {@code file} cannot be written; it says why
     */
    public static void write(Model model, Path file, Weights weights, Zeros zeros) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(file.toString(), null, "is a folder or device, not a file");
        }
        ProtoWriter message = weights == Weights.EXTERNAL ? null : message(model, null, zeros);
        if (message != null && message.size() <= MAX_MESSAGE) {
            replace(file, message::writeTo);
            return;
        }
        Path data = file.resolveSibling(file.getFileName() + ".data");
        ExternalDataWriter external = new ExternalDataWriter(String.valueOf(data.getFileName()));
        ProtoWriter small = message(model, external, zeros);
        if (small.size() > MAX_MESSAGE) {
            throw new GraphException(
                    "the model takes " + small.size() + " bytes without its weights, a file can hold " + MAX_MESSAGE);
        }
        // Both are written before either is replaced: the model may still have to be read from them
        Path newModel = temporary(file, small::writeTo);
        try {
            if (!external.isEmpty()) {
                replace(data, external::writeTo);
            }
            Files.move(newModel, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(newModel);
        }
    }

    /**
     * The bytes of {@code model}, weights included.
     *
     * @throws GraphException if they are too many for an array, or the graph has nodes that cannot be in one file
     */
    public static byte[] toBytes(Model model) {
        return toBytes(model, Zeros.DENSE);
    }

    /**
     * The bytes of {@code model}, weights included.
     *
     * @throws GraphException as {@link #toBytes(Model)}
     */
    public static byte[] toBytes(Model model, Zeros zeros) {
        return bytes(message(model, null, zeros));
    }

    /** The bytes of a {@code TensorProto}, as in a {@code .pb} file of test data. */
    public static byte[] toBytes(String name, Tensor tensor) {
        return bytes(GraphWriter.tensor(name, Initializer.of(tensor), null));
    }

    private static ProtoWriter message(Model model, @Nullable ExternalDataWriter external, Zeros zeros) {
        ProtoWriter out = new ProtoWriter();
        boolean sparse = zeros == Zeros.SPARSE;
        long oldest = Math.max(model.irVersion(), IrVersion.needed(model.graph()));
        out.int64(1, sparse ? Math.max(oldest, IrVersion.SPARSE_SINCE) : oldest);
        out.optionalString(2, model.producer());
        out.optionalString(6, model.doc());
        out.message(7, new GraphWriter(external, sparse).graph(model.graph()));
        OpsetUnion.of(model.graph(), model.opsets()).forEach((domain, version) -> {
            ProtoWriter opset = new ProtoWriter();
            opset.string(1, domain);
            opset.int64(2, version);
            out.message(8, opset);
        });
        model.metadata().forEach((key, value) -> out.message(14, GraphWriter.entry(key, value)));
        return out;
    }

    private static byte[] bytes(ProtoWriter message) {
        if (message.size() > Limits.ARRAY_BYTES) {
            throw new GraphException(
                    "the message takes " + message.size() + " bytes, an array can hold " + Limits.ARRAY_BYTES);
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) message.size());
        try {
            message.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void replace(Path file, Content content) throws IOException {
        Files.move(temporary(file, content), file, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes to a new file next to {@code file}, of which the caller never hears. */
    private static Path temporary(Path file, Content content) throws IOException {
        Path temporary = file.resolveSibling("%s.%x.part".formatted(file.getFileName(), System.nanoTime()));
        try (OutputStream out = new BufferedOutputStream(
                Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), 1 << 16)) {
            content.writeTo(out);
        } catch (FileSystemException e) {
            Files.deleteIfExists(temporary);
            String reason = e.getReason() == null ? "the folder takes no such file" : e.getReason();
            throw named(file, reason, e);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw named(file, String.valueOf(e.getMessage()), e);
        } catch (RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        return temporary;
    }

    private static IOException named(Path file, String reason, IOException cause) {
        IOException named = new FileSystemException(file.toString(), null, reason);
        named.initCause(cause);
        return named;
    }
}
