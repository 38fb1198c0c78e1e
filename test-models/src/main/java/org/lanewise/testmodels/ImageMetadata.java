package org.lanewise.testmodels;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads an {@link ImageInput} from metadata; every key is read or refused. */
final class ImageMetadata {
    private static final List<String> KEYS =
            List.of("color", "fit", "layout", "mean", "multiple", "range", "size", "std");
    private static final int LARGEST_SIDE = 1 << 20;

    /** The values by key without the prefix. */
    private final Map<String, String> values;

    private ImageMetadata(Map<String, String> values) {
        this.values = values;
    }

    static @Nullable ImageInput read(Map<String, String> metadata) {
        Map<String, String> values = new TreeMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(ImageInput.PREFIX)) {
                values.put(key.substring(ImageInput.PREFIX.length()), value.strip());
            }
        });
        if (values.isEmpty()) {
            return null;
        }
        for (String key : values.keySet()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "unknown key " + ImageInput.PREFIX + key + ", expected one of " + String.join(", ", KEYS));
            }
        }
        return new ImageMetadata(values).toImageInput();
    }

    private ImageInput toImageInput() {
        ImageInput.Color color = choice(ImageInput.Color.class, "color", null);
        int[] size = size();
        float[] range = range();
        return new ImageInput(
                choice(ImageInput.Layout.class, "layout", null),
                size[0],
                size[1],
                multiple(),
                choice(ImageInput.Fit.class, "fit", "stretch"),
                color,
                range[0],
                range[1],
                perChannel("mean", color, 0f),
                perChannel("std", color, 1f));
    }

    private String text(String key, @Nullable String otherwise) {
        String value = values.getOrDefault(key, otherwise == null ? "" : otherwise);
        if (value.isEmpty()) {
            throw new IllegalArgumentException("missing key " + ImageInput.PREFIX + key);
        }
        return value;
    }

    private <E extends Enum<E>> E choice(Class<E> type, String key, @Nullable String otherwise) {
        String value = text(key, otherwise);
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        String known = Arrays.toString(type.getEnumConstants());
        throw malformed(
                key, value, "one of " + (type == ImageInput.Layout.class ? known : known.toLowerCase(Locale.ROOT)));
    }

    private int[] size() {
        String value = text("size", null);
        int[] sides = Arrays.stream(value.split("x", -1))
                .mapToInt(side -> side.equals("?") ? ImageInput.FREE : whole(side))
                .toArray();
        if (sides.length != 2 || sides[0] == 0 || sides[1] == 0) {
            throw malformed("size", value, "HEIGHTxWIDTH, whole numbers from 1 on or ?");
        }
        return sides;
    }

    private float[] range() {
        String value = text("range", "0..1");
        String[] ends = value.split("\\.\\.", -1);
        float low = number(ends[0]);
        float high = number(ends[ends.length - 1]);
        if (ends.length != 2 || Float.isNaN(low) || Float.isNaN(high) || low == high) {
            throw malformed("range", value, "LOW..HIGH, two different numbers");
        }
        return new float[] {low, high};
    }

    private int multiple() {
        String value = text("multiple", "1");
        int multiple = whole(value);
        if (multiple == 0) {
            throw malformed("multiple", value, "a whole number from 1 on");
        }
        return multiple;
    }

    /** A number from 1 on, or 0 if it is none that can be a side. */
    private static int whole(String value) {
        float number = number(value);
        return number == Math.rint(number) && number >= 1 && number <= LARGEST_SIDE ? (int) number : 0;
    }

    /** A finite number, or NaN if it is none. */
    private static float number(String value) {
        try {
            float number = Float.parseFloat(value);
            return Float.isFinite(number) ? number : Float.NaN;
        } catch (NumberFormatException e) {
            return Float.NaN;
        }
    }

    private List<Float> perChannel(String key, ImageInput.Color color, float otherwise) {
        if (!values.containsKey(key)) {
            return Collections.nCopies(color.channels(), otherwise);
        }
        String value = text(key, null);
        List<Float> numbers =
                Arrays.stream(value.split(",", -1)).map(ImageMetadata::number).toList();
        if (numbers.contains(Float.NaN)) {
            throw malformed(key, value, "a number for each channel, with commas between");
        }
        return numbers;
    }

    private static IllegalArgumentException malformed(String key, String value, String expected) {
        return new IllegalArgumentException(ImageInput.PREFIX + key + " is '" + value + "', expected " + expected);
    }
}
