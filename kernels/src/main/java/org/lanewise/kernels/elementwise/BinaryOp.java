package org.lanewise.kernels.elementwise;

/** The binary operations; which types have which is stated at the constants. */
public enum BinaryOp {
    /** a + b; integers wrap around. */
    ADD,
    /** a - b; integers wrap around. */
    SUB,
    /** a * b; integers wrap around. */
    MUL,
    /** a / b; integers truncate toward zero, and throw {@link ArithmeticException} when b is 0. */
    DIV,
    /** The lesser; NaN if either is NaN. */
    MIN,
    /** The greater; NaN if either is NaN. */
    MAX,
    /** a to the power b. */
    POW,
    /** a where a >= 0, else b a. */
    PRELU,
    /** The remainder with the sign of b (Python's {@code %}). */
    MOD,
    /** The remainder with the sign of a (C's {@code fmod} and {@code %}). */
    FMOD,
    /** Bitwise and, also the logical one of booleans stored as 0 and 1; integers only. */
    AND,
    /** Bitwise or; integers only. */
    OR,
    /** Bitwise exclusive or; integers only. */
    XOR,
    /** a shifted left by b bits, 0 when b is negative or not less than the width; integers only. */
    SHIFT_LEFT,
    /**
     * a shifted right by b bits, copies of the sign coming in for signed types; all bits are shifted out when b is negative or not less than the width;
     * integers only.
     */
    SHIFT_RIGHT
}
