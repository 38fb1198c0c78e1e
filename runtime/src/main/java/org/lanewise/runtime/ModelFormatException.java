package org.lanewise.runtime;

import org.jspecify.annotations.Nullable;

/** The bytes are not a well-formed model: names the file, the byte offset where known, and the reason. */
public final class ModelFormatException extends InferenceException {
    /** With a message that names file, offset and reason. */
    public ModelFormatException(String message) {
        super(message, null);
    }

    /** With a cause, such as an I/O error. */
    public ModelFormatException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
