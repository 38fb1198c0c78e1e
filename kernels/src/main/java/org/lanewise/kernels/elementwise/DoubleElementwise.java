package org.lanewise.kernels.elementwise;

/**
 * Binary operations and comparisons of {@code double} with broadcasting.
 *
 * <p>Operands are the arrays {@code a} and {@code b} from {@code aOffset} and {@code bOffset} on, shaped as the two operands of the plan; of the result
 * the elements {@code from..to} are computed, element 0 being {@code y[yOffset]}. {@code y} may be an operand that has the shape of the result.
 */
public final class DoubleElementwise {
    private DoubleElementwise() {}

    /**
     * y = a op b.
     *
     * @throws IllegalArgumentException if {@code double} does not have the operation
     */
    public static void binary(
            BinaryOp op,
            Broadcast plan,
            double[] a,
            int aOffset,
            double[] b,
            int bOffset,
            double[] y,
            int yOffset,
            int from,
            int to) {
        int as = plan.rowStride(0);
        int bs = plan.rowStride(1);
        for (int p = from, n; p < to; p += n) {
            n = plan.rowLength(p, to);
            row(op, a, aOffset + plan.offset(0, p), as, b, bOffset + plan.offset(1, p), bs, y, yOffset + p, n);
        }
    }

    /** y = 1 where the comparison holds, else 0. */
    public static void compare(
            Comparison op,
            Broadcast plan,
            double[] a,
            int aOffset,
            double[] b,
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
                compareRow(op.swapped(), b, bi, bs, a, ai, as, y, yOffset + p, n);
            } else {
                compareRow(op, a, ai, as, b, bi, bs, y, yOffset + p, n);
            }
        }
    }

    private static void row(
            BinaryOp op, double[] a, int ai, int as, double[] b, int bi, int bs, double[] y, int yi, int n) {
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
                    y[yi + i] = a[ai + i * as] / b[bi + i * bs];
                }
            }
            case MIN -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = Math.min(a[ai + i * as], b[bi + i * bs]);
                }
            }
            case MAX -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = Math.max(a[ai + i * as], b[bi + i * bs]);
                }
            }
            case POW -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = Math.pow(a[ai + i * as], b[bi + i * bs]);
                }
            }
            case PRELU -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] < 0 ? a[ai + i * as] * b[bi + i * bs] : a[ai + i * as];
                }
            }
            case MOD -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = floorMod(a[ai + i * as], b[bi + i * bs]);
                }
            }
            case FMOD -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] % b[bi + i * bs];
                }
            }
            case AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT -> throw new IllegalArgumentException(op + " of double");
        }
    }

    private static void compareRow(
            Comparison op, double[] a, int ai, int as, double[] b, int bi, int bs, byte[] y, int yi, int n) {
        switch (op) {
            case EQUAL -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] == b[bi + i * bs] ? (byte) 1 : 0;
                }
            }
            case LESS -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] < b[bi + i * bs] ? (byte) 1 : 0;
                }
            }
            case LESS_OR_EQUAL -> {
                for (int i = 0; i < n; i++) {
                    y[yi + i] = a[ai + i * as] <= b[bi + i * bs] ? (byte) 1 : 0;
                }
            }
            case GREATER, GREATER_OR_EQUAL ->
                throw new IllegalArgumentException(op + " is computed with exchanged operands");
        }
    }

    private static double floorMod(double a, double b) {
        double r = a % b;
        return r != 0 && r < 0 != b < 0 ? r + b : r;
    }
}
