package org.lanewise.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lanewise.testmodels.ImageInput;

/** What a zoo entry knows of images, as the metadata that would say the same; options replace single keys of it. */
final class ImageKeys {
    private ImageKeys() {}

    static Map<String, String> of(ImageInput image) {
        Map<String, String> keys = new HashMap<>();
        keys.put(ImageInput.PREFIX + "layout", image.layout().name());
        keys.put(ImageInput.PREFIX + "size", side(image.height()) + "x" + side(image.width()));
        keys.put(ImageInput.PREFIX + "multiple", Integer.toString(image.multiple()));
        keys.put(ImageInput.PREFIX + "fit", image.fit().name().toLowerCase(Locale.ROOT));
        keys.put(ImageInput.PREFIX + "color", image.color().name().toLowerCase(Locale.ROOT));
        keys.put(ImageInput.PREFIX + "range", image.low() + ".." + image.high());
        keys.put(ImageInput.PREFIX + "mean", list(image.mean()));
        keys.put(ImageInput.PREFIX + "std", list(image.deviation()));
        return keys;
    }

    private static String side(int side) {
        return side == ImageInput.FREE ? "?" : Integer.toString(side);
    }

    private static String list(List<Float> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
