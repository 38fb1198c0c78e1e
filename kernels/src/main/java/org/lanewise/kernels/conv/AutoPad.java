package org.lanewise.kernels.conv;

/** How the pads of a sliding window are found, in ONNX words. */
public enum AutoPad {
    /** The pads are given. */
    NOTSET,
    /** {@code output = ceil(input / stride)}; an odd pad goes to the end. */
    SAME_UPPER,
    /** {@code output = ceil(input / stride)}; an odd pad goes to the beginning. */
    SAME_LOWER,
    /** No pads. */
    VALID
}
