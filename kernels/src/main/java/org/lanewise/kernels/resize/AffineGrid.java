package org.lanewise.kernels.resize;

/** The sampling grid of an affine transformation (ONNX AffineGrid): every point is {@code theta * (x, y[, z], 1)}. */
public final class AffineGrid {
    private AffineGrid() {}

    /**
     * Two dimensions.
     *
     * @param theta {@code (N, 2, 3)}
     * @param grid output {@code (N, H, W, 2)}
     * @param alignCorners whether -1 and 1 are the centres of the corner pixels, or else their outer edges
     */
    public static void run2d(
            float[] theta,
            int thetaOff,
            int batch,
            int height,
            int width,
            boolean alignCorners,
            float[] grid,
            int gridOff) {
        int at = gridOff;
        for (int n = 0; n < batch; n++) {
            int t = thetaOff + n * 6;
            for (int h = 0; h < height; h++) {
                double y = position(h, height, alignCorners);
                for (int w = 0; w < width; w++) {
                    double x = position(w, width, alignCorners);
                    grid[at++] = (float) (theta[t] * x + theta[t + 1] * y + theta[t + 2]);
                    grid[at++] = (float) (theta[t + 3] * x + theta[t + 4] * y + theta[t + 5]);
                }
            }
        }
    }

    /**
     * Three dimensions.
     *
     * @param theta {@code (N, 3, 4)}
     * @param grid output {@code (N, D, H, W, 3)}
     * @param alignCorners whether -1 and 1 are the centres of the corner pixels, or else their outer edges
     */
    public static void run3d(
            float[] theta,
            int thetaOff,
            int batch,
            int depth,
            int height,
            int width,
            boolean alignCorners,
            float[] grid,
            int gridOff) {
        int at = gridOff;
        for (int n = 0; n < batch; n++) {
            int t = thetaOff + n * 12;
            for (int i = 0; i < depth * height * width; i++) {
                double x = position(i % width, width, alignCorners);
                double y = position(i / width % height, height, alignCorners);
                double z = position(i / width / height, depth, alignCorners);
                for (int row = t; row < t + 12; row += 4) {
                    grid[at++] = (float) (theta[row] * x + theta[row + 1] * y + theta[row + 2] * z + theta[row + 3]);
                }
            }
        }
    }

    private static double position(int i, int size, boolean alignCorners) {
        if (alignCorners) {
            return size == 1 ? 0 : -1 + 2.0 * i / (size - 1);
        }
        return -1 + (2.0 * i + 1) / size;
    }
}
