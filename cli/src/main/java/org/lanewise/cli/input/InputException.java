package org.lanewise.cli.input;

/** A file or an option does not give a value for an input; the message is one sentence that says why. */
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the user. */
    public InputException(String message) {
        super(message);
    }

    /** With what was behind it. */
    public InputException(String message, Throwable cause) {
        super(message, cause);
    }
}
