package org.lanewise.runtime.ops.sequence;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeTester;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.OptionalValue;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.SequenceValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;
import org.lanewise.runtime.tensor.ValueType;

class SequenceTest {
    private static final ValueType LONGS = ValueType.tensor(DataType.INT64, PartialShape.unranked());
    private static final SequenceValue TWO =
            new SequenceValue(LONGS, List.of(Tensor.of(new long[] {1, 2}), Tensor.of(new long[] {3})));

    private static List<OnnxValue> sequence(NodeTester node, OnnxValue... inputs) {
        return ((SequenceValue) node.runAll(inputs).getFirst()).elements();
    }

    private static String text(List<OnnxValue> elements) {
        return NodeTester.describe(elements);
    }

    @Test
    void insertsReadsAndErases() {
        Tensor nine = Tensor.of(new long[] {9});
        Tensor before = Tensor.scalar(-1L);
        assertEquals(
                "int64[2][1.0, 2.0]int64[1][9.0]int64[1][3.0]",
                text(sequence(NodeTester.of("SequenceInsert", 11), TWO, nine, before)));
        assertEquals(
                "int64[2][1.0, 2.0]int64[1][3.0]int64[1][9.0]",
                text(sequence(NodeTester.of("SequenceInsert", 11), TWO, nine)));
        assertEquals("int64[1][3.0]", text(sequence(NodeTester.of("SequenceErase", 11), TWO, Tensor.scalar(0L))));
        assertEquals("int64[2][1.0, 2.0]", text(sequence(NodeTester.of("SequenceErase", 11), TWO)));
        assertArrayEquals(
                new long[] {3},
                NodeTester.of("SequenceAt", 11)
                        .run(TWO, Tensor.of(new int[] {-1}))
                        .toLongArray());
        assertEquals(2, NodeTester.of("SequenceLength", 11).run(TWO).getLong(0));
        InferenceException e = assertThrows(
                InferenceException.class, () -> NodeTester.of("SequenceAt", 11).run(TWO, Tensor.scalar(2L)));
        assertTrue(e.getMessage().contains("position 2 is outside [-2, 1] of a sequence of 2"), e::getMessage);
    }

    @Test
    void splitsAndJoins() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertEquals(
                "float[2,2][1.0, 2.0, 4.0, 5.0]float[2,1][3.0, 6.0]",
                text(sequence(NodeTester.of("SplitToSequence", 11).with("axis", 1L), x, Tensor.scalar(2L))));
        assertEquals(
                "float[1,3][1.0, 2.0, 3.0]float[1,3][4.0, 5.0, 6.0]",
                text(sequence(NodeTester.of("SplitToSequence", 11), x, Tensor.of(new long[] {1, 1}))));
        List<OnnxValue> columns =
                sequence(NodeTester.of("SplitToSequence", 11).with("axis", -1L).with("keepdims", 0L), x);
        assertEquals("float[2][1.0, 4.0]float[2][2.0, 5.0]float[2][3.0, 6.0]", text(columns));
        SequenceValue sequence = new SequenceValue(columns.getFirst().valueType(), columns);
        Tensor stacked = NodeTester.of("ConcatFromSequence", 11)
                .with("axis", -1L)
                .with("new_axis", 1L)
                .run(sequence);
        assertEquals(Shape.of(2, 3), stacked.shape());
        assertArrayEquals(x.toFloatArray(), stacked.toFloatArray());
        assertArrayEquals(
                new float[] {1, 4, 2, 5, 3, 6},
                NodeTester.of("ConcatFromSequence", 11)
                        .with("axis", 0L)
                        .run(sequence)
                        .toFloatArray());
    }

    @Test
    void opensOptionals() {
        OptionalValue full = new OptionalValue(LONGS, Tensor.of(new long[] {4}));
        OptionalValue empty = new OptionalValue(LONGS, null);
        assertEquals(1, NodeTester.of("OptionalHasElement", 15).run(full).getLong(0));
        assertEquals(0, NodeTester.of("OptionalHasElement", 15).run(empty).getLong(0));
        assertEquals(
                1,
                NodeTester.of("OptionalHasElement", 18).run(Tensor.scalar(1L)).getLong(0));
        assertEquals(0, NodeTester.of("OptionalHasElement", 18).run().getLong(0));
        assertEquals(4, NodeTester.of("OptionalGetElement", 18).run(full).getLong(0));
        InferenceException e = assertThrows(
                InferenceException.class,
                () -> NodeTester.of("OptionalGetElement", 18).run(empty));
        assertTrue(e.getMessage().contains("the optional is empty"), e::getMessage);
    }
}
