package org.lanewise.kernels.pool;

/**
 * Max pooling of regions of interest in whole pixels (ONNX MaxRoiPool; Girshick, "Fast R-CNN"): a region is cut into {@code OH x OW} bins
 * whose borders are rounded outwards; an empty bin gives 0.
 */
public final class MaxRoiPool {
    private MaxRoiPool() {}

    /**
     * Pools regions {@code fromRoi} to {@code toRoi} (exclusive).
     *
     * @param x images {@code (N, C, H, W)}
     * @param rois {@code (R, 5)}: image, x1, y1, x2, y2
     * @param y output {@code (R, C, OH, OW)}
     * @throws IllegalArgumentException when a region names an image that is not there
     */
    public static void run(
            float[] x,
            int xOff,
            int images,
            int channels,
            int height,
            int width,
            float[] rois,
            int roisOff,
            float spatialScale,
            float[] y,
            int yOff,
            int outHeight,
            int outWidth,
            int fromRoi,
            int toRoi) {
        for (int r = fromRoi; r < toRoi; r++) {
            int box = roisOff + 5 * r;
            int image = (int) rois[box];
            if (image < 0 || image >= images) {
                throw new IllegalArgumentException("region " + r + " names image " + rois[box] + " of " + images);
            }
            int left = Math.round(rois[box + 1] * spatialScale);
            int top = Math.round(rois[box + 2] * spatialScale);
            int right = Math.round(rois[box + 3] * spatialScale);
            int bottom = Math.round(rois[box + 4] * spatialScale);
            float binH = Math.max(bottom - top + 1, 1) / (float) outHeight;
            float binW = Math.max(right - left + 1, 1) / (float) outWidth;
            for (int oh = 0; oh < outHeight; oh++) {
                int y0 = bound(top + (int) Math.floor(oh * binH), height);
                int y1 = bound(top + (int) Math.ceil((oh + 1) * binH), height);
                for (int ow = 0; ow < outWidth; ow++) {
                    int x0 = bound(left + (int) Math.floor(ow * binW), width);
                    int x1 = bound(left + (int) Math.ceil((ow + 1) * binW), width);
                    for (int c = 0; c < channels; c++) {
                        int plane = xOff + (image * channels + c) * height * width;
                        y[yOff + ((r * channels + c) * outHeight + oh) * outWidth + ow] =
                                largest(x, plane, width, y0, y1, x0, x1);
                    }
                }
            }
        }
    }

    private static int bound(int value, int size) {
        return Math.clamp(value, 0, size);
    }

    private static float largest(float[] x, int plane, int width, int y0, int y1, int x0, int x1) {
        if (y1 <= y0 || x1 <= x0) {
            return 0f;
        }
        float best = Float.NEGATIVE_INFINITY;
        for (int v = y0; v < y1; v++) {
            for (int u = x0; u < x1; u++) {
                best = Math.max(best, x[plane + v * width + u]);
            }
        }
        return best;
    }
}
