package org.lanewise.kernels.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvGeometryTest {
    private static final int[] NONE = {};

    @ParameterizedTest(name = "{0} {1}/{2} {4}")
    @CsvSource({
        // input, kernel, stride, dilation, auto pad, begin, end, ceil -> begin, end, output
        "5, 3, 1, 1, NOTSET, 1, 1, false, 1, 1, 5",
        "7, 3, 2, 1, NOTSET, 1, 1, false, 1, 1, 4",
        "8, 3, 2, 1, NOTSET, 0, 0, false, 0, 0, 3",
        "8, 3, 2, 1, NOTSET, 0, 0, true, 0, 0, 4",
        "2, 1, 2, 1, NOTSET, 0, 1, true, 0, 1, 1", // the second window would start in the padding
        "5, 3, 2, 1, SAME_UPPER, 9, 9, false, 1, 1, 3",
        "6, 3, 2, 1, SAME_UPPER, 0, 0, false, 0, 1, 3",
        "6, 3, 2, 1, SAME_LOWER, 0, 0, false, 1, 0, 3",
        "6, 3, 2, 1, VALID, 9, 9, false, 0, 0, 2",
        "7, 3, 1, 3, NOTSET, 0, 0, false, 0, 0, 1",
        "2, 3, 1, 1, NOTSET, 0, 0, false, 0, 0, 0",
        "4, 5, 3, 1, NOTSET, 0, 0, false, 0, 0, 0",
        "4, 5, 3, 1, NOTSET, 0, 0, true, 0, 0, 1", // ceil(-1 / 3) + 1 windows, which reaches over the end
        "2, 5, 3, 1, NOTSET, 0, 0, true, 0, 0, 0",
        "0, 1, 2, 1, NOTSET, 0, 0, true, 0, 0, 0",
        "0, 3, 1, 1, SAME_UPPER, 0, 0, false, 1, 1, 0",
    })
    void sizes(
            int input,
            int kernel,
            int stride,
            int dilation,
            AutoPad auto,
            int begin,
            int end,
            boolean ceil,
            int padBegin,
            int padEnd,
            int output) {
        WindowAxis axis = WindowAxis.of(input, kernel, stride, dilation, auto, begin, end, ceil);
        if (input > 0) {
            assertEquals(padBegin, axis.padBegin());
            assertEquals(padEnd, axis.padEnd());
        }
        assertEquals(output, axis.output());
    }

    @ParameterizedTest(name = "{0} {1}/{2} {3}")
    @CsvSource({
        // length, kernel, stride, auto pad, begin, end, output padding, output shape -> begin, end, size
        "3, 3, 1, NOTSET, 0, 0, 0, -1, 0, 0, 5",
        "3, 3, 3, NOTSET, 1, 1, 0, -1, 1, 1, 7",
        "3, 3, 2, NOTSET, 0, 0, 1, 8, 0, 0, 8",
        "3, 3, 2, SAME_UPPER, 0, 0, 0, -1, 0, 1, 6",
        "3, 3, 2, SAME_LOWER, 0, 0, 0, -1, 1, 0, 6",
        "3, 3, 2, NOTSET, 9, 9, 0, 4, 2, 1, 4",
        "3, 2, 2, VALID, 9, 9, 0, -1, 0, 0, 6",
        "3, 3, 2, NOTSET, 0, 0, 0, 10, 0, 0, 10",
    })
    void transposedSizes(
            int length,
            int kernel,
            int stride,
            AutoPad auto,
            int begin,
            int end,
            int outputPadding,
            int shape,
            int padBegin,
            int padEnd,
            int size) {
        WindowAxis axis = WindowAxis.transposed(length, kernel, stride, 1, auto, begin, end, outputPadding, shape);
        assertEquals(padBegin, axis.padBegin());
        assertEquals(padEnd, axis.padEnd());
        assertEquals(size, axis.input());
        assertEquals(length, axis.output());
    }

    @Property
    void interiorAndTaps(@ForAll long seed) {
        WindowAxis axis = Cases.axis(new Random(seed), 30);
        assertTrue(axis.interiorBegin() <= axis.interiorEnd() && axis.interiorEnd() <= axis.output());
        for (int o = 0; o < axis.output(); o++) {
            int start = o * axis.stride() - axis.padBegin();
            boolean inside = start >= 0 && start + axis.extent() <= axis.input();
            assertEquals(inside, o >= axis.interiorBegin() && o < axis.interiorEnd(), axis + " at " + o);
            for (int k = 0; k < axis.kernel(); k++) {
                int position = start + k * axis.dilation();
                boolean reads = position >= 0 && position < axis.input();
                assertEquals(
                        reads, k >= axis.firstTap(start) && k < axis.lastTap(start), axis + " at " + o + ", tap " + k);
            }
        }
    }

    @Test
    void convolution() {
        ConvGeometry g = ConvGeometry.of(
                new int[] {2, 8, 9, 7},
                new int[] {12, 4, 3, 1},
                2,
                AutoPad.NOTSET,
                new int[] {2, 1},
                new int[] {1, 0, 1, 0},
                NONE);
        assertArrayEquals(new int[] {2, 12, 5, 7}, g.outputShape());
        assertEquals(4, g.groupInChannels());
        assertEquals(6, g.groupOutChannels());
        assertEquals(3, g.taps());
        assertEquals(12, g.depth());
        assertEquals(2 * 8 * 63, g.inputSize());
        assertEquals(2 * 12 * 35, g.outputSize());
        assertEquals(144, g.weightSize());
        assertFalse(g.isDepthwise());
        assertFalse(g.isPointwise());
        assertEquals(1, g.depthAxis().input());
        assertEquals(9, g.heightAxis().input());
        assertEquals(7, g.widthAxis().input());
    }

    @Test
    void refusals() {
        refused(
                "input has 3 channels, the weights expect 4 in each of 1 groups",
                new int[] {1, 3, 5},
                new int[] {2, 4, 3},
                1);
        refused("output channels are 3, expected a multiple of group = 2", new int[] {1, 4, 5}, new int[] {3, 2, 3}, 2);
        refused("weights have rank 4, expected the input's 3", new int[] {1, 4, 5}, new int[] {3, 2, 3, 3}, 2);
        refused("input has rank 2, expected (N, C, I1..Ir), at least 3", new int[] {1, 4}, new int[] {3, 4}, 1);
        refused(
                "a convolution over 4 spatial axes, at most 3 are supported",
                new int[] {1, 1, 2, 2, 2, 2},
                new int[] {1, 1, 1, 1, 1, 1},
                1);
        assertMessage("stride is 0, expected at least 1", () -> new WindowAxis(1, 1, 0, 0, 0, 1, 1));
        assertMessage("begin pad is -1, expected at least 0", () -> new WindowAxis(1, 1, 1, -1, 0, 1, 1));
        assertMessage("kernel size is 0, expected at least 1", () -> new WindowAxis(1, 0, 1, 0, 0, 1, 1));
        assertMessage(
                "strides has 1 values, expected 2",
                () -> ConvGeometry.of(
                        new int[] {1, 1, 2, 2}, new int[] {1, 1, 1, 1}, 1, AutoPad.NOTSET, new int[] {1}, NONE, NONE));
        assertMessage(
                "the output has 4294967296 elements or more, at most 2^31 - 1 are possible",
                () -> new ConvGeometry(1, 1, 1 << 16, 1, List.of(new WindowAxis(1 << 16, 1, 1, 0, 0, 1, 1 << 16))));
        assertMessage(
                "pads 3 and 3 leave nothing of a transposed convolution's output of 5 pixels",
                () -> WindowAxis.transposed(3, 3, 1, 1, AutoPad.NOTSET, 3, 3, 0, -1));
    }

    private static void refused(String message, int[] input, int[] weights, int group) {
        assertMessage(message, () -> ConvGeometry.of(input, weights, group, AutoPad.NOTSET, NONE, NONE, NONE));
    }

    private static void assertMessage(String message, Runnable action) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, action::run).getMessage());
    }
}
