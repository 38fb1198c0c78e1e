package org.lanewise.cli.input;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.testmodels.ImageInput;
import org.lanewise.testmodels.ImageInput.Color;
import org.lanewise.testmodels.ImageInput.Fit;
import org.lanewise.testmodels.ImageInput.Layout;

final class PixelsTest {
    private static final float EXACT = 1e-4f;

    @TempDir
    Path folder;

    private static Pixels gray(int width, int height, float... values) {
        return new Pixels(width, height, new float[][] {values});
    }

    private Path write(BufferedImage image, String format) throws IOException {
        Path file = folder.resolve("image." + format);
        ImageIO.write(image, format, file.toFile());
        return file;
    }

    private Path rgb() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0xFF8000);
        image.setRGB(1, 0, 0x0000FF);
        return write(image, "png");
    }

    /** The JDK's reader would leave the rest gray and only warn. */
    @Test
    void aJpegThatEndsEarlyIsRefused() throws IOException {
        BufferedImage image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 64; i++) {
            image.setRGB(i % 64, i / 64, i * 0x12345);
        }
        Path file = write(image, "jpg");
        assertEquals(64, Pixels.read(file).width());
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        InputException error = assertThrows(InputException.class, () -> Pixels.read(file));
        assertEquals(file + " is damaged or no image: Truncated File - Missing EOI marker", error.getMessage());
    }

    @Test
    void shrinkingAveragesAreas() {
        assertArrayEquals(
                new float[] {15, 35}, gray(4, 1, 10, 20, 30, 40).resize(2, 1).planes()[0], EXACT);
        // Three pixels to two: the middle one is shared
        assertArrayEquals(
                new float[] {20, 50}, gray(3, 1, 15, 30, 60).resize(2, 1).planes()[0], EXACT);
        assertArrayEquals(
                new float[] {25}, gray(2, 2, 10, 20, 30, 40).resize(1, 1).planes()[0], EXACT);
    }

    @Test
    void growingInterpolatesBetweenCentres() {
        assertArrayEquals(
                new float[] {0, 25, 75, 100}, gray(2, 1, 0, 100).resize(4, 1).planes()[0], EXACT);
        assertArrayEquals(new float[] {7, 7, 7}, gray(1, 1, 7).resize(1, 3).planes()[0], EXACT);
    }

    @Test
    void grayImagesKeepTheirValues() throws IOException {
        BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSamples(0, 0, 3, 1, 0, new int[] {0, 100, 255});
        assertArrayEquals(
                new float[] {0, 100, 255},
                Pixels.read(write(image, "png")).toGray().planes()[0],
                EXACT);
        BufferedImage deep = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(0, 0, 0, 65535);
        assertArrayEquals(new float[] {255}, Pixels.read(write(deep, "png")).planes()[0], EXACT);
    }

    @Test
    void colorsComeInTheirOrder() throws IOException {
        Pixels pixels = Pixels.read(rgb());
        assertArrayEquals(new float[] {255, 0}, pixels.toColor(false).planes()[0], EXACT);
        assertArrayEquals(new float[] {0, 255}, pixels.toColor(true).planes()[0], EXACT);
        assertArrayEquals(
                new float[] {0.299f * 255 + 0.587f * 128, 0.114f * 255},
                pixels.toGray().planes()[0],
                1e-3f);
    }

    @Test
    void whatIsTransparentLiesOnWhite() throws IOException {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_ARGB);
        assertArrayEquals(new float[] {255}, Pixels.read(write(image, "png")).planes()[1], EXACT);
    }

    @Test
    void otherFormatsAreRead() throws IOException {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (String format : List.of("jpg", "bmp", "gif")) {
            assertArrayEquals(new float[64], Pixels.read(write(image, format)).planes()[2], EXACT, format);
        }
    }

    @Test
    void damagedImagesAreRefused() throws IOException {
        byte[] whole = Files.readAllBytes(rgb());
        Path half = Files.write(folder.resolve("half.png"), java.util.Arrays.copyOf(whole, whole.length / 2));
        InputException e = assertThrows(InputException.class, () -> Pixels.read(half));
        assertEquals(0, e.getMessage().indexOf(half + " is damaged or no image: "), e.getMessage());
    }

    @Test
    void channelsAreNormalizedInTheirPlaces() throws IOException {
        ImageInput how = new ImageInput(
                Layout.NHWC, 1, 2, 1, Fit.STRETCH, Color.BGR, 0, 1, List.of(0f, 0f, 0.5f), List.of(1f, 1f, 0.5f));
        ImageFile image = ImageFile.read(rgb(), how, DataType.FLOAT);
        assertEquals("float[1,1,2,3]", image.tensor().toString());
        assertArrayEquals(
                new float[] {0, 128 / 255f, 1, 1, 0, -1}, image.tensor().toFloatArray(), 1e-6f);
    }

    @Test
    void paddingKeepsTheAspectRatio() throws IOException {
        ImageInput how = new ImageInput(Layout.NCHW, 2, 2, 1, Fit.PAD, Color.GRAY, -1, 1, List.of(0f), List.of(1f));
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        ImageFile file = ImageFile.read(write(image, "png"), how, DataType.FLOAT);
        assertArrayEquals(new float[] {-1, -1, 0, 0}, file.tensor().toFloatArray());
    }

    @Test
    void freeSidesFollowTheImage() throws IOException {
        BufferedImage image = new BufferedImage(70, 45, BufferedImage.TYPE_INT_RGB);
        Path file = write(image, "png");
        assertEquals("float[1,3,32,64]", shapeOf(file, ImageInput.FREE, ImageInput.FREE, 32));
        assertEquals("float[1,3,90,140]", shapeOf(file, 90, ImageInput.FREE, 1));
    }

    private static String shapeOf(Path file, int height, int width, int multiple) throws IOException {
        ImageInput how = new ImageInput(
                Layout.NCHW,
                height,
                width,
                multiple,
                Fit.STRETCH,
                Color.RGB,
                0,
                1,
                List.of(0f, 0f, 0f),
                List.of(1f, 1f, 1f));
        return ImageFile.read(file, how, DataType.FLOAT).tensor().toString();
    }

    @Test
    void integersAreRoundedAndHeldToTheirRange() throws IOException {
        ImageInput how = new ImageInput(Layout.NHW, 1, 2, 1, Fit.STRETCH, Color.GRAY, 0, 300, List.of(0f), List.of(1f));
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSamples(0, 0, 2, 1, 0, new int[] {100, 255});
        assertArrayEquals(
                new long[] {118, 255},
                ImageFile.read(write(image, "png"), how, DataType.UINT8)
                        .tensor()
                        .toLongArray());
    }
}
