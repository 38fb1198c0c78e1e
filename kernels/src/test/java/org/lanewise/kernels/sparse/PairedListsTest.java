package org.lanewise.kernels.sparse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PairedListsTest {
    private static final int ROWS = SparseTiles.ROWS;

    private static int[] offsets(int... rows) {
        int[] offsets = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            offsets[i] = rows[i] * ROWS;
        }
        return offsets;
    }

    /** Lists 0 and 3 have rows 2, 3 and 5 in common, 1 and 2 have 1 and 4. */
    @Test
    void neighboursHaveEveryOtherEntryInCommon() {
        int[] ends = {0, 4, 8, 12, 16};
        int[] offsets = offsets(0, 2, 3, 5, 1, 2, 4, 7, 0, 1, 4, 5, 2, 3, 5, 6);
        PairedLists lists = PairedLists.of(4, ends, offsets, 8);
        if (!ChannelLists.PAIRS) {
            assertFalse(lists.paired());
            assertArrayEquals(new int[] {4, 5, 6, 7}, lists.entries(1, 4));
            return;
        }
        assertTrue(lists.paired());
        assertEquals(4, lists.steps(0));
        for (int place = 0; place < 4; place += 2) {
            int[] one = lists.entries(place, 4);
            int[] other = lists.entries(place + 1, 4);
            assertEquals(offsets[one[0]], offsets[other[0]]);
            assertEquals(offsets[one[2]], offsets[other[2]]);
        }
    }

    @Test
    void listsThatShareNothingStayAsTheyAre() {
        int[] ends = {0, 2, 4, 6, 8};
        PairedLists lists = PairedLists.of(4, ends, offsets(0, 1, 2, 3, 4, 5, 6, 7), 8);
        assertFalse(lists.paired());
        assertEquals(2, lists.steps(0));
        assertArrayEquals(new int[] {6, 7, -1}, lists.entries(3, 3));
    }

    @Test
    void shorterListsComeFirst() {
        PairedLists lists = PairedLists.of(3, new int[] {0, 3, 3, 4}, offsets(0, 1, 2, 5), 8);
        assertEquals(1, lists.list(0));
        assertEquals(2, lists.list(1));
        assertEquals(0, lists.list(2));
    }
}
