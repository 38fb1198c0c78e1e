package org.lanewise.quantization;

/** A model cannot be quantized as asked; the message is one sentence that says why and what to do. */
public final class QuantizationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a sentence for the user. */
    public QuantizationException(String message) {
        super(message);
    }
}
