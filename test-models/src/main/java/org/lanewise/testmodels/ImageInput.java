package org.lanewise.testmodels;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How an image becomes a model's input, as its ONNX metadata_props tell it. An image of 8 bits a channel is
 * converted to {@code color}, resized to {@code height} x {@code width} as {@code fit} says, and each channel value v
 * becomes
 * {@code (low + v / 255 * (high - low) - mean[c]) / deviation[c]}, in the order of {@code layout}.
 *
 * <p>The keys, all starting with {@value #PREFIX}; layout, size and color must be there:
 *
 * <ul>
 *   <li>{@code layout}: {@code NCHW}, {@code NHWC}, or {@code NHW} (gray only)
 *   <li>{@code size}: height x width, such as {@code 224x224}; {@code ?} is a side that the image decides
 *   <li>{@code multiple}: a {@code ?} side becomes the nearest multiple of this, at least one of it; 1 if absent
 *   <li>{@code fit}: {@code stretch} (the default), or {@code pad}: keep the aspect ratio, zeros right and below
 *   <li>{@code color}: {@code gray}, {@code rgb} or {@code bgr}
 *   <li>{@code range}: low..high, two different numbers, such as {@code -1..1}; {@code 0..1} if absent
 *   <li>{@code mean}, {@code std}: one number for each channel, separated by commas; 0 and 1 if absent
 * </ul>
 *
 * @param layout order of the input's dimensions
 * @param height height in pixels, or {@link #FREE}
 * @param width width in pixels, or {@link #FREE}; if only one side is free it keeps the aspect ratio
 * @param multiple what a free side is a multiple of
 * @param fit what becomes of the aspect ratio if both sides are given
 * @param color the channels and their order
 * @param low what channel value 0 becomes
 * @param high what channel value 255 becomes
 * @param mean subtracted after that, for each channel
 * @param deviation divided by after that, for each channel
 */
public record ImageInput(
        Layout layout,
        int height,
        int width,
        int multiple,
        Fit fit,
        Color color,
        float low,
        float high,
        List<Float> mean,
        List<Float> deviation) {

    /** The start of all metadata keys. */
    public static final String PREFIX = "lanewise.image.";

    /** A height or width that the image decides. */
    public static final int FREE = -1;

    /** Order of the input's dimensions: batch, channels, height, width. */
    public enum Layout {
        NCHW,
        NHWC,
        /** No dimension for the one channel. */
        NHW
    }

    /** What becomes of the image's aspect ratio. */
    public enum Fit {
        STRETCH,
        PAD
    }

    /** The channels and their order. */
    public enum Color {
        GRAY(1),
        RGB(3),
        BGR(3);

        private final int channels;

        Color(int channels) {
            this.channels = channels;
        }

        /** How many there are. */
        public int channels() {
            return channels;
        }
    }

    /** Copies the lists and checks that all values fit together. */
    public ImageInput {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        if (mean.size() != color.channels() || deviation.size() != color.channels()) {
            throw new IllegalArgumentException("%s has %d channels, but mean has %d values and std %d"
                    .formatted(color, color.channels(), mean.size(), deviation.size()));
        }
        if (deviation.contains(0f)) {
            throw new IllegalArgumentException("std is zero in " + deviation);
        }
        if (!Float.isFinite(low) || !Float.isFinite(high) || low == high) {
            throw new IllegalArgumentException(
                    "the range " + low + ".." + high + " must have two different ends, both finite");
        }
        if (layout == Layout.NHW && color != Color.GRAY) {
            throw new IllegalArgumentException("layout NHW has no place for the channels of " + color);
        }
        if ((height < 1 && height != FREE) || (width < 1 && width != FREE) || multiple < 1) {
            throw new IllegalArgumentException(
                    "height " + height + ", width " + width + " and multiple " + multiple + " must be positive");
        }
        if (fit == Fit.PAD && (height == FREE || width == FREE)) {
            throw new IllegalArgumentException("fit=pad needs a size without ?");
        }
    }

    /**
     * Reads the keys of this class; others, such as labels, are passed over.
     *
     * @return null if no key starts with {@value #PREFIX}
     * @throws IllegalArgumentException naming the key that is unknown, missing or malformed
     */
    public static @Nullable ImageInput fromMetadata(Map<String, String> metadata) {
        return ImageMetadata.read(metadata);
    }
}
