package org.lanewise.testmodels;

import java.util.ArrayList;
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
        String[] size = pair("size", null, "x", "HEIGHTxWIDTH");
        String[] range = pair("range", "0..1", "\\.\\.", "LOW..HIGH");
        return new ImageInput(
                choice(ImageInput.Layout.class, "layout", null),
                side(size[0]),
                side(size[1]),
                whole("multiple", text("multiple", "1")),
                choice(ImageInput.Fit.class, "fit", "stretch"),
                color,
                number("range", range[0]),
                number("range", range[1]),
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

    private String[] pair(String key, @Nullable String otherwise, String separator, String form) {
        String value = text(key, otherwise);
        String[] parts = value.split(separator, -1);
        if (parts.length != 2) {
            throw malformed(key, value, form);
        }
        return parts;
    }

    private static int side(String value) {
        return value.equals("?") ? ImageInput.FREE : whole("size", value);
    }

    private static int whole(String key, String value) {
        float number = number(key, value);
        if (number != Math.rint(number) || number < 1 || number > 1 << 20) {
            throw malformed(key, value, "a positive whole number");
        }
        return (int) number;
    }

    private static float number(String key, String value) {
        float number;
        try {
            number = Float.parseFloat(value);
        } catch (NumberFormatException e) {
            number = Float.NaN;
        }
        if (!Float.isFinite(number)) {
            throw malformed(key, value, "a number");
        }
        return number;
    }

    private List<Float> perChannel(String key, ImageInput.Color color, float otherwise) {
        if (!values.containsKey(key)) {
            return Collections.nCopies(color.channels(), otherwise);
        }
        List<Float> numbers = new ArrayList<>();
        for (String value : text(key, null).split(",", -1)) {
            numbers.add(number(key, value.strip()));
        }
        return numbers;
    }

    private static IllegalArgumentException malformed(String key, String value, String expected) {
        return new IllegalArgumentException(ImageInput.PREFIX + key + " is '" + value + "', expected " + expected);
    }
}
