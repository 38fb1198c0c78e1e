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

    /** Most neighbours along an axis. */
    private static final int TAPS = 4;

    /** Elements of each of the two arrays of scratch: the neighbours of a point along three axes and their weights. */
    public static final int SCRATCH = 3 * TAPS;

    /**
     * Samples two-dimensional images.
     *
     * @param x images {@code (N, C, H, W)}
     * @param grid {@code (N, OH, OW, 2)}: points (x, y)
     * @param y output {@code (N, C, OH, OW)}
     * @param fromRow first row of the N * OH rows of the grid
     * @param toRow one past the last
     * @param places scratch, {@link #SCRATCH} values
     * @param weights the same
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
            int toRow,
            int[] places,
            float[] weights) {
        run(
                x, xOff, channels, 1, height, width, grid, gridOff, 2, outHeight, outWidth, y, yOff, fromRow, toRow,
                places, weights);
    }

    /**
     * Samples three-dimensional images.
     *
     * @param x images {@code (N, C, D, H, W)}
     * @param grid {@code (N, OD, OH, OW, 3)}: points (x, y, z)
     * @param y output {@code (N, C, OD, OH, OW)}
     * @param fromRow first row of the N * OD * OH rows of the grid
     * @param toRow one past the last
     * @param places scratch, {@link #SCRATCH} values
     * @param weights the same
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
            int toRow,
            int[] places,
            float[] weights) {
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
                toRow,
                places,
                weights);
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
            int toRow,
            int[] places,
            float[] weights) {
        int pixels = depth * height * width;
        int taps = switch (mode) {
            case NEAREST -> 1;
            case LINEAR -> 2;
            case CUBIC -> TAPS;
        };
        int layers = axes == 3 ? taps : 1;
        places[2 * TAPS] = 0;
        weights[2 * TAPS] = 1;
        for (int row = fromRow; row < toRow; row++) {
            int image = row / rows;
            for (int ow = 0; ow < outWidth; ow++) {
                int point = gridOff + (row * outWidth + ow) * axes;
                locate(grid[point], width, places, weights, 0);
                locate(grid[point + 1], height, places, weights, TAPS);
                if (axes == 3) {
                    locate(grid[point + 2], depth, places, weights, 2 * TAPS);
                }
                int out = yOff + (image * channels * rows + row % rows) * outWidth + ow;
                for (int c = 0; c < channels; c++) {
                    int plane = xOff + (image * channels + c) * pixels;
                    y[out + c * rows * outWidth] = sample(x, plane, height, width, places, weights, taps, layers);
                }
            }
        }
    }

    private static float sample(
            float[] x, int plane, int height, int width, int[] places, float[] weights, int taps, int layers) {
        float sum = 0;
        for (int k = 2 * TAPS; k < 2 * TAPS + layers; k++) {
            for (int j = TAPS; j < TAPS + taps; j++) {
                if ((places[k] | places[j]) < 0) {
                    continue;
                }
                int line = plane + (places[k] * height + places[j]) * width;
                float rowSum = 0;
                for (int i = 0; i < taps; i++) {
                    if (places[i] >= 0) {
                        rowSum += weights[i] * x[line + places[i]];
                    }
                }
                sum += weights[k] * weights[j] * rowSum;
            }
        }
        return sum;
    }

    /** Writes the neighbours of a coordinate, -1 for a zero, and their weights from index {@code to} on. */
    private void locate(float normalized, int size, int[] places, float[] weights, int to) {
        double at = alignCorners ? (normalized + 1.0) / 2 * (size - 1) : ((normalized + 1.0) * size - 1) / 2;
        if (!(Math.abs(at) < 1e9)) {
            at = -1e9; // not a number or far outside: still an int, and outside
        }
        if (padding == Padding.BORDER
                && (at < (alignCorners ? 0 : -0.5) || at > (alignCorners ? size - 1 : size - 0.5))) {
            at = Math.clamp(at, 0, size - 1); // matters to cubic weights, which would reach past the border's pixel
        }
        double floor = Math.floor(at);
        float f = (float) (at - floor);
        int first = (int) floor;
        int taps = TAPS;
        switch (mode) {
            case NEAREST -> {
                taps = 1;
                first = (int) Math.rint(at);
                weights[to] = 1;
            }
            case LINEAR -> {
                taps = 2;
                weights[to] = 1 - f;
                weights[to + 1] = f;
            }
            case CUBIC -> {
                first--;
                weights[to] = outer(1 + f);
                weights[to + 1] = inner(f);
                weights[to + 2] = inner(1 - f);
                weights[to + 3] = outer(2 - f);
            }
        }
        for (int i = 0; i < taps; i++) {
            places[to + i] = pad(first + i, size);
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
