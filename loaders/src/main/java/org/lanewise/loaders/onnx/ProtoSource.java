package org.lanewise.loaders.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.ModelFormatException;

/**
 * The bytes of one file, mapped where the file system allows, and the budget of messages that may be read from it. A mapping lives as long as
 * something refers to it.
 */
final class ProtoSource {
    private final String name;
    private final @Nullable Path file;
    private final MemorySegment bytes;
    private final Map<Path, MemorySegment> external = new HashMap<>();
    private int messagesLeft = Limits.MESSAGES;

    private final Arena arena;

    private ProtoSource(String name, @Nullable Path file, MemorySegment bytes, Arena arena) {
        this.arena = arena;
        this.name = name;
        this.file = file;
        this.bytes = bytes;
    }

    /** Bytes in memory, called {@code name} in messages. */
    static ProtoSource of(String name, byte[] bytes) {
        return new ProtoSource(name, null, MemorySegment.ofArray(bytes).asReadOnly(), Arena.ofAuto());
    }

    /** A file of any file system. */
    static ProtoSource of(Path file) {
        return of(file, Arena.ofAuto());
    }

    /** A file whose mapping ends with {@code arena}, as do those of the files with its weights. */
    static ProtoSource of(Path file, Arena arena) {
        return new ProtoSource(file.toString(), file, open(file, file.toString(), arena), arena);
    }

    /** Maps {@code file}, or reads it where its file system cannot map; {@code name} is for messages. */
    private static MemorySegment open(Path file, String name, Arena arena) {
        try {
            if (Files.isDirectory(file)) {
                throw new ModelFormatException(name + ": is a folder, expected a file");
            }
            if (file.getFileSystem() == FileSystems.getDefault()) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
                }
            }
            long size = Files.size(file);
            if (size > Limits.ARRAY_BYTES) {
                throw new ModelFormatException(name + ": has " + size
                        + " bytes, too many to be read from a file system that cannot map files");
            }
            return MemorySegment.ofArray(Files.readAllBytes(file)).asReadOnly();
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(name + ": no such file", e);
        } catch (ClosedByInterruptException e) {
            throw new ModelFormatException(name + ": cannot be read: the thread was interrupted", e);
        } catch (IOException | UnsupportedOperationException e) {
            throw new ModelFormatException(name + ": cannot be read: " + e.getMessage(), e);
        }
    }

    /** A file with weights of this model, mapped once however many tensors lie in it; {@code label} is for messages. */
    MemorySegment external(Path weights, String label) {
        return external.computeIfAbsent(weights, path -> open(path, label, arena));
    }

    /** The files with weights that were asked for. */
    Set<Path> externalFiles() {
        return Set.copyOf(external.keySet());
    }

    /** How messages name the file. */
    String name() {
        return name;
    }

    /** The file, or {@code null} for bytes in memory. */
    @Nullable
    Path file() {
        return file;
    }

    MemorySegment bytes() {
        return bytes;
    }

    long size() {
        return bytes.byteSize();
    }

    /** The whole file as one message. */
    ProtoReader reader() {
        return new ProtoReader(this, 0, size(), 0);
    }

    /** Counts one more message or string against what a file may hold. */
    void charge(long offset) {
        if (--messagesLeft < 0) {
            throw fail(offset, "more than " + Limits.MESSAGES + " messages and strings in one file");
        }
    }

    /** A failure at a byte offset. */
    ModelFormatException fail(long offset, String reason) {
        return fail(offset, reason, null);
    }

    /** A failure at a byte offset, found through another. */
    ModelFormatException fail(long offset, String reason, @Nullable Throwable cause) {
        return new ModelFormatException(name + ": at byte " + offset + ": " + reason, cause);
    }
}
