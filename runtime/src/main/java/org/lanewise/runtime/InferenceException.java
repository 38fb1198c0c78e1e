package org.lanewise.runtime;

import org.jspecify.annotations.Nullable;

/** Everything that loading or running a model can fail with. The message says what, where, got, expected. */
public abstract sealed class InferenceException extends RuntimeException
        permits ModelFormatException, UnsupportedModelException, GraphException, RunException {
    InferenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
