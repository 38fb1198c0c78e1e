package org.lanewise.runtime.ops.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeTester;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class SelectingTest {
    private static long[] longs(List<OnnxValue> outputs, int i) {
        return ((Tensor) outputs.get(i)).toLongArray();
    }

    @Test
    void takesTheLowerIndexOfEqualElements() {
        Tensor x = Tensor.of(new float[] {2, 3, 2, 3, Float.NaN, -0f, 0f});
        List<OnnxValue> out = NodeTester.of("TopK", 11).outputs(2).runAll(x, Tensor.of(new long[] {4}));
        assertArrayEquals(new long[] {4, 1, 3, 0}, longs(out, 1));
        out = NodeTester.of("TopK", 11).with("largest", 0L).outputs(2).runAll(x, Tensor.of(new long[] {3}));
        assertArrayEquals(new long[] {5, 6, 0}, longs(out, 1));
    }

    @Test
    void selectsAlongAnyAxisWithAnAttribute() {
        Tensor x = Tensor.of(new float[] {1, 9, 5, 2, 3, 4}, 3, 2);
        List<OnnxValue> out = NodeTester.of("TopK", 1)
                .with("axis", 0L)
                .with("k", 2L)
                .outputs(2)
                .runAll(x);
        assertArrayEquals(new float[] {5, 9, 3, 4}, ((Tensor) out.get(0)).toFloatArray());
        assertArrayEquals(new long[] {1, 0, 2, 2}, longs(out, 1));
    }

    @Test
    void refusesToSelectMoreThanThereIs() {
        InferenceException e = assertThrows(
                InferenceException.class,
                () -> NodeTester.of("TopK", 11).outputs(2).runAll(Tensor.of(new float[2]), Tensor.of(new long[] {3})));
        assertTrue(e.getMessage().contains("k is 3, the axis has 2 elements"), e::getMessage);
    }

    @Property(tries = 200)
    void findsTheSmallestKeysInOrder(
            @ForAll long seed, @ForAll @IntRange(max = 40) int size, @ForAll @IntRange(max = 40) int k) {
        long[] keys = new Random(seed).longs(size, 0, 10).toArray();
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingLong(i -> keys[i]));
        int[] found = new int[Math.min(size, k)];
        Selection.smallest(keys, found);
        for (int i = 0; i < found.length; i++) {
            assertEquals(order[i], found[i]);
        }
    }

    @Test
    void findsDistinctElements() {
        Tensor x = Tensor.of(new long[] {2, 1, 1, 3, 4, 3});
        List<OnnxValue> out = NodeTester.of("Unique", 11).outputs(4).runAll(x);
        assertArrayEquals(new long[] {1, 2, 3, 4}, longs(out, 0));
        assertArrayEquals(new long[] {1, 0, 3, 4}, longs(out, 1));
        assertArrayEquals(new long[] {1, 0, 0, 2, 3, 2}, longs(out, 2));
        assertArrayEquals(new long[] {2, 1, 2, 1}, longs(out, 3));
        out = NodeTester.of("Unique", 11).with("sorted", 0L).outputs(4).runAll(x);
        assertArrayEquals(new long[] {2, 1, 3, 4}, longs(out, 0));
        assertArrayEquals(new long[] {0, 1, 1, 2, 3, 2}, longs(out, 2));
        assertArrayEquals(new long[] {1, 2, 2, 1}, longs(out, 3));
    }

    @Test
    void sortsStringsByCodePoints() {
        Tensor x = Tensor.of(new String[] {"\uffff", "\ud83d\ude00", "b", "a", "ab"});
        Tensor out = NodeTester.of("Unique", 11).run(x);
        assertArrayEquals(new String[] {"a", "ab", "b", "\uffff", "\ud83d\ude00"}, (String[]) out.storage());
    }

    @Test
    void findsWhatIsNotZero() {
        Tensor out = NodeTester.of("NonZero", 13).run(Tensor.of(new boolean[] {true, false, true, true}, 2, 2));
        assertEquals(Shape.of(2, 3), out.shape());
        assertArrayEquals(new long[] {0, 1, 1, 0, 0, 1}, out.toLongArray());
    }

    @Test
    void keepsWhereTheConditionHolds() {
        Tensor x = Tensor.of(new long[] {1, 2, 3, 4}, 2, 2);
        Tensor condition = Tensor.of(new boolean[] {false, true});
        assertArrayEquals(
                new long[] {2, 4},
                NodeTester.of("Compress", 11)
                        .with("axis", -1L)
                        .run(x, condition)
                        .toLongArray());
        assertArrayEquals(
                new long[] {2}, NodeTester.of("Compress", 9).run(x, condition).toLongArray());
    }

    @Test
    void marksOneOfDepth() {
        Tensor values = Tensor.of(new long[] {5, 8});
        Tensor out = NodeTester.of("OneHot", 11)
                .with("axis", 0L)
                .run(Tensor.of(new long[] {0, -1, 3}), Tensor.scalar(3L), values);
        assertArrayEquals(new long[] {8, 5, 5, 5, 5, 5, 5, 8, 5}, out.toLongArray());
    }

    @Test
    void countsUpAndDown() {
        assertArrayEquals(
                new long[] {10, 7},
                NodeTester.of("Range", 11)
                        .run(Tensor.scalar(10L), Tensor.scalar(4L), Tensor.scalar(-3L))
                        .toLongArray());
        assertArrayEquals(
                new float[] {0, 0.5f, 1},
                NodeTester.of("Range", 11)
                        .run(Tensor.scalar(0f), Tensor.scalar(1.2f), Tensor.scalar(0.5f))
                        .toFloatArray());
        assertThrows(
                InferenceException.class,
                () -> NodeTester.of("Range", 11).run(Tensor.scalar(0L), Tensor.scalar(4L), Tensor.scalar(0L)));
    }

    @Test
    void drawsADiagonal() {
        Tensor out = NodeTester.of("EyeLike", 9)
                .with("k", 1L)
                .with("dtype", (long) DataType.INT32.code())
                .run(Tensor.of(new float[6], 2, 3));
        assertArrayEquals(new long[] {0, 1, 0, 0, 0, 1}, out.toLongArray());
    }
}
