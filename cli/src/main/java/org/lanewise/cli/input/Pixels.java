package org.lanewise.cli.input;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * An image as numbers.
 *
 * @param width columns
 * @param height rows
 * @param planes one array a channel, row by row, from 0 to 255: one for gray, three for red, green, blue
 */
record Pixels(int width, int height, float[][] planes) {
    /**
     * Decodes a PNG, JPEG, BMP or GIF file. What is transparent lies on white.
     *
     * @throws InputException if it is none of these or is damaged
     */
    static Pixels read(Path file) throws IOException {
        // No screen is needed to decode; without this, some platforms look for one
        System.setProperty("java.awt.headless", "true");
        ImageIO.setUseCache(false);
        BufferedImage image;
        if (!Files.isRegularFile(file)) {
            throw new InputException(
                    (Files.isDirectory(file) ? "a folder, not an image file: " : "no such image file: ") + file);
        }
        try (var in = Files.newInputStream(file)) {
            image = decode(in);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new InputException(file + " is damaged or no image: " + e.getMessage(), e);
        }
        if (image == null) {
            throw new InputException(file + " is not an image in PNG, JPEG, BMP or GIF format");
        }
        boolean gray = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
        return gray ? gray(image) : color(image);
    }

    /** The image, or {@code null} if no format fits. A file that ends early is refused, though the JDK's JPEG reader only warns and leaves the rest gray. */
    private static @Nullable BufferedImage decode(InputStream file) throws IOException {
        try (ImageInputStream in = ImageIO.createImageInputStream(file)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                return null;
            }
            ImageReader reader = readers.next();
            List<String> warnings = new ArrayList<>();
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            try {
                reader.setInput(in, true, true);
                BufferedImage image = reader.read(0);
                for (String warning : warnings) {
                    if (warning.startsWith("Truncated File")) {
                        throw new IOException(warning);
                    }
                }
                return image;
            } finally {
                reader.dispose();
            }
        }
    }

    /** Takes the samples as they are: Java's conversion of gray to RGB would change them, its gray being linear light. */
    private static Pixels gray(BufferedImage image) {
        Raster raster = image.getRaster();
        int width = image.getWidth();
        int height = image.getHeight();
        float scale = 255f / ((1 << image.getColorModel().getComponentSize(0)) - 1);
        boolean alpha = image.getColorModel().hasAlpha() && raster.getNumBands() > 1;
        float alphaScale = alpha ? 1f / ((1 << image.getColorModel().getComponentSize(1)) - 1) : 0;
        float[] plane = new float[width * height];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                float value = raster.getSample(x, y, 0) * scale;
                plane[y * width + x] = alpha ? onWhite(value, raster.getSample(x, y, 1) * alphaScale) : value;
            }
        }
        return new Pixels(width, height, new float[][] {plane});
    }

    private static Pixels color(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        float[][] planes = new float[3][width * height];
        int[] row = new int[width];
        for (int y = 0; y < height; y++) {
            image.getRGB(0, y, width, 1, row, 0, width);
            for (int x = 0; x < width; x++) {
                float alpha = (row[x] >>> 24) / 255f;
                for (int c = 0; c < 3; c++) {
                    planes[c][y * width + x] = onWhite(row[x] >> (16 - 8 * c) & 0xFF, alpha);
                }
            }
        }
        return new Pixels(width, height, planes);
    }

    private static float onWhite(float value, float alpha) {
        return value * alpha + 255 * (1 - alpha);
    }

    /** In one channel: the luma of ITU-R BT.601. */
    Pixels toGray() {
        if (planes.length == 1) {
            return this;
        }
        float[] gray = new float[width * height];
        for (int i = 0; i < gray.length; i++) {
            gray[i] = 0.299f * planes[0][i] + 0.587f * planes[1][i] + 0.114f * planes[2][i];
        }
        return new Pixels(width, height, new float[][] {gray});
    }

    /** In three channels; blue first if {@code reversed}. */
    Pixels toColor(boolean reversed) {
        float[][] three = planes.length == 1 ? new float[][] {planes[0], planes[0], planes[0]} : planes;
        return new Pixels(width, height, reversed ? new float[][] {three[2], three[1], three[0]} : three);
    }

    /** In another size: each axis averages areas when it shrinks and interpolates linearly when it grows. */
    Pixels resize(int newWidth, int newHeight) {
        if (newWidth == width && newHeight == height) {
            return this;
        }
        float[][] horizontal = weights(width, newWidth);
        float[][] vertical = weights(height, newHeight);
        int[] left = starts(width, newWidth);
        int[] top = starts(height, newHeight);
        float[][] resized = new float[planes.length][];
        for (int c = 0; c < planes.length; c++) {
            float[] narrow = new float[newWidth * height];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < newWidth; x++) {
                    narrow[y * newWidth + x] = weighted(planes[c], y * width + left[x], 1, horizontal[x]);
                }
            }
            resized[c] = new float[newWidth * newHeight];
            for (int y = 0; y < newHeight; y++) {
                for (int x = 0; x < newWidth; x++) {
                    resized[c][y * newWidth + x] = weighted(narrow, top[y] * newWidth + x, newWidth, vertical[y]);
                }
            }
        }
        return new Pixels(newWidth, newHeight, resized);
    }

    private static float weighted(float[] values, int start, int stride, float[] weights) {
        float sum = 0;
        for (int k = 0; k < weights.length; k++) {
            sum += weights[k] * values[start + k * stride];
        }
        return sum;
    }

    /** The first old pixel that each new one is made of. */
    private static int[] starts(int from, int to) {
        int[] starts = new int[to];
        double scale = (double) from / to;
        for (int i = 0; i < to; i++) {
            starts[i] = (int) (from >= to ? i * scale : Math.max(0, Math.floor((i + 0.5) * scale - 0.5)));
        }
        return starts;
    }

    /** For each new pixel, the weights of the old ones from {@link #starts} on. */
    private static float[][] weights(int from, int to) {
        float[][] weights = new float[to][];
        int[] starts = starts(from, to);
        double scale = (double) from / to;
        for (int i = 0; i < to; i++) {
            if (from >= to) {
                weights[i] = areaWeights(i * scale, Math.min((i + 1) * scale, from), starts[i]);
            } else {
                double center = Math.max(0, (i + 0.5) * scale - 0.5);
                float fraction = (float) (center - starts[i]);
                weights[i] = starts[i] + 1 < from ? new float[] {1 - fraction, fraction} : new float[] {1};
            }
        }
        return weights;
    }

    /** How much of the interval from {@code low} to {@code high} each pixel from {@code start} on takes. */
    private static float[] areaWeights(double low, double high, int start) {
        // A hair of the next pixel is rounding, not area
        int end = (int) Math.ceil(high - 1e-6);
        float[] weights = new float[Math.max(1, end - start)];
        for (int k = 0; k < weights.length; k++) {
            double covered = Math.min(high, start + k + 1) - Math.max(low, start + k);
            weights[k] = (float) (Math.max(0, covered) / (high - low));
        }
        return weights;
    }
}
