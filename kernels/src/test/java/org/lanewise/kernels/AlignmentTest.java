package org.lanewise.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void linesFollowEachOther(int elementBytes) {
        int first = Alignment.first(elementBytes);
        int line = 64 / elementBytes;
        assertTrue(first > 0 && first < line);
        assertEquals(first, Alignment.next(0, elementBytes));
        assertEquals(first, Alignment.next(first, elementBytes));
        assertEquals(first + line, Alignment.next(first + 1, elementBytes));
        assertEquals(first + line, Alignment.next(first + line, elementBytes));
        assertEquals(first + 2L * line, Alignment.next(first + line + 1, elementBytes));
    }

    @Test
    void longsBeginAfterSixteenBytesWhateverTheHeader() {
        assertEquals(6, Alignment.first(Long.BYTES));
        assertEquals(Alignment.FIRST_FLOAT * 4, Alignment.first(Byte.BYTES));
    }
}
