package org.lanewise.cli.input;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.testmodels.ImageInput;
import org.lanewise.testmodels.ImageInput.Color;
import org.lanewise.testmodels.ImageInput.Fit;
import org.lanewise.testmodels.ImageInput.Layout;

/**
 * An image made into an input.
 *
 * @param tensor the input, a batch of one
 * @param description what was done, for the user to read
 */
public record ImageFile(Tensor tensor, String description) {
    /**
     * Reads an image file and does with it what {@code how} says.
     *
     * @param type element type of the input
     * @throws InputException if it is no image
     */
    public static ImageFile read(Path file, ImageInput how, DataType type) throws IOException {
        return of(Pixels.read(file), file.toString(), how, type);
    }

    /** Does with an image what {@code how} says. */
    static ImageFile of(Pixels original, String name, ImageInput how, DataType type) {
        Pixels colored = how.color() == Color.GRAY ? original.toGray() : original.toColor(how.color() == Color.BGR);
        int height = side(how.height(), how.width(), original.height(), original.width(), how.multiple());
        int width = side(how.width(), how.height(), original.width(), original.height(), how.multiple());
        int innerHeight = height;
        int innerWidth = width;
        if (how.fit() == Fit.PAD) {
            double scale = Math.min((double) height / original.height(), (double) width / original.width());
            innerHeight = Math.clamp(Math.round(original.height() * scale), 1, height);
            innerWidth = Math.clamp(Math.round(original.width() * scale), 1, width);
        }
        Pixels resized = colored.resize(innerWidth, innerHeight);
        Tensor tensor = tensor(resized, height, width, how, type);
        String fit = original.width() == innerWidth && original.height() == innerHeight ? "kept at" : "resized to";
        String description = "%s, %dx%d, %s %dx%d%s, %s, %s, range %s..%s%s -> %s"
                .formatted(
                        name,
                        original.height(),
                        original.width(),
                        fit,
                        innerHeight,
                        innerWidth,
                        innerHeight == height && innerWidth == width ? "" : " and padded to " + height + "x" + width,
                        how.color().name().toLowerCase(Locale.ROOT),
                        how.layout(),
                        number(how.low()),
                        number(how.high()),
                        normalization(how),
                        tensor);
        return new ImageFile(tensor, description);
    }

    private static String normalization(ImageInput how) {
        boolean plain = how.mean().stream().allMatch(mean -> mean == 0)
                && how.deviation().stream().allMatch(deviation -> deviation == 1);
        return plain ? "" : ", mean " + how.mean() + ", std " + how.deviation();
    }

    private static String number(float value) {
        return value == Math.rint(value) ? Integer.toString((int) value) : Float.toString(value);
    }

    /** One side of the result: as given, or in proportion to the other, or the image's own. */
    private static int side(int given, int otherGiven, int own, int otherOwn, int multiple) {
        if (given != ImageInput.FREE) {
            return given;
        }
        double wanted = otherGiven == ImageInput.FREE ? own : (double) own * otherGiven / otherOwn;
        return (int) Math.max(1, Math.round(wanted / multiple)) * multiple;
    }

    private static Tensor tensor(Pixels pixels, int height, int width, ImageInput how, DataType type) {
        int channels = how.color().channels();
        Shape shape = switch (how.layout()) {
            case NCHW -> Shape.of(1, channels, height, width);
            case NHWC -> Shape.of(1, height, width, channels);
            case NHW -> Shape.of(1, height, width);
        };
        boolean channelsLast = how.layout() == Layout.NHWC;
        return Elements.of(type, shape, i -> {
            int channel = channelsLast ? i % channels : i / (height * width);
            int pixel = channelsLast ? i / channels : i % (height * width);
            int y = pixel / width;
            int x = pixel % width;
            if (y >= pixels.height() || x >= pixels.width()) {
                return 0;
            }
            float value = pixels.planes()[channel][y * pixels.width() + x];
            float ranged = how.low() + value / 255 * (how.high() - how.low());
            return (ranged - how.mean().get(channel)) / how.deviation().get(channel);
        });
    }
}
