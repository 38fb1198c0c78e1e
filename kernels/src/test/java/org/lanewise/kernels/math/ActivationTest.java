package org.lanewise.kernels.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.kernels.Activation;
import org.lanewise.kernels.elementwise.Activations;

class ActivationTest {
    interface Kernel {
        void apply(float[] x, int xOffset, float[] y, int yOffset, int n);
    }

    record Pair(String name, Kernel facade, Kernel scalar) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Pair> pairs() {
        return Stream.of(
                new Pair("sigmoid", FloatActivations::sigmoid, FloatActivationsScalar::sigmoid),
                new Pair(
                        "swish",
                        (x, xo, y, yo, n) -> FloatActivations.swish(x, xo, y, yo, n, 1.7f),
                        (x, xo, y, yo, n) -> FloatActivationsScalar.swish(x, xo, y, yo, n, 1.7f)),
                new Pair(
                        "selu",
                        (x, xo, y, yo, n) -> FloatActivations.selu(x, xo, y, yo, n, 1.6f, 1.05f),
                        (x, xo, y, yo, n) -> FloatActivationsScalar.selu(x, xo, y, yo, n, 1.6f, 1.05f)),
                new Pair(
                        "celu",
                        (x, xo, y, yo, n) -> FloatActivations.celu(x, xo, y, yo, n, 2f),
                        (x, xo, y, yo, n) -> FloatActivationsScalar.celu(x, xo, y, yo, n, 2f)),
                new Pair("softsign", FloatActivations::softsign, FloatActivationsScalar::softsign),
                new Pair("relu", FloatActivations::relu, FloatActivationsScalar::relu),
                new Pair(
                        "leakyRelu",
                        (x, xo, y, yo, n) -> FloatActivations.leakyRelu(x, xo, y, yo, n, 0.1f),
                        (x, xo, y, yo, n) -> FloatActivationsScalar.leakyRelu(x, xo, y, yo, n, 0.1f)),
                new Pair(
                        "thresholdedRelu",
                        (x, xo, y, yo, n) -> FloatActivations.thresholdedRelu(x, xo, y, yo, n, 0.5f),
                        (x, xo, y, yo, n) -> FloatActivationsScalar.thresholdedRelu(x, xo, y, yo, n, 0.5f)),
                new Pair(
                        "clip",
                        (x, xo, y, yo, n) -> FloatActivations.clip(x, xo, y, yo, n, -1f, 2f),
                        (x, xo, y, yo, n) -> FloatActivationsScalar.clip(x, xo, y, yo, n, -1f, 2f)),
                new Pair(
                        "hardSigmoid",
                        (x, xo, y, yo, n) -> FloatActivations.hardSigmoid(x, xo, y, yo, n, 0.2f, 0.5f),
                        (x, xo, y, yo, n) -> FloatActivationsScalar.hardSigmoid(x, xo, y, yo, n, 0.2f, 0.5f)),
                new Pair("hardSwish", FloatActivations::hardSwish, FloatActivationsScalar::hardSwish),
                new Pair(
                        "shrink",
                        (x, xo, y, yo, n) -> FloatActivations.shrink(x, xo, y, yo, n, 1f, 0.5f),
                        (x, xo, y, yo, n) -> FloatActivationsScalar.shrink(x, xo, y, yo, n, 1f, 0.5f)),
                new Pair("sqrt", FloatMath::sqrt, FloatMathScalar::sqrt),
                new Pair("reciprocal", FloatMath::reciprocal, FloatMathScalar::reciprocal),
                new Pair("abs", FloatMath::abs, FloatMathScalar::abs),
                new Pair("neg", FloatMath::neg, FloatMathScalar::neg),
                new Pair("sign", FloatMath::sign, FloatMathScalar::sign));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void everyLengthAndSplitGivesTheScalarBits(Pair p) {
        Random random = new Random(7);
        float[] special = {
            0f,
            -0f,
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.MIN_VALUE,
            -1e-40f,
            3e38f,
            0.5f,
            1f
        };
        for (int n = 0; n < 70; n++) {
            float[] x = new float[n + 5];
            for (int i = 0; i < x.length; i++) {
                x[i] = random.nextInt(4) == 0
                        ? special[random.nextInt(special.length)]
                        : (float) random.nextGaussian() * 3;
            }
            float[] expected = new float[n + 9];
            p.scalar.apply(x, 3, expected, 5, n);
            float[] y = new float[n + 9];
            int split = n / 3;
            p.facade.apply(x, 3, y, 5, split);
            p.facade.apply(x, 3 + split, y, 5 + split, n - split);
            assertArrayEquals(expected, y, "split at " + split + " of " + n);
            p.facade.apply(x, 3, x, 3, n);
            for (int i = 0; i < n; i++) {
                assertEquals(expected[5 + i], x[3 + i], "in place");
            }
        }
    }

    @Test
    void formulas() {
        assertArrayEquals(new float[] {-0.2f, -0f, 3f, Float.NaN}, leaky(new float[] {-2f, -0f, 3f, Float.NaN}));
        assertArrayEquals(
                new float[] {0f, 0f, 1.5f, 4f, -0f},
                hardSwish(new float[] {-3f, 0f, 1.5f + 0f, 4f, Float.NEGATIVE_INFINITY}),
                1.2f);
        float[] x = {-2f, 0f, 1f, 5f};
        FloatActivations.hardSigmoid(x, 0, x, 0, 4, 0.2f, 0.5f);
        assertArrayEquals(new float[] {0.1f, 0.5f, 0.7f, 1f}, x, 1e-7f);
        float[] s = {-2f, -1f, 0.5f, 3f};
        FloatActivations.shrink(s, 0, s, 0, 4, 1.5f, 1.5f);
        assertArrayEquals(new float[] {-0.5f, 0f, 0f, 1.5f}, s);
    }

    @Test
    void everyKindIsApplied() {
        for (Activation.Kind kind : Activation.Kind.values()) {
            float[] x = {-4f, 0.25f, 9f};
            Activations.apply(new Activation(kind, 0.1f, 0.5f), x, 0, 3);
            double expected = switch (kind) {
                case NONE -> -4;
                case RELU, HARD_SWISH -> 0;
                case CLIP, HARD_SIGMOID -> 0.1;
                case LEAKY_RELU -> -0.4;
                case SIGMOID -> DoubleMath.sigmoid(-4);
                case TANH -> Math.tanh(-4);
                case SILU -> DoubleMath.swish(-4, 1);
                case GELU -> DoubleMath.gelu(-4);
                case GELU_TANH -> DoubleMath.geluTanh(-4);
                case ELU -> DoubleMath.elu(-4, 0.1);
                case SOFTPLUS -> DoubleMath.softplus(-4);
                case MISH -> DoubleMath.mish(-4);
            };
            assertEquals(expected, x[0], 1e-7, kind.name());
        }
    }

    private static float[] leaky(float[] x) {
        FloatActivations.leakyRelu(x, 0, x, 0, x.length, 0.1f);
        return x;
    }

    private static float[] hardSwish(float[] x) {
        FloatActivations.hardSwish(x, 0, x, 0, x.length);
        return x;
    }
}
