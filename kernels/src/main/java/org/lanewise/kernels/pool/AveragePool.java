package org.lanewise.kernels.pool;

import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.WindowAxis;

/** Average pooling (ONNX AveragePool) of planes {@code (N, C, I1..Ir)} in any rank, and channels-last in two dimensions. */
public final class AveragePool {
    private AveragePool() {}

    /**
     * Mean of each window, for planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * C there are; 0 where a window has no pixel.
     *
     * @param includePad whether the zeros of the padding count as pixels (ONNX {@code count_include_pad}); what a window of ceil mode reaches
     *     beyond the padding never does
     */
    public static void run(
            PoolGeometry g, float[] x, int xOff, float[] y, int yOff, boolean includePad, int fromPlane, int toPlane) {
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
                int depthArea = includePad ? padded(d, front) : lastZ - firstZ;
                for (int oh = 0; oh < h.output(); oh++) {
                    int top = oh * h.stride() - h.padBegin();
                    int firstY = h.firstTap(top);
                    int lastY = h.lastTap(top);
                    int heightArea = includePad ? padded(h, top) : lastY - firstY;
                    for (int ow = 0; ow < w.output(); ow++) {
                        int left = ow * w.stride() - w.padBegin();
                        int firstX = w.firstTap(left);
                        int lastX = w.lastTap(left);
                        float sum = 0;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    sum += x[line + u * w.dilation()];
                                }
                            }
                        }
                        int area = depthArea * heightArea * (includePad ? padded(w, left) : lastX - firstX);
                        y[at++] = area == 0 ? 0 : sum / area;
                    }
                }
            }
        }
    }

    /**
     * Mean of each window, for planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * C there are; 0 where a window has no pixel.
     *
     * @param includePad whether the zeros of the padding count as pixels (ONNX {@code count_include_pad}); what a window of ceil mode reaches
     *     beyond the padding never does
     */
    public static void run(
            PoolGeometry g,
            double[] x,
            int xOff,
            double[] y,
            int yOff,
            boolean includePad,
            int fromPlane,
            int toPlane) {
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
                int depthArea = includePad ? padded(d, front) : lastZ - firstZ;
                for (int oh = 0; oh < h.output(); oh++) {
                    int top = oh * h.stride() - h.padBegin();
                    int firstY = h.firstTap(top);
                    int lastY = h.lastTap(top);
                    int heightArea = includePad ? padded(h, top) : lastY - firstY;
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
                                    sum += x[line + u * w.dilation()];
                                }
                            }
                        }
                        int area = depthArea * heightArea * (includePad ? padded(w, left) : lastX - firstX);
                        y[at++] = area == 0 ? 0 : sum / area;
                    }
                }
            }
        }
    }

    /** Channels-last in two dimensions: {@code (N, H, W, C)} to {@code (N, OH, OW, C)}, output rows of the N * OH there are. */
    public static void runNhwc(
            PoolGeometry g, float[] x, int xOff, float[] y, int yOff, boolean includePad, int fromRow, int toRow) {
        if (Simd.ENABLED && g.channels() >= Simd.LANES) {
            PoolNhwcVector.average(g, x, xOff, y, yOff, includePad, fromRow, toRow);
        } else {
            PoolNhwcScalar.average(g, x, xOff, y, yOff, includePad, fromRow, toRow);
        }
    }

    /** Taps of the window at {@code start} that lie in the input or its padding. */
    static int padded(WindowAxis axis, int start) {
        int end = axis.input() + axis.padEnd();
        return start >= end ? 0 : Math.min(axis.kernel(), (end - 1 - start) / axis.dilation() + 1);
    }
}
