package org.lanewise.kernels.elementwise;

/** The scalar rows of {@link FloatElementwise}; {@code as} and {@code bs} are 1 or 0. */
final class FloatElementwiseScalar {
    private FloatElementwiseScalar() {}

    static void row(BinaryOp op, float[] a, int ai, int as, float[] b, int bi, int bs, float[] y, int yi, int n) {
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
                    y[yi + i] = power(a[ai + i * as], b[bi + i * bs]);
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
            case AND, OR, XOR, SHIFT_LEFT, SHIFT_RIGHT -> throw new IllegalArgumentException(op + " of float");
        }
    }

    static void compareRow(
            Comparison op, float[] a, int ai, int as, float[] b, int bi, int bs, byte[] y, int yi, int n) {
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

    private static float floorMod(float a, float b) {
        float r = a % b;
        return r != 0 && r < 0 != b < 0 ? r + b : r;
    }

    /** The exponents of everyday models without a call of {@link Math#pow}. */
    private static float power(float a, float b) {
        if (b == 2f) {
            return a * a;
        }
        return b == 3f ? (float) ((double) a * a * a) : (float) Math.pow(a, b);
    }
}
