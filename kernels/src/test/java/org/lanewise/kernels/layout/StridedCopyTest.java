package org.lanewise.kernels.layout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StridedCopyTest {
    @Test
    void transposesAMatrix() {
        int[] source = {1, 2, 3, 4, 5, 6};
        int[] target = new int[7];
        new StridedCopy(new int[] {3, 2}, new int[] {1, 3}, new int[] {2, 1}).run(source, 0, target, 1);
        assertArrayEquals(new int[] {0, 1, 4, 2, 5, 3, 6}, target);
    }

    @Test
    void repeatsWithStrideZeroAndWalksBackwards() {
        String[] source = {"a", "b", "c"};
        String[] target = new String[6];
        new StridedCopy(new int[] {2, 3}, new int[] {0, -1}, new int[] {3, 1}).run(source, 2, target, 0);
        assertArrayEquals(new String[] {"c", "b", "a", "c", "b", "a"}, target);
    }

    @Test
    void mergesWhatIsContiguousOnBothSides() {
        StridedCopy copy = new StridedCopy(new int[] {4, 1, 5, 6}, new int[] {30, 77, 6, 1}, new int[] {30, 9, 6, 1});
        assertEquals(1, copy.units());
        assertEquals(120, copy.unitSize());
    }

    @Test
    void copiesOneElementOfNoAxes() {
        double[] target = new double[1];
        new StridedCopy(new int[0], new int[0], new int[0]).run(new double[] {1, 2}, 1, target, 0);
        assertEquals(2, target[0]);
    }

    @Test
    void copiesNothingOfAnEmptyAxis() {
        assertEquals(0, new StridedCopy(new int[] {3, 0, 2}, new int[] {0, 2, 1}, new int[] {0, 2, 1}).units());
    }

    @Test
    void refusesWhatIsNoArray() {
        StridedCopy copy = new StridedCopy(new int[] {1}, new int[] {1}, new int[] {1});
        assertThrows(IllegalArgumentException.class, () -> copy.run("text", 0, new int[1], 0));
    }

    /** Any permutation of any small tensor, in any split, against one element at a time. */
    @Property(tries = 300)
    void permutesAnyTensor(@ForAll @IntRange(min = 1, max = 5) int rank, @ForAll long seed, @ForAll @IntRange(max = 6) int kind) {
        Random random = new Random(seed);
        int[] dims = new int[rank];
        int[] sourceStrides = new int[rank];
        Integer[] order = new Integer[rank];
        int size = 1;
        for (int i = 0; i < rank; i++) {
            dims[i] = 1 + random.nextInt(rank < 3 ? 90 : 7);
            order[i] = i;
        }
        java.util.Collections.shuffle(Arrays.asList(order), random);
        for (int axis : order) {
            sourceStrides[axis] = size;
            size *= dims[axis];
        }
        int[] targetStrides = new int[rank];
        int step = 1;
        for (int i = rank - 1; i >= 0; i--) {
            targetStrides[i] = step;
            step *= dims[i];
        }
        Object source = array(kind, size + 3);
        Object expected = array(kind, size + 5);
        Object target = array(kind, size + 5);
        for (int i = 0; i < size + 3; i++) {
            java.lang.reflect.Array.set(source, i, value(kind, i));
        }
        for (int i = 0; i < size; i++) {
            int from = 3;
            for (int axis = 0; axis < rank; axis++) {
                from += i / targetStrides[axis] % dims[axis] * sourceStrides[axis];
            }
            java.lang.reflect.Array.set(expected, i + 2, java.lang.reflect.Array.get(source, from));
        }
        StridedCopy copy = new StridedCopy(dims, sourceStrides, targetStrides);
        int middle = copy.units() / 2;
        copy.run(source, 3, target, 2, middle, copy.units());
        copy.run(source, 3, target, 2, 0, middle);
        assertEquals(Arrays.deepToString(new Object[] {expected}), Arrays.deepToString(new Object[] {target}));
    }

    private static Object array(int kind, int size) {
        return switch (kind) {
            case 0 -> new float[size];
            case 1 -> new double[size];
            case 2 -> new byte[size];
            case 3 -> new short[size];
            case 4 -> new int[size];
            case 5 -> new long[size];
            default -> new String[size];
        };
    }

    private static Object value(int kind, int i) {
        return switch (kind) {
            case 0 -> (float) i;
            case 1 -> (double) i;
            case 2 -> (byte) i;
            case 3 -> (short) i;
            case 4 -> i;
            case 5 -> (long) i;
            default -> "s" + i;
        };
    }
}
