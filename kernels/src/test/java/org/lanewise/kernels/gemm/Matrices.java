package org.lanewise.kernels.gemm;

import java.util.Random;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.Simd;
import org.lanewise.kernels.elementwise.Activations;

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

    /** The function with parameters that change some random values. */
    static Activation activation(Activation.Kind kind) {
        return switch (kind) {
            case CLIP -> new Activation(kind, -0.5f, 0.75f);
            case LEAKY_RELU, ELU -> new Activation(kind, 0.1f, 0);
            case HARD_SIGMOID -> new Activation(kind, 0.2f, 0.5f);
            default -> new Activation(kind, 0, 0);
        };
    }

    /** Any of the functions. */
    static Activation anyActivation(Random random) {
        Activation.Kind[] kinds = Activation.Kind.values();
        return activation(kinds[random.nextInt(kinds.length)]);
    }

    static float activate(Activation activation, float x) {
        float[] one = {x};
        Activations.apply(activation, one, 0, 1);
        return one[0];
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
