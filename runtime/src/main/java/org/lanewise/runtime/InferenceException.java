package org.lanewise.runtime;

import org.jspecify.annotations.Nullable;

/** Everything that loading or running a model can fail with. The message says what, where, got, expected. */
public abstract sealed class InferenceException extends RuntimeException
        permits ModelFormatException, UnsupportedModelException, GraphException, RunException {
    /**
     * What went wrong in an operator, in words: the operators' own messages are for people, those of the JVM for programmers.
     *
     * @param cause what an operator threw
     */
    public static String reason(Throwable cause) {
        return switch (cause) {
            case IllegalArgumentException e -> String.valueOf(e.getMessage());
            case IllegalStateException e -> String.valueOf(e.getMessage());
            case ArithmeticException e -> "sizes are too large for a tensor (" + e.getMessage() + ")";
            case OutOfMemoryError e -> "out of memory: " + e.getMessage();
            case StackOverflowError e -> "subgraphs are nested too deep";
            default -> "the inputs do not fit the operator or each other (" + cause + ")";
        };
    }

    InferenceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
