package org.lanewise.kernels.gemm;

import java.util.Random;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;

/** Random matrices and the plain product that the kernels are compared with. */
final class Matrices {
    private Matrices() {}

    static float[] random(Random random, int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = random.nextFloat(-1, 1);
        }
        return values;
    }

    static Activation activation(Activation.Kind kind) {
        return switch (kind) {
            case CLIP -> new Activation(kind, -0.5f, 0.75f);
            case LEAKY_RELU -> new Activation(kind, 0.1f, 0);
            default -> new Activation(kind, 0, 0);
        };
    }

    static float activate(Activation activation, float x) {
        return switch (activation.kind()) {
            case NONE -> x;
            case RELU -> x < 0 ? 0 : x;
            case CLIP -> x < activation.alpha() ? activation.alpha() : x > activation.beta() ? activation.beta() : x;
            case LEAKY_RELU -> x < 0 ? activation.alpha() * x : x;
            default -> throw new IllegalArgumentException(activation.toString());
        };
    }

    /** One value of C as Gemm promises to compute it: a chain of multiply-adds in the order of k. */
    static float element(float[] a, int ao, float[] column, int k, float start) {
        float sum = start;
        for (int i = 0; i < k; i++) {
            sum = Simd.fma(a[ao + i], column[i], sum);
        }
        return sum;
    }
}
