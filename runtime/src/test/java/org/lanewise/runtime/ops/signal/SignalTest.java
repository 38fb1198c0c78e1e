package org.lanewise.runtime.ops.signal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.ops.OneNode;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

class SignalTest {
    private static final Tensor RAMP = Tensor.of(new float[] {1, 2, 3, 4}, 1, 4, 1);

    private static void assertRow(Tensor actual, double... expected) {
        double[] values = new double[actual.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = actual.getDouble(i);
        }
        assertArrayEquals(expected, values, 1e-6);
    }

    @Test
    void aRealSignal() {
        assertRow(OneNode.of("DFT", 20).run(RAMP), 10, 0, -2, 2, -2, 0, -2, -2);
        assertRow(OneNode.of("DFT", 17).run(RAMP), 10, 0, -2, 2, -2, 0, -2, -2);
        Tensor half = OneNode.of("DFT", 20).with("onesided", 1).run(RAMP);
        assertEquals("float[1,3,2]", half.toString());
        assertRow(half, 10, 0, -2, 2, -2, 0);
        assertRow(OneNode.of("DFT", 20).with("onesided", 1).with("inverse", 1).run(half), 1, 2, 3, 4);
    }

    @Test
    void cutsAndFillsTheSignal() {
        assertRow(OneNode.of("DFT", 20).run(RAMP, Tensor.scalar(2)), 3, 0, -1, 0);
        // 1 + 2 w + 3 w^2 + 4 w^3 for the 8th roots of one
        Tensor eight = OneNode.of("DFT", 17).with("onesided", 1).run(RAMP, Tensor.scalar(8));
        double r = Math.sqrt(0.5);
        assertRow(eight, 10, 0, 1 - 2 * r, -3 - 6 * r, -2, 2, 1 + 2 * r, 3 - 6 * r, -2, 0);
    }

    @Test
    void alongAnyAxisAndInverse() {
        Tensor x = Tensor.of(new double[] {1, 0, 2, 0, 3, 0, 4, 0}, 2, 2, 2);
        Tensor columns = OneNode.of("DFT", 20).run(x, null, Tensor.scalar(0));
        assertRow(columns, 4, 0, 6, 0, -2, 0, -2, 0);
        assertRow(OneNode.of("DFT", 20).run(x, null, Tensor.scalar(-2)), 3, 0, -1, 0, 7, 0, -1, 0);
        assertRow(OneNode.of("DFT", 17).with("axis", 0).with("inverse", 1).run(columns), 1, 0, 2, 0, 3, 0, 4, 0);
        InferenceException error = assertThrows(
                InferenceException.class, () -> OneNode.of("DFT", 20).run(x, null, Tensor.scalar(2)));
        assertTrue(error.getMessage().contains("axis 2 is the last one"), error.getMessage());
    }

    @Test
    void oneSidedNeedsARealSignal() {
        Tensor complex = Tensor.of(new float[8], 1, 4, 2);
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("DFT", 20).with("onesided", 1).run(complex));
        assertTrue(error.getMessage().contains("only a real signal has a one-sided spectrum"), error.getMessage());
    }

    @Test
    void framesOfASignal() {
        Tensor window = Tensor.of(new float[] {1, 1, 0, 0});
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 6, 1);
        Tensor y = OneNode.of("STFT", 17).run(x, Tensor.scalar(2), window);
        assertEquals("float[1,2,3,2]", y.toString());
        assertRow(y, 3, 0, 1, -2, -1, 0, 7, 0, 3, -4, -1, 0);
        Tensor whole = OneNode.of("STFT", 17).with("onesided", 0).run(x, Tensor.scalar(4), null, Tensor.scalar(2));
        assertRow(whole, 3, 0, -1, 0, 11, 0, -1, 0);
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("STFT", 17).run(x, Tensor.scalar(2), window, Tensor.scalar(8)));
        assertTrue(
                error.getMessage().contains("window has 4 elements, expected the frame length 8"), error.getMessage());
    }

    @Test
    void windows() {
        Tensor four = Tensor.scalar(4);
        assertRow(OneNode.of("HannWindow", 17).run(four), 0, 0.5, 1, 0.5);
        assertRow(OneNode.of("HannWindow", 17).with("periodic", 0).run(Tensor.scalar(5)), 0, 0.5, 1, 0.5, 0);
        assertRow(OneNode.of("HammingWindow", 17).run(four), 4.0 / 46, 25.0 / 46, 1, 25.0 / 46);
        assertRow(OneNode.of("BlackmanWindow", 17).run(four), 0, 0.34, 1, 0.34);
        assertRow(OneNode.of("HannWindow", 17).with("periodic", 0).run(Tensor.scalar(1)), 1);
        Tensor doubles =
                OneNode.of("HannWindow", 17).with("output_datatype", 11).run(four);
        assertEquals(DataType.DOUBLE, doubles.type());
        assertThrows(
                InferenceException.class,
                () -> OneNode.of("HannWindow", 17).with("output_datatype", 8).run(four));
    }

    @Test
    void melFilters() {
        // Three steps of 507 mel from 0: corners at 0, 398 and 1022 Hz, in bins 0, 0 and 2 of 444 Hz
        Tensor y = NodeModel.of("MelWeightMatrix", 17)
                .input(Tensor.scalar(1L))
                .input(Tensor.scalar(8L))
                .input(Tensor.scalar(4000L))
                .input(Tensor.scalar(0f))
                .input(Tensor.scalar(2000f))
                .run()
                .getFirst();
        assertEquals("float[5,1]", y.toString());
        assertRow(y, 1, 0.5, 0, 0, 0);
    }
}
