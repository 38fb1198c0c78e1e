package org.lanewise.runtime.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShapeTest {
    @Test
    void broadcastsAsNumPyDoes() {
        assertEquals(Shape.of(8, 7, 6, 5), Shape.broadcast(Shape.of(8, 1, 6, 1), Shape.of(7, 1, 5)));
        assertEquals(Shape.of(3), Shape.broadcast(Shape.scalar(), Shape.of(3)));
        assertEquals(Shape.of(0, 3), Shape.broadcast(Shape.of(0, 1), Shape.of(3)));
    }

    @Test
    void namesBothShapesThatDoNotBroadcast() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> Shape.broadcast(Shape.of(2, 3), Shape.of(4)));
        assertEquals("shapes [2,3] and [4] do not broadcast: 3 against 4", e.getMessage());
    }

    @Test
    void aScalarHasOneElementAndAnEmptyShapeNone() {
        assertEquals(1, Shape.scalar().size());
        assertEquals(0, Shape.of(3, 0, Integer.MAX_VALUE, 5).size());
        assertEquals("[]", Shape.scalar().toString());
    }

    @Test
    void refusesMoreElementsThanAnArrayHolds() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> Shape.of(1 << 16, 1 << 16));
        assertEquals("a tensor of [65536, 65536] has more than 2^31-1 elements", e.getMessage());
    }

    @Test
    void countsNegativeAxesFromTheEnd() {
        Shape shape = Shape.of(2, 3, 4);
        assertEquals(4, shape.dim(-1));
        assertEquals(1, shape.axis(-2));
        Exception e = assertThrows(IllegalArgumentException.class, () -> shape.axis(3));
        assertEquals("axis 3 is outside [-3, 2] of rank 3", e.getMessage());
        assertArrayEquals(new int[] {12, 4, 1}, shape.strides());
    }

    @Test
    void partialShapesBroadcastAsFarAsTheyAreKnown() {
        PartialShape unknown = PartialShape.of(PartialShape.UNKNOWN, 1, 5);
        assertEquals(PartialShape.of(2, 7, 5), PartialShape.broadcast(unknown, PartialShape.of(2, 7, 1)));
        assertEquals(PartialShape.of(-1, 7, 5), PartialShape.broadcast(unknown, PartialShape.of(7, 5)));
        assertFalse(PartialShape.broadcast(unknown, PartialShape.unranked()).isRanked());
        assertEquals(PartialShape.of(0, 3), PartialShape.broadcast(PartialShape.of(0, 3), PartialShape.of(-1, 1)));
        Exception empty = assertThrows(
                IllegalArgumentException.class, () -> PartialShape.broadcast(PartialShape.of(2), PartialShape.of(0)));
        assertEquals("shapes [2] and [0] do not broadcast: 2 against 0", empty.getMessage());
        assertEquals("[?,1,5]", unknown.toString());
    }

    @Test
    void acceptsWhatFits() {
        PartialShape shape = PartialShape.of(new long[] {-1, 3}, new String[] {"batch", null});
        assertTrue(shape.accepts(Shape.of(9, 3)));
        assertFalse(shape.accepts(Shape.of(9, 4)));
        assertFalse(shape.accepts(Shape.of(3)));
        assertEquals("[batch,3]", shape.toString());
    }
}
