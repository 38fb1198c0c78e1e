package org.lanewise.runtime;

import org.jspecify.annotations.Nullable;

/** A run failed: wrong inputs, or a node met values it cannot work with. Names the node, its input types and shapes, and the cause. */
public final class RunException extends InferenceException {
    /** With a message that names input or node, got and expected. */
    public RunException(String message) {
        super(message, null);
    }

    /** With the failure behind it. */
    public RunException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
