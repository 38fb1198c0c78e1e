package org.lanewise.runtime;

/** The model is valid but asks for something that is not implemented: names node, operator, opset and what. */
public final class UnsupportedModelException extends InferenceException {
    /** With a message that names node, operator, opset and what is missing. */
    public UnsupportedModelException(String message) {
        super(message, null);
    }
}
