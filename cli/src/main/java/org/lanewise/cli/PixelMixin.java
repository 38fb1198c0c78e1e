package org.lanewise.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.ValueType;
import org.lanewise.testmodels.ImageInput;
import picocli.CommandLine.Option;

/** The options that say how images become an input. What they do not say, the model's zoo entry or metadata does. */
final class PixelMixin {
    /** The names of all of them. */
    static final List<String> OPTIONS = List.of("--layout", "--size", "--fit", "--color", "--range", "--mean", "--std");

    @Option(names = "--layout", paramLabel = "L", description = "Order of the image input's axes: NCHW, NHWC or NHW.")
    private @Nullable String layout;

    @Option(names = "--size", paramLabel = "HxW", description = "Image size, such as 224x224; ? is a free side.")
    private @Nullable String size;

    @Option(names = "--fit", paramLabel = "F", description = "stretch, or pad to keep the aspect ratio.")
    private @Nullable String fit;

    @Option(names = "--color", paramLabel = "C", description = "rgb, bgr or gray.")
    private @Nullable String color;

    @Option(names = "--range", paramLabel = "A..B", description = "What 0 and 255 become, such as 0..1 or -1..1.")
    private @Nullable String range;

    @Option(names = "--mean", paramLabel = "M,..", description = "Subtracted after that, per channel.")
    private @Nullable String mean;

    @Option(names = "--std", paramLabel = "S,..", description = "Divided by after that, per channel.")
    private @Nullable String std;

    /**
     * What is to be done with an image for {@code input}.
     *
     * @param metadata what the zoo or the model says, under the keys of {@link ImageInput}
     */
    ImageInput how(ValueInfo input, Map<String, String> metadata) {
        if (!(input.type() instanceof ValueType.Of(DataType ignored, PartialShape shape))) {
            throw new CliException("input " + input + " takes no image");
        }
        Map<String, String> keys = new HashMap<>(metadata);
        keys.keySet().removeIf(key -> !key.startsWith(ImageInput.PREFIX));
        boolean described = !keys.isEmpty();
        if (color != null && !color.equalsIgnoreCase(keys.get(ImageInput.PREFIX + "color"))) {
            // They are per channel, in the order of the color that is replaced
            keys.remove(ImageInput.PREFIX + "mean");
            keys.remove(ImageInput.PREFIX + "std");
        }
        putOptions(keys);
        if (!described) {
            guess(input, shape, keys);
        }
        try {
            ImageInput how = ImageInput.fromMetadata(keys);
            if (how == null) {
                throw new IllegalStateException("no keys");
            }
            return how;
        } catch (IllegalArgumentException e) {
            throw new CliException(told(String.valueOf(e.getMessage())), e);
        }
    }

    /** What is wrong, by the names of options where they said it. */
    private String told(String message) {
        Map<String, String> given = new HashMap<>();
        putOptions(given);
        for (String key : given.keySet()) {
            if (message.startsWith(key + " ")) {
                return "--" + message.substring(ImageInput.PREFIX.length());
            }
        }
        return given.isEmpty() || message.contains(ImageInput.PREFIX)
                ? "the model's metadata does not say how an image becomes its input: " + message
                : "the image options do not fit together: " + message;
    }

    private void putOptions(Map<String, String> keys) {
        put(keys, "layout", layout == null ? null : layout.toUpperCase(java.util.Locale.ROOT));
        put(keys, "size", size);
        put(keys, "fit", lower(fit));
        put(keys, "color", lower(color));
        put(keys, "range", range);
        put(keys, "mean", mean);
        put(keys, "std", std);
    }

    private static @Nullable String lower(@Nullable String text) {
        return text == null ? null : text.toLowerCase(java.util.Locale.ROOT);
    }

    private static void put(Map<String, String> keys, String key, @Nullable String value) {
        if (value != null) {
            keys.put(ImageInput.PREFIX + key, value);
        }
    }

    /** Fills in what the declared shape makes plain; the range of values is not to be seen there, so it must be given. */
    private void guess(ValueInfo input, PartialShape shape, Map<String, String> keys) {
        if (!shape.isRanked() || shape.rank() != 3 && shape.rank() != 4) {
            throw new CliException("input " + input + " is not image-like: expected 3 or 4 axes");
        }
        if (range == null && mean == null && std == null) {
            throw new CliException("the model does not say how an image becomes its input '" + input.name() + "' ("
                    + input.type()
                    + "): give --range, such as --range=0..1 or --range=-1..1 (and --mean, --std, --color where"
                    + " they matter)");
        }
        boolean channelsLast = layout != null
                ? layout.equalsIgnoreCase("NHWC")
                : shape.rank() == 4 && isChannels(shape.dim(3)) && !isChannels(shape.dim(1));
        int first = layout != null && layout.equalsIgnoreCase("NHW") || shape.rank() == 3 || channelsLast ? 1 : 2;
        keys.putIfAbsent(ImageInput.PREFIX + "layout", channelsLast ? "NHWC" : shape.rank() == 3 ? "NHW" : "NCHW");
        keys.putIfAbsent(ImageInput.PREFIX + "size", side(shape.dim(first)) + "x" + side(shape.dim(first + 1)));
        long channels = shape.rank() == 3 ? 1 : shape.dim(channelsLast ? 3 : 1);
        keys.putIfAbsent(ImageInput.PREFIX + "color", channels == 1 ? "gray" : "rgb");
    }

    private static boolean isChannels(long dim) {
        return dim == 1 || dim == 3;
    }

    private static String side(long dim) {
        return dim > 0 ? Long.toString(dim) : "?";
    }
}
