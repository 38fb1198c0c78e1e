package org.lanewise.loaders.onnx;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.lanewise.runtime.ModelFormatException;

/** Elements kept in a file next to the model ({@code external_data}: location, offset, length). The file must lie inside the model's folder. */
final class ExternalData {
    private ExternalData() {}

    /**
     * The elements of a tensor.
     *
     * @param entries location, and perhaps offset and length
     * @param expected the bytes that type and shape need
     */
    static MemorySegment segment(ProtoSource source, String tensor, Map<String, String> entries, long expected) {
        String where = source.name() + ": tensor '" + tensor + "': ";
        Path model = source.file();
        if (model == null) {
            throw new ModelFormatException(where
                    + "its data is in another file, which a model read from memory has no folder for: open the"
                    + " model by its path");
        }
        String location = entries.getOrDefault("location", "");
        if (location.isEmpty()) {
            throw new ModelFormatException(where + "external data without a location");
        }
        MemorySegment bytes =
                source.external(inside(model, location, where), where + "external data at '" + location + "'");
        long offset = number(entries, "offset", 0, where);
        long length = number(entries, "length", expected, where);
        if (length != expected) {
            throw new ModelFormatException(
                    where + "external data of " + length + " bytes, type and shape need " + expected);
        }
        if (offset > bytes.byteSize() || length > bytes.byteSize() - offset) {
            throw new ModelFormatException(where + "external data at " + offset + " to " + (offset + length) + " of '"
                    + location + "', which has " + bytes.byteSize() + " bytes");
        }
        return bytes.asSlice(offset, length);
    }

    /** The file at {@code location}, symbolic links resolved, if that is inside the folder of {@code model}. */
    private static Path inside(Path model, String location, String where) {
        try {
            Path relative = model.getFileSystem().getPath(location);
            Path parent = model.toAbsolutePath().getParent();
            if (relative.isAbsolute() || parent == null) {
                throw new ModelFormatException(where + "external data at the absolute path '" + location + "'");
            }
            Path folder = parent.toRealPath();
            Path lexical = folder.resolve(relative).normalize();
            if (!lexical.startsWith(folder) || !lexical.toRealPath().startsWith(folder)) {
                throw new ModelFormatException(
                        where + "external data at '" + location + "', outside the model's folder");
            }
            return lexical.toRealPath();
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(
                    where + "external data at '" + location + "', a file that is not in the model's folder", e);
        } catch (InvalidPathException | IOException e) {
            throw new ModelFormatException(where + "external data at '" + location + "' cannot be read: " + e, e);
        }
    }

    private static long number(Map<String, String> entries, String key, long fallback, String where) {
        String text = entries.get(key);
        if (text == null) {
            return fallback;
        }
        try {
            long value = Long.parseLong(text.strip());
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new ModelFormatException(where + "external data with " + key + " '" + text + "'", e);
        }
        throw new ModelFormatException(where + "external data with " + key + " '" + text + "'");
    }
}
