package org.lanewise.testmodels.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Tensor;

final class ComparisonTest {
    private static String difference(OnnxValue got, OnnxValue expected) {
        return Comparison.difference("y", got, expected, Tolerance.OFFICIAL);
    }

    @Test
    void equalWithinTheTolerance() {
        assertNull(difference(Tensor.of(new float[] {1000.9f, 9e-8f}), Tensor.of(new float[] {1000, 0})));
        assertEquals(
                "y[1] = 1.2E-7, expected 0.0; 1 of 2 differ, max abs error 1.20e-07, max rel error Infinity",
                difference(Tensor.of(new float[] {1, 1.2e-7f}), Tensor.of(new float[] {1, 0})));
    }

    @Test
    void nanAndInfinityEqualThemselvesOnly() {
        float nan = Float.NaN;
        float inf = Float.POSITIVE_INFINITY;
        assertNull(difference(Tensor.of(new float[] {nan, inf, -inf}), Tensor.of(new float[] {nan, inf, -inf})));
        assertEquals(
                "y[0] = NaN, expected 1.0; 3 of 3 differ, max abs error NaN, max rel error NaN",
                difference(Tensor.of(new float[] {nan, 1, -inf}), Tensor.of(new float[] {1, nan, inf})));
    }

    @Test
    void typesAndShapesMustMatch() {
        assertEquals(
                "y has type float, expected double", difference(Tensor.of(new float[1]), Tensor.of(new double[1])));
        assertEquals(
                "y has shape [2,1], expected [2]", difference(Tensor.of(new float[2], 2, 1), Tensor.of(new float[2])));
    }

    @Test
    void integersBoolsAndStringsAreNamedInTheirWords() {
        assertEquals(
                "y[1,0] = -3, expected 4; 1 of 2 differ, max abs error 7.00, max rel error 1.75",
                difference(Tensor.of(new long[] {1, -3}, 2, 1), Tensor.of(new long[] {1, 4}, 2, 1)));
        assertEquals(
                "y[0] = true, expected false; 1 of 1 differ, max abs error 1.00, max rel error Infinity",
                difference(Tensor.of(new boolean[] {true}), Tensor.of(new boolean[] {false})));
        assertEquals(
                "y[0] = \"a\", expected \"b\"",
                difference(Tensor.of(new String[] {"a"}), Tensor.of(new String[] {"b"})));
    }

    @Test
    void sequencesAreComparedElementByElement() {
        Tensor one = Tensor.of(new float[] {1});
        Tensor two = Tensor.of(new float[] {2});
        SequenceValue expected = new SequenceValue(one.valueType(), List.of(one, two));
        assertNull(difference(new SequenceValue(one.valueType(), List.of(one, two)), expected));
        assertEquals(
                "y element 1[0] = 1.0, expected 2.0; 1 of 1 differ, max abs error 1.00, max rel error 0.500",
                difference(new SequenceValue(one.valueType(), List.of(one, one)), expected));
        assertEquals(
                "y is a sequence of 1 values of float[1], expected a sequence of 2 values of float[1]",
                difference(new SequenceValue(one.valueType(), List.of(one)), expected));
        assertEquals("y is float[1], expected a sequence of 2 values of float[1]", difference(one, expected));
    }

    @Test
    void optionalsAreComparedByTheirContent() {
        Tensor one = Tensor.of(new float[] {1});
        OptionalValue none = new OptionalValue(one.valueType(), null);
        OptionalValue some = new OptionalValue(one.valueType(), one);
        assertNull(difference(none, none));
        assertNull(difference(one, some));
        assertEquals("y is float[1], expected none", difference(some, none));
        assertEquals("y is none, expected float[1]", difference(none, some));
    }

    @Test
    void quantizedRowsKeepTheirLargestValue() {
        Tolerance step = Tolerance.ofStep(0.25);
        Tensor expected = Tensor.of(new float[] {0.5f, 0.25f, 0}, 1, 3);
        assertNull(Comparison.difference("y", Tensor.of(new float[] {0.5f, 0.5f, 0}, 1, 3), expected, step));
        assertEquals(
                "y has its largest value at [0,1], expected at [0,0]",
                Comparison.difference("y", Tensor.of(new float[] {0.25f, 0.5f, 0}, 1, 3), expected, step));
    }
}
