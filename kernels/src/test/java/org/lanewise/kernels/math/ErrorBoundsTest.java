package org.lanewise.kernels.math;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.lanewise.kernels.Simd;

/** Proves the error bounds that {@link ScalarMath} states, against {@code double}, and that arrays get the bits of the scalar functions. */
class ErrorBoundsTest {
    private static final int BLOCK = 1 << 13;

    interface ArrayFunction {
        void apply(float[] x, int xOffset, float[] y, int yOffset, int n);
    }

    interface FloatFunction {
        float apply(float x);
    }

    /**
     * @param ulps bound in units in the last place of the exact result, where that is a normal number
     * @param relative a bound on the error relative to the exact result that is enough by itself
     * @param absolute a bound on the error that is enough by itself
     */
    record Case(
            String name,
            ArrayFunction array,
            FloatFunction scalar,
            DoubleUnaryOperator exact,
            double ulps,
            double relative,
            double absolute,
            double low,
            double high) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final double INF = Double.POSITIVE_INFINITY;

    static Stream<Case> cases() {
        return Stream.of(
                new Case("exp", FloatMath::exp, ScalarMath::exp, Math::exp, 1, 0, 0x0.8p-148, 0, INF),
                new Case("log", FloatMath::log, ScalarMath::log, Math::log, 1, 0, 0, -104, INF),
                new Case("tanh", FloatMath::tanh, ScalarMath::tanh, Math::tanh, 3, 0, 0, -1, 1),
                new Case("erf", FloatMath::erf, ScalarMath::erf, DoubleMath::erf, 2, 0, 0x0.9p-149, -1, 1),
                new Case(
                        "sigmoid",
                        FloatActivations::sigmoid,
                        ScalarMath::sigmoid,
                        DoubleMath::sigmoid,
                        3,
                        0,
                        0x1p-149,
                        0,
                        1),
                new Case(
                        "gelu",
                        FloatActivations::gelu,
                        ScalarMath::gelu,
                        DoubleMath::gelu,
                        5,
                        5e-6,
                        0x1p-143,
                        -0.17,
                        INF),
                new Case(
                        "geluTanh",
                        FloatActivations::geluTanh,
                        ScalarMath::geluTanh,
                        DoubleMath::geluTanh,
                        5,
                        2e-5,
                        0x1p-142,
                        -0.1701,
                        INF),
                new Case(
                        "silu",
                        FloatActivations::silu,
                        ScalarMath::silu,
                        x -> DoubleMath.swish(x, 1),
                        4,
                        0,
                        0x1p-143,
                        -0.2785,
                        INF),
                new Case(
                        "softplus",
                        FloatActivations::softplus,
                        ScalarMath::softplus,
                        DoubleMath::softplus,
                        3,
                        0,
                        0x1p-148,
                        0,
                        INF),
                new Case(
                        "mish",
                        FloatActivations::mish,
                        ScalarMath::mish,
                        DoubleMath::mish,
                        5,
                        0,
                        0x1p-143,
                        -0.3089,
                        INF),
                new Case(
                        "elu",
                        (x, xo, y, yo, n) -> FloatActivations.elu(x, xo, y, yo, n, 1f),
                        x -> ScalarMath.elu(x, 1f),
                        x -> DoubleMath.elu(x, 1),
                        2,
                        0,
                        0,
                        -1,
                        INF),
                new Case("round", FloatMath::round, ScalarMath::round, Math::rint, 0, 0, 0, -INF, INF),
                new Case("floor", FloatMath::floor, ScalarMath::floor, Math::floor, 0, 0, 0, -INF, INF),
                new Case("ceil", FloatMath::ceil, ScalarMath::ceil, Math::ceil, 0, 0, 0, -INF, INF));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void denseSample(Case c) {
        sweep(c, 9973);
    }

    @Tag("monster")
    @ParameterizedTest
    @MethodSource("cases")
    void allFloats(Case c) {
        sweep(c, 1);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void specialValues(Case c) {
        float[] x = {
            0f,
            -0f,
            1f,
            -1f,
            0.5f,
            -0.5f,
            1.5f,
            2.5f,
            Float.MIN_VALUE,
            -Float.MIN_VALUE,
            Float.MIN_NORMAL,
            Float.MAX_VALUE,
            -Float.MAX_VALUE,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            Float.NaN,
            88.7228f,
            88.723f,
            -87.5f,
            -103.9f,
            -104.1f,
            0x1p23f,
            -0x1p22f,
            8388609f
        };
        float[] y = new float[x.length];
        c.array.apply(x, 0, y, 0, x.length);
        for (int i = 0; i < x.length; i++) {
            check(c, x[i], y[i]);
            assertEquals(c.scalar.apply(x[i]), y[i], () -> "array and scalar differ");
        }
        if (c.exact.applyAsDouble(-0.0) == 0 && !c.name.equals("softplus")) {
            assertEquals(-0f, c.scalar.apply(-0f), "the sign of zero is kept");
        }
    }

    private static void sweep(Case c, int stride) {
        float[] x = new float[BLOCK];
        float[] y = new float[BLOCK];
        for (long start = 0; start < 1L << 32; start += (long) BLOCK * stride) {
            for (int i = 0; i < BLOCK; i++) {
                x[i] = Float.intBitsToFloat((int) (start + (long) i * stride));
            }
            c.array.apply(x, 0, y, 0, BLOCK);
            for (int i = 0; i < BLOCK; i++) {
                check(c, x[i], y[i]);
                if (i % 7 == 0 && Float.compare(c.scalar.apply(x[i]), y[i]) != 0) {
                    throw new AssertionError(
                            c.name + "(" + x[i] + ") = " + y[i] + " in an array, alone " + c.scalar.apply(x[i]));
                }
            }
        }
    }

    private static void check(Case c, float x, float y) {
        double exact = c.exact.applyAsDouble(x);
        if (Double.isNaN(exact) || Float.isNaN(y)) {
            assertTrue(Double.isNaN(exact) && Float.isNaN(y), () -> c.name + "(" + x + ") = " + y + ", exact " + exact);
            return;
        }
        boolean inside = y >= c.low && y <= c.high || y == exact;
        if (Double.isInfinite(exact) || Math.abs(exact) >= 0x1.fffffep127) {
            inside &= Math.abs(y) >= Float.MAX_VALUE && Math.signum(y) == Math.signum(exact);
        } else {
            double error = Math.abs(y - exact);
            double allowed = (Simd.FMA ? c.ulps : c.ulps + 1)
                    * (Math.abs(exact) < Float.MIN_NORMAL ? 0 : Math.ulp((float) exact));
            inside &= error <= allowed || error <= c.relative * Math.abs(exact) || error <= c.absolute;
        }
        if (!inside) {
            throw new AssertionError(c.name + "(" + x + ") = " + y + ", exact " + exact);
        }
    }
}
