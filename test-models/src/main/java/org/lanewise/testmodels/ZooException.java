package org.lanewise.testmodels;

/** A model of the zoo cannot be had; the message is one sentence that says which and what to do. */
public final class ZooException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ZooException(String message) {
        super(message);
    }

    ZooException(String message, Throwable cause) {
        super(message, cause);
    }
}
