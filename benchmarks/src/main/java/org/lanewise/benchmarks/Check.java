package org.lanewise.benchmarks;

/** Refuses to time a kernel that computes the wrong thing. */
final class Check {
    private Check() {}

    /**
     * Compares one result with what a plain loop in double gives.
     *
     * @throws IllegalStateException if they differ by more than {@code tolerance}, or the result is NaN
     */
    static void near(String what, double got, double expected, double tolerance) {
        if (!(Math.abs(got - expected) <= tolerance)) {
            throw new IllegalStateException(what + " is wrong: " + got + ", expected " + expected);
        }
    }
}
