package org.lanewise.runtime.ops.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeTester;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class SliceTest {
    private static final Tensor X = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 3, 4);

    private static Tensor longs(long... values) {
        return Tensor.of(values);
    }

    @Test
    void cutsWithAttributesInOpset1() {
        Tensor out = NodeTester.of("Slice", 1)
                .ints("starts", 1L, 1L)
                .ints("ends", 3L, -1L)
                .run(X);
        assertArrayEquals(new float[] {5, 6, 9, 10}, out.toFloatArray());
    }

    @Test
    void clampsAndCountsFromTheEnd() {
        Tensor out = NodeTester.of("Slice", 13).run(X, longs(-2, -100), longs(Long.MAX_VALUE, 2));
        assertArrayEquals(new float[] {4, 5, 8, 9}, out.toFloatArray());
    }

    @Test
    void walksBackwards() {
        Tensor out = NodeTester.of("Slice", 13).run(X, longs(-1), longs(Long.MIN_VALUE), longs(1), longs(-2));
        assertEquals(Shape.of(3, 2), out.shape());
        assertArrayEquals(new float[] {3, 1, 7, 5, 11, 9}, out.toFloatArray());
    }

    @Test
    void takesInt32IndicesAndNegativeAxes() {
        Tensor out = NodeTester.of("Slice", 10)
                .run(
                        X,
                        Tensor.of(new int[] {1}),
                        Tensor.of(new int[] {2}),
                        Tensor.of(new int[] {-2}),
                        Tensor.of(new int[] {1}));
        assertArrayEquals(new float[] {4, 5, 6, 7}, out.toFloatArray());
    }

    @Test
    void mayBeEmpty() {
        assertEquals(
                Shape.of(3, 0),
                NodeTester.of("Slice", 13).run(X, longs(3), longs(2), longs(1)).shape());
    }

    @Test
    void refusesAStepOfZero() {
        InferenceException e = assertThrows(
                InferenceException.class,
                () -> NodeTester.of("Slice", 13).run(X, longs(0), longs(1), longs(0), longs(0)));
        assertTrue(e.getMessage().contains("a step is 0"), e::getMessage);
    }
}
