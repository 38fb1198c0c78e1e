package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.tensor.Tensor;

class AugmentedImagesTest {
    private static List<float[]> values(CalibrationData data, long limit) {
        List<float[]> values = new ArrayList<>();
        data.forEach(
                limit, sample -> values.add(((Tensor) sample.values().iterator().next()).toFloatArray()));
        return values;
    }

    private static CalibrationData of(Tensor... images) {
        return CalibrationData.of(
                Arrays.stream(images).map(image -> Map.of("x", image)).toList(), List.of(7));
    }

    @Test
    void mirroredInBothLayouts() {
        CalibrationData planes = new AugmentedImages(
                of(Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 1, 1, 2, 5)), true, false);
        assertEquals(2, planes.size());
        assertEquals(List.of(7), planes.labels());
        assertArrayEquals(
                new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, values(planes, 2).get(0));
        assertArrayEquals(
                new float[] {5, 4, 3, 2, 1, 10, 9, 8, 7, 6}, values(planes, 2).get(1));
        CalibrationData pixels =
                new AugmentedImages(of(Tensor.of(new float[] {1, 10, 2, 20, 3, 30}, 1, 1, 3, 2)), true, false);
        assertArrayEquals(new float[] {3, 30, 2, 20, 1, 10}, values(pixels, 2).get(1));
    }

    /** Rows are counted in tens, columns in ones: what is moved keeps neighbours and repeats the border. */
    @ParameterizedTest
    @CsvSource({"false, 3", "true, 4"})
    void movedByUpToATenth(boolean flip, int copies) {
        float[] image = new float[20 * 30];
        for (int i = 0; i < image.length; i++) {
            image[i] = 100 * (i / 30) + i % 30;
        }
        CalibrationData data = new AugmentedImages(of(Tensor.of(image, 1, 20, 30)), flip, true);
        assertEquals(copies, data.size());
        List<float[]> all = values(data, 100);
        assertEquals(copies, all.size());
        assertEquals(2, values(data, 2).size());
        for (float[] moved : all.subList(copies - 2, copies)) {
            int top = (int) moved[0] / 100;
            boolean mirrored = moved[15] > moved[16];
            int side = (int) (mirrored ? 29 - moved[15] % 100 : moved[15] % 100) - 15;
            assertTrue(Math.abs(side) <= 3, "moved by " + side);
            for (int i = 0; i < moved.length; i++) {
                int column = Math.clamp(i % 30 + side, 0, 29);
                assertEquals(mirrored ? 29 - column : column, moved[i] % 100);
            }
            assertTrue(top <= 2, "moved up by " + top);
        }
        assertArrayEquals(all.getLast(), values(data, 100).getLast());
    }

    @Test
    void whatIsNoImageIsRefused() {
        CalibrationData data = new AugmentedImages(of(Tensor.of(new float[4], 1, 4)), true, false);
        Exception e = assertThrows(QuantizationException.class, () -> values(data, 2));
        assertEquals(
                "no input is an image: augmentation is for float inputs with axes (N, C, H, W) or (N, H, W, C), C up to"
                        + " 4, or (N, H, W)",
                e.getMessage());
    }
}
