package org.lanewise.cli;

import org.jspecify.annotations.Nullable;

/** The command cannot do what it is asked to; the message is one sentence for the user. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CliException(String message) {
        super(message);
    }

    CliException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
