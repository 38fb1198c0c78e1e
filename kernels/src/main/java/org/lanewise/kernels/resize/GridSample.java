package org.lanewise.kernels.resize;

/**
 * Samples images at the points of a grid (ONNX GridSample; Jaderberg et al., "Spatial Transformer Networks"). Points are normalized: -1 is the
 * first pixel and 1 the last, their centres or their outer edges.
 *
 * @param mode the interpolation
 * @param padding what lies outside the image
 * @param alignCorners whether -1 and 1 are the centres of the corner pixels, or else their outer edges
 */
public record GridSample(ResizeSpec.Mode mode, Padding padding, boolean alignCorners) {
    private static final float CUBIC_A = -0.75f;

    /** What lies outside the image. */
    public enum Padding {
        /** Zeros. */
        ZEROS,
        /** The nearest pixel of the border. */
        BORDER,
        /** The image mirrored, again and again. */
        REFLECTION
    }

    /** One axis of a sampling: neighbour positions (-1 for a zero) and weights. */
    private static final class Neighbours {
        final int[] at = new int[4];
        final float[] weight = new float[4];
        int count;
    }

    /**
     * Samples two-dimensional images.
     *
     * @param x images {@code (N, C, H, W)}
     * @param grid {@code (N, OH, OW, 2)}: points (x, y)
     * @param y output {@code (N, C, OH, OW)}
     * @param fromRow first row of the N * OH rows of the grid
     * @param toRow one past the last
     */
    public void run2d(
            float[] x,
            int xOff,
            int channels,
            int height,
            int width,
            float[] grid,
            int gridOff,
            int outHeight,
            int outWidth,
            float[] y,
            int yOff,
            int fromRow,
            int toRow) {
        run(x, xOff, channels, 1, height, width, grid, gridOff, 2, outHeight, outWidth, y, yOff, fromRow, toRow);
    }

    /**
     * Samples three-dimensional images.
     *
     * @param x images {@code (N, C, D, H, W)}
     * @param grid {@code (N, OD, OH, OW, 3)}: points (x, y, z)
     * @param y output {@code (N, C, OD, OH, OW)}
     * @param fromRow first row of the N * OD * OH rows of the grid
     * @param toRow one past the last
     */
    public void run3d(
            float[] x,
            int xOff,
            int channels,
            int depth,
            int height,
            int width,
            float[] grid,
            int gridOff,
            int outDepth,
            int outHeight,
            int outWidth,
            float[] y,
            int yOff,
            int fromRow,
            int toRow) {
        run(
                x,
                xOff,
                channels,
                depth,
                height,
                width,
                grid,
                gridOff,
                3,
                outDepth * outHeight,
                outWidth,
                y,
                yOff,
                fromRow,
                toRow);
    }

    private void run(
            float[] x,
            int xOff,
            int channels,
            int depth,
            int height,
            int width,
            float[] grid,
            int gridOff,
            int axes,
            int rows,
            int outWidth,
            float[] y,
            int yOff,
            int fromRow,
            int toRow) {
        int pixels = depth * height * width;
        Neighbours u = new Neighbours();
        Neighbours v = new Neighbours();
        Neighbours w = new Neighbours();
        for (int row = fromRow; row < toRow; row++) {
            int image = row / rows;
            for (int ow = 0; ow < outWidth; ow++) {
                int point = gridOff + (row * outWidth + ow) * axes;
                locate(grid[point], width, u);
                locate(grid[point + 1], height, v);
                if (axes == 3) {
                    locate(grid[point + 2], depth, w);
                } else {
                    w.count = 1;
                    w.weight[0] = 1;
                }
                int out = yOff + (image * channels * rows + row % rows) * outWidth + ow;
                for (int c = 0; c < channels; c++) {
                    int plane = xOff + (image * channels + c) * pixels;
                    y[out + c * rows * outWidth] = sample(x, plane, height, width, u, v, w);
                }
            }
        }
    }

    private static float sample(float[] x, int plane, int height, int width, Neighbours u, Neighbours v, Neighbours w) {
        float sum = 0;
        for (int k = 0; k < w.count; k++) {
            for (int j = 0; j < v.count; j++) {
                if ((w.at[k] | v.at[j]) < 0) {
                    continue;
                }
                int line = plane + (w.at[k] * height + v.at[j]) * width;
                float rowSum = 0;
                for (int i = 0; i < u.count; i++) {
                    if (u.at[i] >= 0) {
                        rowSum += u.weight[i] * x[line + u.at[i]];
                    }
                }
                sum += w.weight[k] * v.weight[j] * rowSum;
            }
        }
        return sum;
    }

    private void locate(float normalized, int size, Neighbours to) {
        double at = alignCorners ? (normalized + 1.0) / 2 * (size - 1) : ((normalized + 1.0) * size - 1) / 2;
        if (!(Math.abs(at) < 1e9)) {
            at = -1e9; // not a number or far outside: still an int, and outside
        }
        if (padding == Padding.BORDER && (at < (alignCorners ? 0 : -0.5) || at > (alignCorners ? size - 1 : size - 0.5))) {
            at = Math.clamp(at, 0, size - 1); // matters to cubic weights, which would reach past the border's pixel
        }
        double floor = Math.floor(at);
        float f = (float) (at - floor);
        int first = (int) floor;
        switch (mode) {
            case NEAREST -> {
                to.count = 1;
                first = (int) Math.rint(at);
                to.weight[0] = 1;
            }
            case LINEAR -> {
                to.count = 2;
                to.weight[0] = 1 - f;
                to.weight[1] = f;
            }
            case CUBIC -> {
                to.count = 4;
                first--;
                to.weight[0] = outer(1 + f);
                to.weight[1] = inner(f);
                to.weight[2] = inner(1 - f);
                to.weight[3] = outer(2 - f);
            }
        }
        for (int i = 0; i < to.count; i++) {
            to.at[i] = pad(first + i, size);
        }
    }

    private static float inner(float t) {
        return ((CUBIC_A + 2) * t - (CUBIC_A + 3)) * t * t + 1;
    }

    private static float outer(float t) {
        return ((CUBIC_A * t - 5 * CUBIC_A) * t + 8 * CUBIC_A) * t - 4 * CUBIC_A;
    }

    /** The pixel that stands for position {@code i}, or -1 for a zero. */
    private int pad(int i, int size) {
        if (i >= 0 && i < size) {
            return i;
        }
        return switch (padding) {
            case ZEROS -> -1;
            case BORDER -> Math.clamp(i, 0, size - 1);
            case REFLECTION -> {
                // mirrored about the centres of the border's pixels, or about their outer edges
                int period = alignCorners ? 2 * (size - 1) : 2 * size;
                int folded = period == 0 ? 0 : Math.floorMod(i, period);
                yield folded < size ? folded : (alignCorners ? period - folded : period - 1 - folded);
            }
        };
    }
}
