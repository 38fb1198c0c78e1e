package org.lanewise.kernels.elementwise;

import org.lanewise.kernels.Activation;
import org.lanewise.kernels.math.FloatActivations;
import org.lanewise.kernels.math.FloatMath;

/** Applies a fused {@link Activation} to a run of results, for kernels that finish their output row by row. */
public final class Activations {
    private Activations() {}

    /** x = f(x) in place, for {@code length} elements from {@code offset} on. */
    public static void apply(Activation f, float[] x, int offset, int length) {
        apply(f.kind(), f.alpha(), f.beta(), x, offset, length);
    }

    /** x = f(x) in place; the parameters are those of {@link Activation}. */
    public static void apply(Activation.Kind kind, float alpha, float beta, float[] x, int offset, int length) {
        switch (kind) {
            case NONE -> {}
            case RELU -> FloatActivations.relu(x, offset, x, offset, length);
            case CLIP -> FloatActivations.clip(x, offset, x, offset, length, alpha, beta);
            case LEAKY_RELU -> FloatActivations.leakyRelu(x, offset, x, offset, length, alpha);
            case HARD_SIGMOID -> FloatActivations.hardSigmoid(x, offset, x, offset, length, alpha, beta);
            case HARD_SWISH -> FloatActivations.hardSwish(x, offset, x, offset, length);
            case SIGMOID -> FloatActivations.sigmoid(x, offset, x, offset, length);
            case TANH -> FloatMath.tanh(x, offset, x, offset, length);
            case SILU -> FloatActivations.silu(x, offset, x, offset, length);
            case GELU -> FloatActivations.gelu(x, offset, x, offset, length);
            case GELU_TANH -> FloatActivations.geluTanh(x, offset, x, offset, length);
            case ELU -> FloatActivations.elu(x, offset, x, offset, length, alpha);
            case SOFTPLUS -> FloatActivations.softplus(x, offset, x, offset, length);
            case MISH -> FloatActivations.mish(x, offset, x, offset, length);
        }
    }
}
