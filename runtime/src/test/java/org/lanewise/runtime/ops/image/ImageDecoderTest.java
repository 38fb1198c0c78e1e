package org.lanewise.runtime.ops.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class ImageDecoderTest {
    private static Tensor decode(byte[] file, String format) {
        Tensor bytes = Tensor.wrap(DataType.UINT8, Shape.of(file.length), file, 0);
        return NodeModel.of("ImageDecoder", 20)
                .with("pixel_format", format)
                .input(bytes)
                .run()
                .getFirst();
    }

    private static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertTrue(ImageIO.write(image, format, out));
        return out.toByteArray();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "tiff"})
    void losslessFormats(String format) throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0x0a141e);
        image.setRGB(1, 0, 0xff8000);
        byte[] file = encode(image, format);
        Tensor rgb = decode(file, "RGB");
        assertEquals("uint8[1,2,3]", rgb.toString());
        assertArrayEquals(new long[] {10, 20, 30, 255, 128, 0}, rgb.toLongArray());
        assertArrayEquals(
                new long[] {30, 20, 10, 0, 128, 255}, decode(file, "BGR").toLongArray());
        // 0.299 R + 0.587 G + 0.114 B
        assertArrayEquals(new long[] {18, 151}, decode(file, "Grayscale").toLongArray());
    }

    @Test
    void grayValuesStayAsTheyAre() throws IOException {
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 100);
        image.getRaster().setSample(1, 0, 0, 7);
        assertArrayEquals(
                new long[] {100, 100, 100, 7, 7, 7},
                decode(encode(image, "png"), "RGB").toLongArray());
        assertArrayEquals(
                new long[] {100, 7}, decode(encode(image, "png"), "Grayscale").toLongArray());
    }

    @Test
    void portablePixmaps() {
        assertArrayEquals(
                new long[] {1, 2, 3, 4, 5, 6},
                decode(text("P6 2 1\n255\n\1\2\3\4\5\6"), "RGB").toLongArray());
        assertArrayEquals(
                new long[] {0, 128, 255},
                decode(text("P2\n# a comment\n3 1 2\n0 1 2"), "Grayscale").toLongArray());
        assertArrayEquals(
                new long[] {255, 0, 0, 255},
                decode(text("P1\n2 2\n01\n1 0\n"), "Grayscale").toLongArray());
        assertArrayEquals(
                new long[] {0, 255, 0, 255, 255, 255, 255, 255, 255, 0},
                decode(text("P4\n10 1\n\240\100"), "Grayscale").toLongArray());
        assertArrayEquals(
                new long[] {255, 1},
                decode(text("P5 2 1 65535 \377\377\1\1"), "Grayscale").toLongArray());
    }

    @Test
    void damagedFilesGiveAnEmptyImage() throws IOException {
        assertEquals("uint8[0,0,3]", decode(text("what is this"), "RGB").toString());
        assertEquals(
                "uint8[0,0,1]",
                decode(text("P6 2000000 2000000\n255\n\1"), "Grayscale").toString());
        byte[] png = encode(new BufferedImage(9, 9, BufferedImage.TYPE_INT_RGB), "png");
        assertEquals("uint8[0,0,3]", decode(Arrays.copyOf(png, 30), "RGB").toString());
    }

    @Test
    void formatsWithoutADecoderAreNamed() {
        InferenceException error =
                assertThrows(InferenceException.class, () -> decode(text("RIFF....WEBPVP8 "), "RGB"));
        assertTrue(error.getMessage().contains("WEBP images are not supported"), error.getMessage());
        assertThrows(InferenceException.class, () -> decode(text("RIFF"), "CMYK"));
    }
}
