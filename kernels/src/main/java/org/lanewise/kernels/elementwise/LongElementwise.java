package org.lanewise.kernels.elementwise;

/**
 * Binary operations and comparisons of {@code long}, signed or unsigned, with broadcasting.
 *
 * <p>Operands are the arrays {@code a} and {@code b} from {@code aOffset} and {@code bOffset} on, shaped as the two operands of the plan; of the result
 * the elements {@code from..to} are computed, element 0 being {@code y[yOffset]}. {@code y} may be an operand that has the shape of the result.
 */
public final class LongElementwise {
    private LongElementwise() {}

    /**
     * y = a op b.
     *
     * @param unsigned whether the elements are unsigned
     * @throws IllegalArgumentException if {@code long} does not have the operation
     */
    public static void binary(
            BinaryOp op,
            boolean unsigned,
            Broadcast plan,
            long[] a,
            int aOffset,
            long[] b,
            int bOffset,
            long[] y,
            int yOffset,
            int from,
            int to) {
        int as = plan.rowStride(0);
        int bs = plan.rowStride(1);
        for (int p = from, n; p < to; p += n) {
            n = plan.rowLength(p, to);
            row(
                    op,
                    unsigned,
                    a,
                    aOffset + plan.offset(0, p),
                    as,
                    b,
                    bOffset + plan.offset(1, p),
                    bs,
                    y,
                    yOffset + p,
                    n);
        }
    }

    /** y = 1 where the comparison holds, else 0. */
    public static void compare(
            Comparison op,
            boolean unsigned,
            Broadcast plan,
            long[] a,
            int aOffset,
            long[] b,
            int bOffset,
            byte[] y,
            int yOffset,
            int from,
            int to) {
        int as = plan.rowStride(0);
        int bs = plan.rowStride(1);
        for (int p = from, n; p < to; p += n) {
            n = plan.rowLength(p, to);
            int ai = aOffset + plan.offset(0, p);
            int bi = bOffset + plan.offset(1, p);
            if (op.swaps()) {
                compareRow(op.swapped(), unsigned, b, bi, bs, a, ai, as, y, yOffset + p, n);
            } else {
                compareRow(op, unsigned, a, ai, as, b, bi, bs, y, yOffset + p, n);
            }
        }
    }

    static void row(
            BinaryOp op,
            boolean unsigned,
            long[] a,
            int ai,
            int as,
            long[] b,
            int bi,
            int bs,
            long[] y,
            int yi,
            int n) {
        switch (op) {
            case ADD -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] + b[bi + i * bs];
                }
            }
            case SUB -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] - b[bi + i * bs];
                }
            }
            case MUL -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] * b[bi + i * bs];
                }
            }
            case DIV -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = unsigned
                            ? Long.divideUnsigned(a[ai + i * as], b[bi + i * bs])
                            : a[ai + i * as] / b[bi + i * bs];
                }
            }
            case MIN -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = less(unsigned, a[ai + i * as], b[bi + i * bs]) ? a[ai + i * as] : b[bi + i * bs];
                }
            }
            case MAX -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = less(unsigned, a[ai + i * as], b[bi + i * bs]) ? b[bi + i * bs] : a[ai + i * as];
                }
            }
            case POW -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = power(a[ai + i * as], b[bi + i * bs]);
                }
            }
            case PRELU -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = !unsigned && a[ai + i * as] < 0 ? a[ai + i * as] * b[bi + i * bs] : a[ai + i * as];
                }
            }
            case MOD -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = unsigned
                            ? Long.remainderUnsigned(a[ai + i * as], b[bi + i * bs])
                            : Math.floorMod(a[ai + i * as], b[bi + i * bs]);
                }
            }
            case FMOD -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = unsigned
                            ? Long.remainderUnsigned(a[ai + i * as], b[bi + i * bs])
                            : a[ai + i * as] % b[bi + i * bs];
                }
            }
            case AND -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] & b[bi + i * bs];
                }
            }
            case OR -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] | b[bi + i * bs];
                }
            }
            case XOR -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] ^ b[bi + i * bs];
                }
            }
            case SHIFT_LEFT -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = less(true, b[bi + i * bs], Long.SIZE) ? a[ai + i * as] << b[bi + i * bs] : 0;
                }
            }
            case SHIFT_RIGHT -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = shiftRight(unsigned, a[ai + i * as], b[bi + i * bs]);
                }
            }
        }
    }

    private static long shiftRight(boolean unsigned, long a, long b) {
        boolean all = !less(true, b, Long.SIZE);
        return unsigned ? (all ? 0 : a >>> b) : a >> (all ? Long.SIZE - 1 : b);
    }

    static void compareRow(
            Comparison op,
            boolean unsigned,
            long[] a,
            int ai,
            int as,
            long[] b,
            int bi,
            int bs,
            byte[] y,
            int yi,
            int n) {
        switch (op) {
            case EQUAL -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] == b[bi + i * bs] ? (byte) 1 : 0;
                }
            }
            case LESS -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = less(unsigned, a[ai + i * as], b[bi + i * bs]) ? (byte) 1 : 0;
                }
            }
            case LESS_OR_EQUAL -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = !less(unsigned, b[bi + i * bs], a[ai + i * as]) ? (byte) 1 : 0;
                }
            }
            case GREATER, GREATER_OR_EQUAL ->
                throw new IllegalArgumentException(op + " is computed with exchanged operands");
        }
    }

    private static boolean less(boolean unsigned, long a, long b) {
        return unsigned ? Long.compareUnsigned(a, b) < 0 : a < b;
    }

    /** a to the power b by squaring, wrapping around; a negative exponent gives what truncation of the exact result gives. */
    static long power(long a, long b) {
        if (b < 0) {
            return a == 1 ? 1 : a == -1 ? (b % 2 == 0 ? 1 : -1) : 0;
        }
        long result = 1;
        long square = a;
        for (long e = b; e != 0; e >>= 1) {
            if ((e & 1) != 0) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }
}
