package org.lanewise.runtime.ops.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/** Decodes the formats that the JDK knows. */
final class JdkImages {
    private JdkImages() {}

    /** The image, or {@code null} when the file is damaged. */
    static @Nullable Pixels decode(byte[] file, ImageFormat format) {
        Iterator<ImageReader> readers =
                ImageIO.getImageReadersByFormatName(format.name().toLowerCase(Locale.ROOT));
        if (!readers.hasNext()) {
            throw new IllegalArgumentException(format + " images are not supported by this Java runtime");
        }
        ImageReader reader = readers.next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in, true, true);
            if (!Pixels.fits(reader.getWidth(0), reader.getHeight(0))) {
                return null;
            }
            return pixels(reader.read(0));
        } catch (IOException | RuntimeException damaged) {
            return null; // ONNX: a file that cannot be decoded for any reason gives an empty image; readers report
            // damage by many exceptions
        } finally {
            reader.dispose();
        }
    }

    private static Pixels pixels(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        ColorModel colors = image.getColorModel();
        boolean gray = colors.getColorSpace().getType() == ColorSpace.TYPE_GRAY && !(colors instanceof IndexColorModel);
        if (!gray) {
            return new Pixels(width, height, image.getRGB(0, 0, width, height, null, 0, width));
        }
        // getRGB would take gray values for linear light and bend them
        int[] samples = image.getRaster().getSamples(0, 0, width, height, 0, (int[]) null);
        int max = (1 << colors.getComponentSize(0)) - 1;
        for (int i = 0; i < samples.length; i++) {
            samples[i] = (int) (samples[i] * 255L / max) * 0x010101;
        }
        return new Pixels(width, height, samples);
    }
}
