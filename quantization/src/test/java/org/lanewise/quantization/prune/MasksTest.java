package org.lanewise.quantization.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.Models;

/** Zeros lie where the pattern allows, and there are as many as asked for. */
class MasksTest {
    static void assertObeys(SparsityPattern pattern, WeightMatrix matrix, boolean[] mask) {
        for (int row = 0; row < matrix.rows(); row++) {
            for (int column = 0; column < matrix.columns(); column++) {
                int first = row / pattern.rows() * pattern.rows() * matrix.columns() + column;
                assertEquals(mask[first], mask[row * matrix.columns() + column], "row " + row + ", column " + column);
            }
            for (int from = 0; pattern.isFixed() && from < matrix.columns(); ) {
                int to = Masks.groupEnd(matrix, pattern, from);
                int kept = 0;
                for (int column = from; column < to; column++) {
                    kept += mask[row * matrix.columns() + column] ? 0 : 1;
                }
                assertEquals(Math.min(pattern.kept(), to - from), kept, "columns " + from + " to " + to);
                from = to;
            }
        }
    }

    static void assertCount(SparsityPattern pattern, WeightMatrix matrix, long zeros, boolean[] mask) {
        long count = 0;
        for (boolean zero : mask) {
            count += zero ? 1 : 0;
        }
        if (!pattern.isFixed()) {
            assertTrue(2 * Math.abs(count - zeros) <= pattern.rows(), count + " instead of " + zeros);
        } else {
            assertEquals((long) matrix.rows() * matrix.columns() / matrix.run() * pattern.zeros(matrix.run()), count);
        }
    }

    @Property(tries = 100)
    void anyShape(
            @ForAll SparsityPattern pattern,
            @ForAll @IntRange(min = 1, max = 37) int rows,
            @ForAll @IntRange(min = 1, max = 19) int run,
            @ForAll @IntRange(min = 1, max = 4) int taps,
            @ForAll @IntRange(min = 0, max = 100) int percent,
            @ForAll long seed) {
        int columns = run * taps;
        float[] w = Models.gaussian(new Random(seed), rows * columns, 1);
        for (int i = 0; i < w.length; i += 3) {
            // Ties, and weights that are zero already
            w[i] = i % 2;
        }
        WeightMatrix matrix = new WeightMatrix(w, rows, columns, run);
        long zeros = Math.round(percent / 100.0 * w.length);
        boolean[] mask = Masks.of(List.of(matrix), pattern, zeros).getFirst();
        assertObeys(pattern, matrix, mask);
        assertCount(pattern, matrix, zeros, mask);
        matrix.clear(mask);
        if (pattern == SparsityPattern.UNSTRUCTURED) {
            assertTrue(matrix.zeros() >= zeros);
        }
    }

    @Test
    void theSmallestGo() {
        WeightMatrix matrix = new WeightMatrix(new float[] {-4, 3, -2, 1, 0.5f, 6}, 1, 6, 6);
        assertArrayEquals(
                new boolean[] {false, false, true, true, true, false},
                Masks.of(List.of(matrix), SparsityPattern.UNSTRUCTURED, 3).getFirst());
        // Two of -4, 3, -2, 1 stay; two are all that is left of the next four
        assertArrayEquals(
                new boolean[] {false, false, true, true, false, false},
                Masks.of(List.of(matrix), SparsityPattern.TWO_OF_FOUR, 0).getFirst());
    }

    @Test
    void oneThresholdForAllMatrices() {
        WeightMatrix small = new WeightMatrix(new float[] {1, 2, 3}, 1, 3, 3);
        WeightMatrix large = new WeightMatrix(new float[] {10, 2.5f, 30}, 1, 3, 3);
        List<boolean[]> masks = Masks.of(List.of(small, large), SparsityPattern.UNSTRUCTURED, 3);
        assertArrayEquals(new boolean[] {true, true, false}, masks.get(0));
        assertArrayEquals(new boolean[] {false, true, false}, masks.get(1));
    }

    @Test
    void singleWeightsAndLayersOfZeros() {
        WeightMatrix one = new WeightMatrix(new float[] {5}, 1, 1, 1);
        assertArrayEquals(
                new boolean[] {true},
                Masks.of(List.of(one), SparsityPattern.UNSTRUCTURED, 1).getFirst());
        assertArrayEquals(
                new boolean[] {false},
                Masks.of(List.of(one), SparsityPattern.ROWS16, 0).getFirst());
        WeightMatrix zeros = new WeightMatrix(new float[12], 3, 4, 4);
        boolean[] mask =
                Masks.of(List.of(zeros), SparsityPattern.UNSTRUCTURED, 6).getFirst();
        assertCount(SparsityPattern.UNSTRUCTURED, zeros, 6, mask);
        assertCount(
                SparsityPattern.BLOCK2,
                zeros,
                12,
                Masks.of(List.of(zeros), SparsityPattern.BLOCK2, 12).getFirst());
    }
}
