package org.lanewise.kernels.pool;

/**
 * Pooling of regions of interest by bilinear sampling (ONNX RoiAlign; He et al., "Mask R-CNN"): region {@code r} of image {@code batch[r]} is
 * cut into {@code OH x OW} bins, each the mean (or the maximum) of a grid of samples.
 */
public final class RoiAlign {
    private RoiAlign() {}

    /**
     * The sizes and attributes.
     *
     * @param channels C
     * @param height H of the images
     * @param width W of the images
     * @param outHeight bins of a region along the height
     * @param outWidth bins of a region along the width
     * @param samplingRatio samples of a bin along each axis, or 0 for {@code ceil(region / bins)}
     * @param spatialScale factor from the coordinates of the regions to pixels
     * @param halfPixel whether pixel centres are at one half (ONNX {@code coordinate_transformation_mode = half_pixel}); otherwise regions are
     *     also at least one pixel large
     * @param max maximum of the four weighted neighbours of all samples instead of the mean
     */
    public record Spec(
            int channels,
            int height,
            int width,
            int outHeight,
            int outWidth,
            int samplingRatio,
            float spatialScale,
            boolean halfPixel,
            boolean max) {}

    /**
     * Pools regions {@code fromRoi} to {@code toRoi} (exclusive).
     *
     * @param x images {@code (N, C, H, W)}
     * @param rois {@code (R, 4)}: x1, y1, x2, y2
     * @param batch {@code (R)}: the image of each region
     * @param images N
     * @param y output {@code (R, C, OH, OW)}
     * @throws IllegalArgumentException when a region names an image that is not there
     */
    public static void run(
            Spec s,
            float[] x,
            int xOff,
            int images,
            float[] rois,
            int roisOff,
            long[] batch,
            int batchOff,
            float[] y,
            int yOff,
            int fromRoi,
            int toRoi) {
        int bins = s.outHeight * s.outWidth;
        for (int r = fromRoi; r < toRoi; r++) {
            long image = batch[batchOff + r];
            if (image < 0 || image >= images) {
                throw new IllegalArgumentException("region " + r + " names image " + image + " of " + images);
            }
            int box = roisOff + 4 * r;
            float shift = s.halfPixel ? 0.5f : 0f;
            float left = rois[box] * s.spatialScale - shift;
            float top = rois[box + 1] * s.spatialScale - shift;
            float width = rois[box + 2] * s.spatialScale - shift - left;
            float height = rois[box + 3] * s.spatialScale - shift - top;
            if (!s.halfPixel) {
                width = Math.max(width, 1f);
                height = Math.max(height, 1f);
            }
            int gridH = s.samplingRatio > 0 ? s.samplingRatio : (int) Math.ceil(height / s.outHeight);
            int gridW = s.samplingRatio > 0 ? s.samplingRatio : (int) Math.ceil(width / s.outWidth);
            int plane = xOff + (int) image * s.channels * s.height * s.width;
            for (int b = 0; b < bins; b++) {
                float binTop = top + b / s.outWidth * (height / s.outHeight);
                float binLeft = left + b % s.outWidth * (width / s.outWidth);
                int at = yOff + r * s.channels * bins + b;
                bin(s, x, plane, binTop, binLeft, height / s.outHeight, width / s.outWidth, gridH, gridW, y, at, bins);
            }
        }
    }

    private static void bin(
            Spec s,
            float[] x,
            int image,
            float top,
            float left,
            float height,
            float width,
            int gridH,
            int gridW,
            float[] y,
            int out,
            int outStep) {
        float scale = 1f / Math.max(1, gridH * gridW);
        for (int c = 0; c < s.channels; c++) {
            y[out + c * outStep] = s.max && gridH * gridW > 0 ? Float.NEGATIVE_INFINITY : 0f;
        }
        for (int iy = 0; iy < gridH; iy++) {
            float v = top + (iy + 0.5f) * height / gridH;
            for (int ix = 0; ix < gridW; ix++) {
                float u = left + (ix + 0.5f) * width / gridW;
                sample(s, x, image, v, u, scale, y, out, outStep);
            }
        }
    }

    private static void sample(
            Spec s, float[] x, int image, float v, float u, float scale, float[] y, int out, int outStep) {
        // a sample more than one pixel outside counts as 0
        boolean inside = v >= -1f && v <= s.height && u >= -1f && u <= s.width;
        float row = Math.max(v, 0f);
        float column = Math.max(u, 0f);
        int y0 = inside ? Math.min((int) row, s.height - 1) : 0;
        int x0 = inside ? Math.min((int) column, s.width - 1) : 0;
        int y1 = Math.min(y0 + 1, s.height - 1);
        int x1 = Math.min(x0 + 1, s.width - 1);
        float fy = y0 == s.height - 1 ? 0f : row - y0;
        float fx = x0 == s.width - 1 ? 0f : column - x0;
        float one = inside ? 1f : 0f;
        float w00 = one * (1 - fy) * (1 - fx);
        float w01 = one * (1 - fy) * fx;
        float w10 = one * fy * (1 - fx);
        float w11 = one * fy * fx;
        for (int c = 0; c < s.channels; c++) {
            int plane = image + c * s.height * s.width;
            float a = inside ? w00 * x[plane + y0 * s.width + x0] : 0f;
            float b = inside ? w01 * x[plane + y0 * s.width + x1] : 0f;
            float d = inside ? w10 * x[plane + y1 * s.width + x0] : 0f;
            float e = inside ? w11 * x[plane + y1 * s.width + x1] : 0f;
            int at = out + c * outStep;
            y[at] = s.max ? Math.max(y[at], Math.max(Math.max(a, b), Math.max(d, e))) : y[at] + (a + b + d + e) * scale;
        }
    }
}
