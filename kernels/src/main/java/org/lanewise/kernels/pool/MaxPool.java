package org.lanewise.kernels.pool;

import org.lanewise.kernels.Simd;
import org.lanewise.kernels.conv.WindowAxis;

/** Max pooling (ONNX MaxPool) of planes {@code (N, C, I1..Ir)} in any rank, and channels-last in two dimensions. */
public final class MaxPool {
    private static final int SIGNED = -128;

    private MaxPool() {}

    /**
     * Largest value of each window, for planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * C there are. A NaN in the window
     * gives NaN; a window wholly in the padding gives negative infinity.
     */
    public static void run(PoolGeometry g, float[] x, int xOff, float[] y, int yOff, int fromPlane, int toPlane) {
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
                        float best = Float.NEGATIVE_INFINITY;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    best = Math.max(best, x[line + u * w.dilation()]);
                                }
                            }
                        }
                        y[at++] = best;
                    }
                }
            }
        }
    }

    /**
     * As {@link #run}, and writes where each value was found: its index in the whole input {@code (N, C, I1..Ir)} seen as one row.
     * Of equal values the first counts.
     *
     * @param columnMajor whether pixels are counted with the first spatial axis fastest (ONNX {@code storage_order = 1})
     */
    public static void runIndexed(
            PoolGeometry g,
            float[] x,
            int xOff,
            float[] y,
            int yOff,
            long[] indices,
            int indicesOff,
            boolean columnMajor,
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
                for (int oh = 0; oh < h.output(); oh++) {
                    int top = oh * h.stride() - h.padBegin();
                    int firstY = h.firstTap(top);
                    int lastY = h.lastTap(top);
                    for (int ow = 0; ow < w.output(); ow++) {
                        int left = ow * w.stride() - w.padBegin();
                        int firstX = w.firstTap(left);
                        int lastX = w.lastTap(left);
                        float best = Float.NEGATIVE_INFINITY;
                        int where = -1;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    int i = line + u * w.dilation();
                                    if (!(x[i] <= best) || where < 0) {
                                        best = x[i];
                                        where = i;
                                    }
                                }
                            }
                        }
                        y[at] = best;
                        indices[indicesOff + at - yOff] = where < 0 ? -1 : index(g, where - xOff, columnMajor);
                        at++;
                    }
                }
            }
        }
    }

    /**
     * Largest value of each window, for planes {@code fromPlane} to {@code toPlane} (exclusive) of the N * C there are. A NaN in the window
     * gives NaN; a window wholly in the padding gives negative infinity.
     */
    public static void run(PoolGeometry g, double[] x, int xOff, double[] y, int yOff, int fromPlane, int toPlane) {
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
                        double best = Double.NEGATIVE_INFINITY;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    best = Math.max(best, x[line + u * w.dilation()]);
                                }
                            }
                        }
                        y[at++] = best;
                    }
                }
            }
        }
    }

    /**
     * As {@link #run}, and writes where each value was found: its index in the whole input {@code (N, C, I1..Ir)} seen as one row.
     * Of equal values the first counts.
     *
     * @param columnMajor whether pixels are counted with the first spatial axis fastest (ONNX {@code storage_order = 1})
     */
    public static void runIndexed(
            PoolGeometry g,
            double[] x,
            int xOff,
            double[] y,
            int yOff,
            long[] indices,
            int indicesOff,
            boolean columnMajor,
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
                for (int oh = 0; oh < h.output(); oh++) {
                    int top = oh * h.stride() - h.padBegin();
                    int firstY = h.firstTap(top);
                    int lastY = h.lastTap(top);
                    for (int ow = 0; ow < w.output(); ow++) {
                        int left = ow * w.stride() - w.padBegin();
                        int firstX = w.firstTap(left);
                        int lastX = w.lastTap(left);
                        double best = Double.NEGATIVE_INFINITY;
                        int where = -1;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    int i = line + u * w.dilation();
                                    if (!(x[i] <= best) || where < 0) {
                                        best = x[i];
                                        where = i;
                                    }
                                }
                            }
                        }
                        y[at] = best;
                        indices[indicesOff + at - yOff] = where < 0 ? -1 : index(g, where - xOff, columnMajor);
                        at++;
                    }
                }
            }
        }
    }

    /**
     * As the {@code float} form, for 8-bit integers; a window wholly in the padding gives the smallest value.
     *
     * @param flip 0 for unsigned values, -128 for signed ones
     */
    private static void bytes(
            PoolGeometry g, byte[] x, int xOff, byte[] y, int yOff, int flip, int fromPlane, int toPlane) {
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
                        int best = -1;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    best = Math.max(best, (x[line + u * w.dilation()] ^ flip) & 0xff);
                                }
                            }
                        }
                        y[at++] = (byte) (Math.max(best, 0) ^ flip);
                    }
                }
            }
        }
    }

    /**
     * As {@link #runIndexed}, for 8-bit integers.
     */
    private static void bytesIndexed(
            PoolGeometry g,
            byte[] x,
            int xOff,
            byte[] y,
            int yOff,
            long[] indices,
            int indicesOff,
            boolean columnMajor,
            int flip,
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
                for (int oh = 0; oh < h.output(); oh++) {
                    int top = oh * h.stride() - h.padBegin();
                    int firstY = h.firstTap(top);
                    int lastY = h.lastTap(top);
                    for (int ow = 0; ow < w.output(); ow++) {
                        int left = ow * w.stride() - w.padBegin();
                        int firstX = w.firstTap(left);
                        int lastX = w.lastTap(left);
                        int best = -1;
                        int where = -1;
                        for (int z = firstZ; z < lastZ; z++) {
                            for (int v = firstY; v < lastY; v++) {
                                int line = image
                                        + ((front + z * d.dilation()) * h.input() + top + v * h.dilation()) * w.input()
                                        + left;
                                for (int u = firstX; u < lastX; u++) {
                                    int i = line + u * w.dilation();
                                    int value = (x[i] ^ flip) & 0xff;
                                    if (value > best) {
                                        best = value;
                                        where = i;
                                    }
                                }
                            }
                        }
                        y[at] = (byte) (Math.max(best, 0) ^ flip);
                        indices[indicesOff + at - yOff] = where < 0 ? -1 : index(g, where - xOff, columnMajor);
                        at++;
                    }
                }
            }
        }
    }

    /** As the {@code float} form, for 8-bit integers; a window wholly in the padding gives the smallest value. */
    public static void run(
            PoolGeometry g, byte[] x, int xOff, byte[] y, int yOff, boolean unsigned, int fromPlane, int toPlane) {
        bytes(g, x, xOff, y, yOff, unsigned ? 0 : SIGNED, fromPlane, toPlane);
    }

    /** As the {@code float} form, for 8-bit integers. */
    public static void runIndexed(
            PoolGeometry g,
            byte[] x,
            int xOff,
            byte[] y,
            int yOff,
            boolean unsigned,
            long[] indices,
            int indicesOff,
            boolean columnMajor,
            int fromPlane,
            int toPlane) {
        bytesIndexed(g, x, xOff, y, yOff, indices, indicesOff, columnMajor, unsigned ? 0 : SIGNED, fromPlane, toPlane);
    }

    /** Channels-last in two dimensions: {@code (N, H, W, C)} to {@code (N, OH, OW, C)}, output rows of the N * OH there are. */
    public static void runNhwc(PoolGeometry g, float[] x, int xOff, float[] y, int yOff, int fromRow, int toRow) {
        if (Simd.ENABLED && g.channels() >= Simd.LANES) {
            PoolNhwcVector.max(g, x, xOff, y, yOff, fromRow, toRow);
        } else {
            PoolNhwcScalar.max(g, x, xOff, y, yOff, fromRow, toRow);
        }
    }

    /** As the {@code float} form, for 8-bit integers; a window wholly in the padding gives the smallest value. */
    public static void runNhwc(
            PoolGeometry g, byte[] x, int xOff, byte[] y, int yOff, boolean unsigned, int fromRow, int toRow) {
        byte flip = unsigned ? Byte.MIN_VALUE : 0;
        if (Simd.ENABLED && g.channels() >= PoolNhwcBytes.LEAST) {
            PoolNhwcBytes.max(g, x, xOff, y, yOff, flip, fromRow, toRow);
        } else {
            PoolNhwcScalar.max(g, x, xOff, y, yOff, flip, fromRow, toRow);
        }
    }

    private static long index(PoolGeometry g, int rowMajor, boolean columnMajor) {
        if (!columnMajor) {
            return rowMajor;
        }
        int pixels = g.inputPixels();
        int rest = rowMajor % pixels;
        int depth = g.depthAxis().input();
        int height = g.heightAxis().input();
        int width = g.widthAxis().input();
        int iw = rest % width;
        int ih = rest / width % height;
        int id = rest / width / height;
        return rowMajor - rest + id + (long) depth * (ih + (long) height * iw);
    }
}
