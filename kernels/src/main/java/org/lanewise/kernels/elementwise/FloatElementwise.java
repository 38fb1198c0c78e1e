package org.lanewise.kernels.elementwise;

import org.lanewise.kernels.Simd;

/**
 * Binary operations and comparisons of {@code float} with broadcasting.
 *
 * <p>Operands are the arrays {@code a} and {@code b} from {@code aOffset} and {@code bOffset} on, shaped as the two operands of the plan; of the result
 * the elements {@code from..to} are computed, element 0 being {@code y[yOffset]}. {@code y} may be an operand that has the shape of the result.
 */
public final class FloatElementwise {
    /** Rows up to this length are done many at a time, the repeated one being written out: a call for each would cost more than its work. */
    private static final int SHORT_ROW = 64;

    private static final int TILE = 512;

    private FloatElementwise() {}

    /**
     * y = a op b.
     *
     * @throws IllegalArgumentException if {@code float} does not have the operation
     */
    public static void binary(
            BinaryOp op,
            Broadcast plan,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] y,
            int yOffset,
            int from,
            int to) {
        int repeated = to - from >= 4 * TILE ? plan.repeatedRow(SHORT_ROW) : -1;
        if (repeated >= 0) {
            int period = plan.rowLength();
            float[] tile = repeated == 0 ? tile(a, aOffset, period) : tile(b, bOffset, period);
            int step = tile.length - period;
            int phase = from % period;
            for (int i = from; i < to; i += step) {
                int n = Math.min(step, to - i);
                if (repeated == 0) {
                    row(op, tile, phase, 1, b, bOffset + i, 1, y, yOffset + i, n);
                } else {
                    row(op, a, aOffset + i, 1, tile, phase, 1, y, yOffset + i, n);
                }
            }
            return;
        }
        int as = plan.rowStride(0);
        int bs = plan.rowStride(1);
        if (plan.rank() == 1) {
            row(op, a, aOffset + from * as, as, b, bOffset + from * bs, bs, y, yOffset + from, to - from);
            return;
        }
        if (plan.rank() == 2) {
            rows(op, plan, a, aOffset, b, bOffset, y, yOffset, from, to);
            return;
        }
        for (int p = from, n; p < to; p += n) {
            n = plan.rowLength(p, to);
            row(op, a, aOffset + plan.offset(0, p), as, b, bOffset + plan.offset(1, p), bs, y, yOffset + p, n);
        }
    }

    /** Rows of a plan of rank 2, which most broadcasts are, without an iterator. */
    private static void rows(
            BinaryOp op,
            Broadcast plan,
            float[] a,
            int aOffset,
            float[] b,
            int bOffset,
            float[] y,
            int yOffset,
            int from,
            int to) {
        int length = plan.rowLength();
        int as = plan.rowStride(0);
        int bs = plan.rowStride(1);
        int column = from % length;
        int r = from / length;
        for (int i = from; i < to; r++) {
            int n = Math.min(length - column, to - i);
            int ai = aOffset + r * plan.rowDistance(0) + column * as;
            int bi = bOffset + r * plan.rowDistance(1) + column * bs;
            row(op, a, ai, as, b, bi, bs, y, yOffset + i, n);
            i += n;
            column = 0;
        }
    }

    /** {@code y += x} for {@code n} elements. */
    public static void addTo(float[] x, int xOffset, float[] y, int yOffset, int n) {
        for (int i = 0; i < n; i++) {
            y[yOffset + i] += x[xOffset + i];
        }
    }

    /** y = 1 where the comparison holds, else 0. */
    public static void compare(
            Comparison op,
            Broadcast plan,
            float[] a,
            int aOffset,
            float[] b,
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

    /** A row repeated to about {@link #TILE} elements, and once more, so that whole periods can start anywhere in the first. */
    private static float[] tile(float[] x, int offset, int period) {
        float[] tile = new float[(TILE / period + 1) * period];
        for (int i = 0; i < tile.length; i += period) {
            System.arraycopy(x, offset, tile, i, period);
        }
        return tile;
    }

    private static void row(
            BinaryOp op, float[] a, int ai, int as, float[] b, int bi, int bs, float[] y, int yi, int n) {
        int done = Simd.ENABLED ? FloatElementwiseVector.row(op, a, ai, as, b, bi, bs, y, yi, n) : 0;
        FloatElementwiseScalar.row(op, a, ai + done * as, as, b, bi + done * bs, bs, y, yi + done, n - done);
    }

    private static void compareRow(
            Comparison op, float[] a, int ai, int as, float[] b, int bi, int bs, byte[] y, int yi, int n) {
        int done = Simd.ENABLED ? MaskVector.compare(op, a, ai, as, b, bi, bs, y, yi, n) : 0;
        FloatElementwiseScalar.compareRow(op, a, ai + done * as, as, b, bi + done * bs, bs, y, yi + done, n - done);
    }
}
