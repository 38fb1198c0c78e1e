package org.lanewise.kernels.elementwise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BroadcastTest {
    @Test
    void mergesTheCommonPatterns() {
        assertEquals(1, Broadcast.of(new int[] {2, 3, 4}, new int[] {2, 3, 4}).rank());
        assertEquals(24, Broadcast.of(new int[] {2, 3, 4}, new int[] {1, 1}).rowLength());
        Broadcast channel = Broadcast.of(new int[] {2, 3, 4, 5}, new int[] {3, 1, 1});
        assertEquals(20, channel.rowLength());
        assertEquals(3, channel.rank());
        assertEquals(0, channel.rowStride(1));
        Broadcast row = Broadcast.of(new int[] {2, 3, 4}, new int[] {4});
        assertEquals(2, row.rank());
        assertEquals(1, row.rowStride(1));
        assertArrayEquals(new int[] {2, 3, 4}, row.outputShape());
    }

    @Test
    void scalarsAndEmptyShapes() {
        Broadcast scalar = Broadcast.of(new int[0], new int[0]);
        assertEquals(1, scalar.size());
        Broadcast empty = Broadcast.of(new int[] {0, 3}, new int[] {1, 3});
        assertEquals(0, empty.size());
        assertEquals(0, empty.offset(1, 0));
    }

    @Test
    void refusesWhatDoesNotBroadcast() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> Broadcast.of(new int[] {2, 3}, new int[] {4}));
        assertEquals("shapes [[2, 3], [4]] do not broadcast: dimension 1 of the result is 3 and 4", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> Broadcast.of(new int[] {0}, new int[] {2}));
    }

    @Test
    void anyRangeOfAnyShapesMatchesIndexArithmetic() {
        Random random = new Random(3);
        for (int trial = 0; trial < 2000; trial++) {
            int rank = random.nextInt(5);
            int[][] shapes = new int[2 + random.nextInt(2)][];
            int[] full = random.ints(rank, 1, 4).toArray();
            for (int k = 0; k < shapes.length; k++) {
                int own = k == 0 ? rank : random.nextInt(rank + 1);
                shapes[k] = new int[own];
                for (int d = 0; d < own; d++) {
                    shapes[k][d] = random.nextInt(3) == 0 ? 1 : full[rank - own + d];
                }
            }
            Broadcast plan = Broadcast.of(shapes);
            int from = random.nextInt(plan.size() + 1);
            int to = from + random.nextInt(plan.size() - from + 1);
            int expected = from;
            for (int p = from, n; p < to; p += n) {
                n = plan.rowLength(p, to);
                for (int i = 0; i < n; i++, expected++) {
                    for (int k = 0; k < shapes.length; k++) {
                        int index = index(plan.outputShape(), shapes[k], expected);
                        assertEquals(index, plan.offset(k, p) + i * plan.rowStride(k));
                        assertEquals(index, plan.offset(k, expected));
                    }
                }
            }
            assertEquals(to, expected);
        }
    }

    /** The flat index in an operand of the element at a flat index of the result. */
    static int index(int[] output, int[] shape, int flat) {
        int index = 0;
        int step = 1;
        for (int d = output.length - 1; d >= 0; d--) {
            int own = d - output.length + shape.length;
            if (own >= 0) {
                index += shape[own] == 1 ? 0 : flat % output[d] * step;
                step *= shape[own];
            }
            flat /= output[d];
        }
        return index;
    }
}
