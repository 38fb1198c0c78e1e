package org.lanewise.kernels.reduce;

/** Running sums and products along the middle of (outer, axis, inner) (ONNX CumSum and CumProd). */
public final class Cumulative {
    private Cumulative() {}

    /**
     * y = the running sum, or product, of x along the axis, for the outer indices from..to; y must not overlap x.
     *
     * @param product whether to multiply, else to add
     * @param exclusive whether an element counts only for those after it
     * @param reverse whether to run from the end
     * @param x a {@code float[]}, {@code double[]}, {@code int[]} or {@code long[]}; {@code y} is of the same type
     */
    public static void run(
            boolean product,
            boolean exclusive,
            boolean reverse,
            Object x,
            int xOffset,
            int axis,
            int inner,
            Object y,
            int yOffset,
            int from,
            int to) {
        if (axis == 0) {
            return;
        }
        int step = reverse ? -inner : inner;
        for (int o = from; o < to; o++) {
            int first = o * axis * inner + (reverse ? (axis - 1) * inner : 0);
            switch (x) {
                case float[] v ->
                    column(product, exclusive, v, xOffset + first, step, axis, inner, (float[]) y, yOffset + first);
                case double[] v ->
                    column(product, exclusive, v, xOffset + first, step, axis, inner, (double[]) y, yOffset + first);
                case int[] v ->
                    column(product, exclusive, v, xOffset + first, step, axis, inner, (int[]) y, yOffset + first);
                case long[] v ->
                    column(product, exclusive, v, xOffset + first, step, axis, inner, (long[]) y, yOffset + first);
                default -> throw new IllegalArgumentException("no running sums of " + x.getClass());
            }
        }
    }

    private static void column(
            boolean product, boolean exclusive, float[] x, int xi, int step, int axis, int inner, float[] y, int yi) {
        for (int j = 0; j < inner; j++) {
            float total = product ? 1 : 0;
            for (int k = 0; k < axis; k++) {
                float v = x[xi + k * step + j];
                float after = product ? total * v : total + v;
                y[yi + k * step + j] = exclusive ? total : after;
                total = after;
            }
        }
    }

    private static void column(
            boolean product, boolean exclusive, double[] x, int xi, int step, int axis, int inner, double[] y, int yi) {
        for (int j = 0; j < inner; j++) {
            double total = product ? 1 : 0;
            for (int k = 0; k < axis; k++) {
                double v = x[xi + k * step + j];
                double after = product ? total * v : total + v;
                y[yi + k * step + j] = exclusive ? total : after;
                total = after;
            }
        }
    }

    private static void column(
            boolean product, boolean exclusive, int[] x, int xi, int step, int axis, int inner, int[] y, int yi) {
        for (int j = 0; j < inner; j++) {
            int total = product ? 1 : 0;
            for (int k = 0; k < axis; k++) {
                int v = x[xi + k * step + j];
                int after = product ? total * v : total + v;
                y[yi + k * step + j] = exclusive ? total : after;
                total = after;
            }
        }
    }

    private static void column(
            boolean product, boolean exclusive, long[] x, int xi, int step, int axis, int inner, long[] y, int yi) {
        for (int j = 0; j < inner; j++) {
            long total = product ? 1 : 0;
            for (int k = 0; k < axis; k++) {
                long v = x[xi + k * step + j];
                long after = product ? total * v : total + v;
                y[yi + k * step + j] = exclusive ? total : after;
                total = after;
            }
        }
    }
}
