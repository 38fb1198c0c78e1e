package org.lanewise.runtime;

import org.jspecify.annotations.Nullable;

/** The graph contradicts itself: a cycle, a missing value, shapes or types that do not fit. Names the node and the reason. */
public final class GraphException extends InferenceException {
    /** With a message that names node and reason. */
    public GraphException(String message) {
        super(message, null);
    }

    /** With the failure that revealed it. */
    public GraphException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
