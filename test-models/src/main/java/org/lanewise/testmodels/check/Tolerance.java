package org.lanewise.testmodels.check;

/**
 * How far an output may be from what is expected: {@code |got - expected| <= atol + rtol * |expected|}.
 *
 * @param rtol relative to the expected value
 * @param atol absolute
 * @param sameTop1 whether the largest value of each row of a matrix must be where it is expected
 */
public record Tolerance(double rtol, double atol, boolean sameTop1) {
    /** What the ONNX backend tests are judged by. */
    public static final Tolerance OFFICIAL = new Tolerance(1e-3, 1e-7, false);

    /** For models of several layers, whose sums have other roundings in each runtime. */
    public static final Tolerance LAYERS = new Tolerance(1e-3, 1e-4, false);

    /** Refuses negative numbers and NaN. */
    public Tolerance {
        if (!(rtol >= 0 && atol >= 0)) {
            throw new IllegalArgumentException("rtol and atol must not be negative, got " + rtol + " and " + atol);
        }
    }

    /** For the output of a quantizer of this step: one step, and a hair for the rounding of the multiplication. */
    public static Tolerance ofStep(double step) {
        return new Tolerance(0, step * 1.0001, true);
    }

    /** Whether {@code got} is near enough; NaN is near NaN only, an infinity only itself. */
    public boolean accepts(double got, double expected) {
        if (Double.isNaN(expected) || Double.isInfinite(expected)) {
            return Double.compare(got, expected) == 0;
        }
        return Math.abs(got - expected) <= atol + rtol * Math.abs(expected);
    }
}
