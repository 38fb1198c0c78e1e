package org.lanewise.kernels.math;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DoubleMathTest {
    @Test
    void errorFunctionAgreesWithTables() {
        assertEquals(0.1124629160182849, DoubleMath.erf(0.1), 2e-16);
        assertEquals(0.8427007929497149, DoubleMath.erf(1), 4e-16);
        assertEquals(-0.9953222650189527, DoubleMath.erf(-2), 4e-16);
        assertEquals(2.209049699858544e-5, DoubleMath.erfc(3), 1e-19);
        assertEquals(1.5374597944280349e-12, DoubleMath.erfc(5), 1e-26);
        assertEquals(2.0884875837625448e-45, DoubleMath.erfc(10), 1e-58);
        assertEquals(1, DoubleMath.erf(Double.POSITIVE_INFINITY));
        assertEquals(Double.NaN, DoubleMath.erf(Double.NaN));
    }

    @Test
    void inverseHyperbolicFunctionsInvert() {
        for (double x : new double[] {1e-9, 0.3, 0.99, 2, 30}) {
            assertEquals(x, Math.sinh(DoubleMath.asinh(x)), 1e-14 * x);
            assertEquals(-x, Math.sinh(DoubleMath.asinh(-x)), 1e-14 * x);
            assertEquals(1 + x, Math.cosh(DoubleMath.acosh(1 + x)), 1e-13 * (1 + x));
            assertEquals(x / 31, Math.tanh(DoubleMath.atanh(x / 31)), 1e-15);
        }
        assertEquals(Double.NaN, DoubleMath.acosh(0.5));
        assertEquals(Double.POSITIVE_INFINITY, DoubleMath.atanh(1));
        assertEquals(Double.POSITIVE_INFINITY, DoubleMath.asinh(Double.POSITIVE_INFINITY));
    }

    @Test
    void mapsRanges() {
        double[] y = {9, 9, 9};
        DoubleMath.map(Math::abs, new double[] {-1, -2, -3}, 1, y, 0, 2);
        assertArrayEquals(new double[] {2, 3, 9}, y);
        float[] z = {0, 0};
        FloatMath.map(Math::sin, new float[] {1f, 2f}, 1, z, 1, 1);
        assertArrayEquals(new float[] {0f, (float) Math.sin(2)}, z);
    }
}
