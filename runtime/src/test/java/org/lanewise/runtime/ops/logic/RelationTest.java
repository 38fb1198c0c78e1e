package org.lanewise.runtime.ops.logic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.OneNode;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class RelationTest {
    @Test
    void nanIsInNoRelation() {
        Tensor a = Tensor.of(new float[] {Float.NaN, 1, 2});
        assertArrayEquals(
                new long[] {0, 1, 1}, OneNode.of("Equal", 13).run(a, a).toLongArray());
        assertArrayEquals(
                new long[] {0, 0, 1},
                OneNode.of("Greater", 13).run(a, Tensor.scalar(1f)).toLongArray());
        assertArrayEquals(
                new long[] {0, 1, 0},
                OneNode.of("LessOrEqual", 16).run(a, Tensor.scalar(1f)).toLongArray());
    }

    @Test
    void unsigned64BitsCompareUnsigned() {
        Tensor a = Tensor.wrap(DataType.UINT64, Shape.of(2), new long[] {-1, 1}, 0);
        Tensor b = Tensor.wrap(DataType.UINT64, Shape.of(2), new long[] {1, -1}, 0);
        assertArrayEquals(new long[] {1, 0}, OneNode.of("Greater", 13).run(a, b).toLongArray());
        assertArrayEquals(new long[] {0, 1}, OneNode.of("Less", 13).run(a, b).toLongArray());
    }

    @Test
    void equalKnowsStringsAndBooleans() {
        Tensor words = Tensor.of(new String[] {"a", "b"});
        assertArrayEquals(
                new long[] {0, 1},
                OneNode.of("Equal", 19)
                        .run(words, Tensor.of(new String[] {"b"}))
                        .toLongArray());
        Tensor bits = Tensor.of(new boolean[] {true, false});
        assertArrayEquals(
                new long[] {0, 1},
                OneNode.of("Equal", 19)
                        .run(bits, Tensor.of(new boolean[] {false}))
                        .toLongArray());
        assertThrows(InferenceException.class, () -> OneNode.of("Less", 13).run(words, words));
    }

    @Test
    void logicBroadcasts() {
        Tensor a = Tensor.of(new boolean[] {true, false}, 2, 1);
        Tensor b = Tensor.of(new boolean[] {true, false});
        assertArrayEquals(
                new long[] {1, 0, 0, 0}, OneNode.of("And", 7).run(a, b).toLongArray());
        assertArrayEquals(new long[] {1, 1, 1, 0}, OneNode.of("Or", 7).run(a, b).toLongArray());
        assertArrayEquals(
                new long[] {0, 1, 1, 0}, OneNode.of("Xor", 7).run(a, b).toLongArray());
        assertArrayEquals(new long[] {0, 1}, OneNode.of("Not", 1).run(b).toLongArray());
    }
}
