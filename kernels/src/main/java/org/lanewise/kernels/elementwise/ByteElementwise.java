package org.lanewise.kernels.elementwise;

/**
 * Binary operations and comparisons of {@code byte}, signed or unsigned, with broadcasting: rows are widened to {@code int} and narrowed again.
 *
 * <p>Operands are the arrays {@code a} and {@code b} from {@code aOffset} and {@code bOffset} on, shaped as the two operands of the plan; of the result
 * the elements {@code from..to} are computed, element 0 being {@code y[yOffset]}. {@code y} may be an operand that has the shape of the result.
 */
public final class ByteElementwise {
    private static final int CHUNK = 512;

    private ByteElementwise() {}

    /**
     * y = a op b.
     *
     * @param unsigned whether the elements are unsigned
     * @throws IllegalArgumentException if {@code byte} does not have the operation
     */
    public static void binary(
            BinaryOp op,
            boolean unsigned,
            Broadcast plan,
            byte[] a,
            int aOffset,
            byte[] b,
            int bOffset,
            byte[] y,
            int yOffset,
            int from,
            int to) {
        int as = plan.rowStride(0);
        int bs = plan.rowStride(1);
        int[][] scratch = new int[3][Math.min(CHUNK, Math.max(to - from, 1))];
        for (int p = from, n; p < to; p += n) {
            n = plan.rowLength(p, to);
            row(
                    scratch,
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
            byte[] a,
            int aOffset,
            byte[] b,
            int bOffset,
            byte[] y,
            int yOffset,
            int from,
            int to) {
        int as = plan.rowStride(0);
        int bs = plan.rowStride(1);
        int[][] scratch = new int[3][Math.min(CHUNK, Math.max(to - from, 1))];
        for (int p = from, n; p < to; p += n) {
            n = plan.rowLength(p, to);
            int ai = aOffset + plan.offset(0, p);
            int bi = bOffset + plan.offset(1, p);
            if (op.swaps()) {
                compareRow(scratch, op.swapped(), unsigned, b, bi, bs, a, ai, as, y, yOffset + p, n);
            } else {
                compareRow(scratch, op, unsigned, a, ai, as, b, bi, bs, y, yOffset + p, n);
            }
        }
    }

    private static void row(
            int[][] scratch,
            BinaryOp op,
            boolean unsigned,
            byte[] a,
            int ai,
            int as,
            byte[] b,
            int bi,
            int bs,
            byte[] y,
            int yi,
            int n) {
        if (as == 1 && bs == 1 && (op == BinaryOp.AND || op == BinaryOp.OR || op == BinaryOp.XOR)) {
            logical(op, a, ai, b, bi, y, yi, n);
            return;
        }
        for (int start = 0; start < n; start += CHUNK) {
            int length = Math.min(CHUNK, n - start);
            widen(unsigned, a, ai + start * as, scratch[0], as == 0 ? 1 : length);
            widen(unsigned, b, bi + start * bs, scratch[1], bs == 0 ? 1 : length);
            IntElementwise.row(op, false, scratch[0], 0, as, scratch[1], 0, bs, scratch[2], 0, length);
            for (int i = 0; i < length; i++) {
                y[yi + start + i] = (byte) scratch[2][i];
            }
        }
    }

    /** Plain loops that C2 vectorizes: masks are made of these. */
    private static void logical(BinaryOp op, byte[] a, int ai, byte[] b, int bi, byte[] y, int yi, int n) {
        if (op == BinaryOp.AND) {
            for (int i = 0; i < n; i++) {
                y[yi + i] = (byte) (a[ai + i] & b[bi + i]);
            }
        } else if (op == BinaryOp.OR) {
            for (int i = 0; i < n; i++) {
                y[yi + i] = (byte) (a[ai + i] | b[bi + i]);
            }
        } else {
            for (int i = 0; i < n; i++) {
                y[yi + i] = (byte) (a[ai + i] ^ b[bi + i]);
            }
        }
    }

    private static void compareRow(
            int[][] scratch,
            Comparison op,
            boolean unsigned,
            byte[] a,
            int ai,
            int as,
            byte[] b,
            int bi,
            int bs,
            byte[] y,
            int yi,
            int n) {
        for (int start = 0; start < n; start += CHUNK) {
            int length = Math.min(CHUNK, n - start);
            widen(unsigned, a, ai + start * as, scratch[0], as == 0 ? 1 : length);
            widen(unsigned, b, bi + start * bs, scratch[1], bs == 0 ? 1 : length);
            IntElementwise.compareRow(op, false, scratch[0], 0, as, scratch[1], 0, bs, y, yi + start, length);
        }
    }

    private static void widen(boolean unsigned, byte[] x, int xi, int[] y, int n) {
        int mask = unsigned ? 0xff : -1; // an unsigned element becomes a non-negative int
        for (int i = 0; i < n; i++) {
            y[i] = x[xi + i] & mask;
        }
    }
}
