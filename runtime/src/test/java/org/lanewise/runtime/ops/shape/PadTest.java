package org.lanewise.runtime.ops.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeTester;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

class PadTest {
    @ParameterizedTest
    @CsvSource({
        "constant, '0 0 1 2 3 0'",
        "edge, '1 1 1 2 3 3'",
        "reflect, '3 2 1 2 3 2'",
        "wrap, '2 3 1 2 3 1'",
    })
    void addsByMode(String mode, String expected) {
        Tensor out = NodeTester.of("Pad", 19)
                .with("mode", mode)
                .run(Tensor.of(new long[] {1, 2, 3}), Tensor.of(new long[] {2, 1}));
        assertEquals(expected, text(out));
    }

    private static String text(Tensor tensor) {
        StringBuilder text = new StringBuilder();
        for (long value : tensor.toLongArray()) {
            text.append(text.isEmpty() ? "" : " ").append(value);
        }
        return text.toString();
    }

    @Test
    void reflectsMoreThanOnce() {
        Tensor out = NodeTester.of("Pad", 18)
                .with("mode", "reflect")
                .run(Tensor.of(new long[] {1, 2}), Tensor.of(new long[] {3, 2}));
        assertEquals("2 1 2 1 2 1 2", text(out));
    }

    @Test
    void removesWhereNegativeAndTakesAxes() {
        Tensor in = Tensor.of(new long[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Tensor out = NodeTester.of("Pad", 18)
                .run(in, Tensor.of(new long[] {-1, 2}), Tensor.of(new long[] {9}), Tensor.of(new long[] {-1}));
        assertEquals(Shape.of(2, 4), out.shape());
        assertEquals("2 3 9 9 5 6 9 9", text(out));
    }

    @ParameterizedTest
    @CsvSource({"3, 0, 2", "3, 1, 0", "20, 16, 40", "40, 0, 24", "40, -3, 5"})
    void padsChannelsOfEachPixel(int channels, int before, int behind) {
        int pixels = 6;
        float[] x = new float[pixels * channels];
        int padded = before + channels + behind;
        float[] expected = new float[pixels * padded];
        Arrays.fill(expected, -1);
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
            int column = before + i % channels;
            if (column >= 0) {
                expected[i / channels * padded + column] = i;
            }
        }
        Tensor pads = Tensor.of(new long[] {0, 0, 0, before, 0, 0, 0, behind});
        Tensor out = NodeTester.of("Pad", 13).run(Tensor.of(x, 1, 2, 3, channels), pads, Tensor.scalar(-1f));
        assertArrayEquals(expected, out.toFloatArray());
    }

    @Test
    void padsOuterAxesByWholeRows() {
        Tensor in = Tensor.of(new float[] {1, 2, 3, 4}, 2, 1, 2);
        Tensor out = NodeTester.of("Pad", 13).run(in, Tensor.of(new long[] {0, 1, 0, 0, 0, 0}), Tensor.scalar(7f));
        assertArrayEquals(new float[] {7, 7, 1, 2, 7, 7, 3, 4}, out.toFloatArray());
    }

    @Test
    void readsTheOldAttributes() {
        Tensor in = Tensor.of(new float[] {1});
        assertArrayEquals(
                new float[] {5, 1},
                NodeTester.of("Pad", 1)
                        .ints("paddings", 1L, 0L)
                        .with("value", 5f)
                        .run(in)
                        .toFloatArray());
        assertArrayEquals(
                new float[] {1, 0},
                NodeTester.of("Pad", 2).ints("pads", 0L, 1L).run(in).toFloatArray());
    }

    @Test
    void padsStringsWithEmptyOnes() {
        StringTensor out = (StringTensor)
                NodeTester.of("Pad", 13).run(Tensor.of(new String[] {"a"}), Tensor.of(new long[] {1, 0}));
        assertArrayEquals(new String[] {"", "a"}, out.array());
    }

    @Test
    void saysWhatDoesNotFit() {
        InferenceException e = assertThrows(
                InferenceException.class,
                () -> NodeTester.of("Pad", 13).run(Tensor.of(new float[] {1}), Tensor.of(new long[] {1, 0, 0})));
        assertTrue(e.getMessage().contains("pads [1, 0, 0] do not fit 1 axes"), e::getMessage);
        e = assertThrows(
                InferenceException.class,
                () -> NodeTester.of("Pad", 18).with("mode", "wrap").run(Tensor.of(new float[] {1})));
        assertTrue(e.getMessage().contains("mode 'wrap' exists since opset 19"), e::getMessage);
    }
}
