package org.lanewise.kernels;

/**
 * An activation function that a kernel applies to its result while that is still in registers or cache.
 *
 * @param kind which function
 * @param alpha its first parameter: the slope of {@link Kind#LEAKY_RELU}, the alpha of {@link Kind#ELU} and {@link Kind#HARD_SIGMOID}, the
 *     lower bound of {@link Kind#CLIP}; unused otherwise
 * @param beta its second parameter: the beta of {@link Kind#HARD_SIGMOID}, the upper bound of {@link Kind#CLIP}; unused otherwise
 */
public record Activation(Kind kind, float alpha, float beta) {
    /** The functions, named as their ONNX operators. */
    public enum Kind {
        NONE,
        RELU,
        CLIP,
        LEAKY_RELU,
        HARD_SIGMOID,
        HARD_SWISH,
        SIGMOID,
        TANH,
        SILU,
        GELU,
        GELU_TANH,
        ELU,
        SOFTPLUS,
        MISH
    }
}
