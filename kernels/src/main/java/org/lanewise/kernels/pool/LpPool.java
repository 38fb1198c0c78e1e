package org.lanewise.kernels.pool;

import org.lanewise.kernels.conv.WindowAxis;

/** Pooling by the p-norm (ONNX LpPool and GlobalLpPool) of planes {@code (N, C, I1..Ir)} in any rank. */
public final class LpPool {
    private LpPool() {}

    /**
     * {@code (sum |x|^p)^(1/p)} of each window, for planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * C there are; summed in
     * double.
     */
    public static void run(
            PoolGeometry g, float[] x, int xOff, float[] y, int yOff, double p, int fromPlane, int toPlane) {
        WindowAxis d = g.depthAxis();
        WindowAxis h = g.heightAxis();
        WindowAxis w = g.widthAxis();
        int at = yOff + fromPlane * g.outputPixels();
        for (int plane = fromPlane; plane < toPlane; plane++) {
            int image = xOff + plane * g.inputPixels();
            for (int od = 0; od < d.output(); od++) {
                int front = od * d.stride() - d.padBegin();
                int firstZ = d.firstTap(front);
                int lastZ = d.lastTap(front);
                for (int oh = 0; oh < h.output(); oh++) {
                    int top = oh * h.stride() - h.padBegin();
                    int firstY = h.firstTap(top);
                    int lastY = h.lastTap(top);
                    for (int ow = 0; ow < w.output(); ow++) {
                        int left = ow * w.stride() - w.padBegin();
                        int firstX = w.firstTap(left);
                        int lastX = w.lastTap(left);
                        double sum = 0;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    sum += power(Math.abs(x[line + u * w.dilation()]), p);
                                }
                            }
                        }
                        y[at++] = (float) root(sum, p);
                    }
                }
            }
        }
    }

    /**
     * {@code (sum |x|^p)^(1/p)} of each window, for planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * C there are; summed in
     * double.
     */
    public static void run(
            PoolGeometry g, double[] x, int xOff, double[] y, int yOff, double p, int fromPlane, int toPlane) {
        WindowAxis d = g.depthAxis();
        WindowAxis h = g.heightAxis();
        WindowAxis w = g.widthAxis();
        int at = yOff + fromPlane * g.outputPixels();
        for (int plane = fromPlane; plane < toPlane; plane++) {
            int image = xOff + plane * g.inputPixels();
            for (int od = 0; od < d.output(); od++) {
                int front = od * d.stride() - d.padBegin();
                int firstZ = d.firstTap(front);
                int lastZ = d.lastTap(front);
                for (int oh = 0; oh < h.output(); oh++) {
                    int top = oh * h.stride() - h.padBegin();
                    int firstY = h.firstTap(top);
                    int lastY = h.lastTap(top);
                    for (int ow = 0; ow < w.output(); ow++) {
                        int left = ow * w.stride() - w.padBegin();
                        int firstX = w.firstTap(left);
                        int lastX = w.lastTap(left);
                        double sum = 0;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    sum += power(Math.abs(x[line + u * w.dilation()]), p);
                                }
                            }
                        }
                        y[at++] = root(sum, p);
                    }
                }
            }
        }
    }

    /** {@code (sum |x|^p)^(1/p)} of each whole plane of {@code pixels} values. */
    public static void global(
            float[] x, int xOff, int pixels, float[] y, int yOff, double p, int fromPlane, int toPlane) {
        for (int plane = fromPlane; plane < toPlane; plane++) {
            double sum = 0;
            for (int i = 0; i < pixels; i++) {
                sum += power(Math.abs(x[xOff + plane * pixels + i]), p);
            }
            y[yOff + plane] = (float) root(sum, p);
        }
    }

    /** {@code (sum |x|^p)^(1/p)} of each whole plane of {@code pixels} values. */
    public static void global(
            double[] x, int xOff, int pixels, double[] y, int yOff, double p, int fromPlane, int toPlane) {
        for (int plane = fromPlane; plane < toPlane; plane++) {
            double sum = 0;
            for (int i = 0; i < pixels; i++) {
                sum += power(Math.abs(x[xOff + plane * pixels + i]), p);
            }
            y[yOff + plane] = root(sum, p);
        }
    }

    private static double power(double value, double p) {
        return p == 2 ? value * value : p == 1 ? value : Math.pow(value, p);
    }

    private static double root(double sum, double p) {
        return p == 2 ? Math.sqrt(sum) : p == 1 ? sum : Math.pow(sum, 1 / p);
    }
}
