package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageInputTest {
    private static Map<String, String> keys(String... entries) {
        Map<String, String> keys = new HashMap<>(Map.of(
                "lanewise.image.layout", "NHWC", "lanewise.image.size", "224x320", "lanewise.image.color", "rgb"));
        for (String entry : entries) {
            String[] keyAndValue = entry.split("=", 2);
            keys.put("lanewise.image." + keyAndValue[0], keyAndValue[1]);
        }
        return keys;
    }

    @Test
    void defaults() {
        List<Float> zeros = List.of(0f, 0f, 0f);
        List<Float> ones = List.of(1f, 1f, 1f);
        assertEquals(
                new ImageInput(
                        ImageInput.Layout.NHWC,
                        224,
                        320,
                        1,
                        ImageInput.Fit.STRETCH,
                        ImageInput.Color.RGB,
                        0f,
                        1f,
                        zeros,
                        ones),
                ImageInput.fromMetadata(keys()));
    }

    @Test
    void everyKeyIsRead() {
        assertEquals(
                new ImageInput(
                        ImageInput.Layout.NCHW,
                        48,
                        ImageInput.FREE,
                        32,
                        ImageInput.Fit.STRETCH,
                        ImageInput.Color.BGR,
                        -1f,
                        255.5f,
                        List.of(0.5f, -0.25f, 0f),
                        List.of(1f, 2f, 4f)),
                ImageInput.fromMetadata(keys(
                        "layout=NCHW",
                        "size=48x?",
                        "multiple=32",
                        "fit=stretch",
                        "color=bgr",
                        "range=-1..255.5",
                        "mean=0.5, -0.25, 0",
                        "std=1,2,4")));
    }

    @Test
    void metadataWithoutImageKeysMeansNoImage() {
        assertNull(ImageInput.fromMetadata(Map.of("lanewise.labels", "a,b", "author", "x")));
    }

    @Test
    void aMissingKeyIsNamed() {
        Map<String, String> keys = keys();
        keys.remove("lanewise.image.size");
        assertEquals(
                "missing key lanewise.image.size",
                assertThrows(IllegalArgumentException.class, () -> ImageInput.fromMetadata(keys))
                        .getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        invert | auto    | unknown key lanewise.image.invert, expected one of color, fit, layout, mean, multiple, range, size, std
        layout | CHW     | lanewise.image.layout is 'CHW', expected one of [NCHW, NHWC, NHW]
        color  | cmyk    | lanewise.image.color is 'cmyk', expected one of [gray, rgb, bgr]
        size   | 28      | lanewise.image.size is '28', expected HEIGHTxWIDTH, whole numbers from 1 on or ?
        size   | 0x28    | lanewise.image.size is '0x28', expected HEIGHTxWIDTH, whole numbers from 1 on or ?
        size   | 2.5x28  | lanewise.image.size is '2.5x28', expected HEIGHTxWIDTH, whole numbers from 1 on or ?
        multiple | 0     | lanewise.image.multiple is '0', expected a whole number from 1 on
        range  | 0-1     | lanewise.image.range is '0-1', expected LOW..HIGH, two different numbers
        range  | 0..x    | lanewise.image.range is '0..x', expected LOW..HIGH, two different numbers
        range  | 0..NaN  | lanewise.image.range is '0..NaN', expected LOW..HIGH, two different numbers
        range  | 5..5    | lanewise.image.range is '5..5', expected LOW..HIGH, two different numbers
        mean   | 0,x,1   | lanewise.image.mean is '0,x,1', expected a number for each channel, with commas between
        mean   | 0.5     | RGB has 3 channels, but mean has 1 values and std 3
        std    | 1,0,1   | std is zero in [1.0, 0.0, 1.0]
        layout | NHW     | layout NHW has no place for the channels of RGB
        """)
    void whatDoesNotFitIsRefused(String key, String value, String message) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> ImageInput.fromMetadata(keys(key + "=" + value)))
                        .getMessage());
    }

    @Test
    void aRangeHasTwoEnds() {
        List<Float> zero = List.of(0f);
        assertEquals(
                "the range 5.0..5.0 must have two different ends, both finite",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new ImageInput(
                                        ImageInput.Layout.NHW,
                                        2,
                                        2,
                                        1,
                                        ImageInput.Fit.STRETCH,
                                        ImageInput.Color.GRAY,
                                        5,
                                        5,
                                        zero,
                                        List.of(1f)))
                        .getMessage());
    }

    @Test
    void paddingNeedsBothSides() {
        assertEquals(
                "fit=pad needs a size without ?",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> ImageInput.fromMetadata(keys("size=48x?", "fit=pad")))
                        .getMessage());
    }
}
