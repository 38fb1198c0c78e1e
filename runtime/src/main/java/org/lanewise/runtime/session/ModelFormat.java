package org.lanewise.runtime.session;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.lanewise.runtime.UnsupportedModelException;
import org.lanewise.runtime.graph.Model;

/** Reads models of one file format; found through {@link ServiceLoader}, so that the runtime needs no loader to compile or run. */
public interface ModelFormat {
    /** Name of the format, such as {@code ONNX}. */
    String name();

    /** Whether a file of this name, or bytes without a name, may be of this format. */
    boolean accepts(String fileName);

    /**
     * Reads a file. Weights may stay in the file until they are asked for.
     *
     * @throws org.lanewise.runtime.ModelFormatException if it cannot be read or is malformed
     */
    Model read(Path file);

    /**
     * Reads a file whose mapping, if the format makes one, ends with {@code arena}; weights must not be asked for after that.
     *
     * @throws org.lanewise.runtime.ModelFormatException if it cannot be read or is malformed
     */
    default Model read(Path file, Arena arena) {
        return read(file);
    }

    /**
     * Reads a model from memory; {@code bytes} must not change as long as the model is in use.
     *
     * @throws org.lanewise.runtime.ModelFormatException if they are malformed
     */
    Model read(byte[] bytes);

    /** The format for a file of this name. */
    static ModelFormat forFile(String fileName) {
        List<String> names = new ArrayList<>();
        for (ModelFormat format : ServiceLoader.load(ModelFormat.class, ModelFormat.class.getClassLoader())) {
            if (format.accepts(fileName)) {
                return format;
            }
            names.add(format.name());
        }
        throw new UnsupportedModelException(
                names.isEmpty()
                        ? fileName + ": no loader for this file; is lanewise-loaders on the class path or module path?"
                        : fileName + ": no loader takes a file of this name; there are loaders for " + names);
    }
}
