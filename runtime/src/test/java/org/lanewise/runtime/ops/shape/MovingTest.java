package org.lanewise.runtime.ops.shape;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeTester;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.StringTensor;
import org.lanewise.runtime.tensor.Tensor;

class MovingTest {
    private static final Tensor X = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);

    private static Tensor longs(long... values) {
        return Tensor.of(values);
    }

    private static String message(org.junit.jupiter.api.function.Executable run) {
        return String.valueOf(assertThrows(InferenceException.class, run).getMessage());
    }

    @ParameterizedTest
    @EnumSource(DataType.class)
    void transposesEveryType(DataType type) {
        if (type == DataType.COMPLEX64 || type == DataType.COMPLEX128) {
            return; // known by name only
        }
        Tensor in = Tensor.allocate(type, Shape.of(2, 3));
        if (type == DataType.STRING) {
            System.arraycopy(new String[] {"a", "b", "c", "d", "e", "f"}, 0, in.storage(), 0, 6);
        } else {
            for (int i = 0; i < 6; i++) {
                Object array = in.storage();
                switch (array) {
                    case byte[] a -> a[i] = (byte) i;
                    case short[] a -> a[i] = (short) i;
                    case int[] a -> a[i] = i;
                    case long[] a -> a[i] = i;
                    case float[] a -> a[i] = i;
                    case double[] a -> a[i] = i;
                    default -> throw new AssertionError(array);
                }
            }
        }
        Tensor out = NodeTester.of("Transpose", 25).run(in);
        Tensor expected = Tensor.allocate(type, Shape.of(3, 2));
        for (int i = 0; i < 6; i++) {
            expected.copyFrom(i, in, i % 2 * 3 + i / 2, 1);
        }
        assertEquals(Shape.of(3, 2), out.shape());
        assertArrayEquals(
                new Object[] {expected.storage()}, new Object[] {out.copy().storage()});
    }

    @Test
    void splitsUnevenlySince18() {
        List<OnnxValue> parts =
                NodeTester.of("Split", 18).with("num_outputs", 4L).outputs(4).runAll(longs(1, 2, 3, 4, 5, 6, 7));
        assertArrayEquals(new long[] {7}, ((Tensor) parts.get(3)).toLongArray());
        assertArrayEquals(new long[] {3, 4}, ((Tensor) parts.get(1)).toLongArray());
    }

    @Test
    void splitsByAttributeOrInput() {
        List<OnnxValue> old = NodeTester.of("Split", 2)
                .ints("split", 1L, 2L)
                .with("axis", 1L)
                .outputs(2)
                .runAll(X);
        List<OnnxValue> now =
                NodeTester.of("Split", 13).with("axis", -1L).outputs(2).runAll(X, longs(1, 2));
        assertEquals(NodeTester.describe(old), NodeTester.describe(now));
        assertArrayEquals(new float[] {1, 2, 4, 5}, ((Tensor) now.get(1)).toFloatArray());
        assertTrue(message(() -> NodeTester.of("Split", 13).outputs(2).runAll(X, longs(1, 2)))
                .contains("does not cut a dimension of 2"));
    }

    @Test
    void joinsAlongAnyAxis() {
        assertArrayEquals(
                new float[] {0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5},
                NodeTester.of("Concat", 13).with("axis", -1L).run(X, X).toFloatArray());
        assertArrayEquals(
                new float[] {0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5},
                NodeTester.of("Concat", 1).run(X, X).toFloatArray());
        assertTrue(message(() -> NodeTester.of("Concat", 13).with("axis", 0L).run(X, longs(1, 2)))
                .contains("int64"));
    }

    @Test
    void gathersWithNegativeIndices() {
        Tensor out = NodeTester.of("Gather", 13).with("axis", 1L).run(X, Tensor.of(new long[] {-1, 0, 2, 2}, 2, 2));
        assertEquals(Shape.of(2, 2, 2), out.shape());
        assertArrayEquals(new float[] {2, 0, 2, 2, 5, 3, 5, 5}, out.toFloatArray());
        assertTrue(message(() -> NodeTester.of("Gather", 13).run(X, longs(2))).contains("index 2 is outside [-2, 1]"));
    }

    @Test
    void gathersPartsByVectors() {
        Tensor out = NodeTester.of("GatherND", 12).with("batch_dims", 1L).run(X, Tensor.of(new long[] {2, -3}, 2, 1));
        assertArrayEquals(new float[] {2, 3}, out.toFloatArray());
        assertArrayEquals(
                new float[] {3, 4, 5},
                NodeTester.of("GatherND", 13)
                        .run(X, Tensor.of(new long[] {1}, 1, 1))
                        .toFloatArray());
    }

    @ParameterizedTest
    @CsvSource({"none,9", "add,15", "mul,45", "max,9", "min,1"})
    void reducesWhenScattering(String reduction, float expected) {
        Tensor data = Tensor.of(new float[] {1, 7});
        Tensor updates = Tensor.of(new float[] {5, 9});
        Tensor indices = longs(0, 0);
        Tensor elements = NodeTester.of("ScatterElements", 18)
                .with("reduction", reduction)
                .run(data, indices, updates);
        assertArrayEquals(new float[] {expected, 7}, elements.toFloatArray());
        Tensor parts = NodeTester.of("ScatterND", 18)
                .with("reduction", reduction)
                .run(data, Tensor.of(new long[] {0, 0}, 2, 1), updates);
        assertArrayEquals(new float[] {expected, 7}, parts.toFloatArray());
    }

    @Test
    void scattersStringsAndUnsignedMaxima() {
        StringTensor out = (StringTensor) NodeTester.of("Scatter", 9)
                .run(Tensor.of(new String[] {"a", "b"}), longs(1), Tensor.of(new String[] {"c"}));
        assertArrayEquals(new String[] {"a", "c"}, out.array());
        Tensor big = Tensor.wrap(DataType.UINT64, Shape.of(1), new long[] {-1}, 0);
        Tensor one = Tensor.wrap(DataType.UINT64, Shape.of(1), new long[] {1}, 0);
        assertEquals(
                -1,
                NodeTester.of("ScatterElements", 18)
                        .with("reduction", "max")
                        .run(one, longs(0), big)
                        .getLong(0));
        assertTrue(message(() -> NodeTester.of("ScatterElements", 16)
                        .with("reduction", "add")
                        .run(Tensor.of(new String[] {"a"}), longs(0), Tensor.of(new String[] {"b"})))
                .contains("string is not supported"));
    }

    @Test
    void writesToACacheRoundItsEnd() {
        Tensor cache = Tensor.of(new float[4], 1, 4, 1);
        Tensor update = Tensor.of(new float[] {1, 2, 3}, 1, 3, 1);
        Tensor out = NodeTester.of("TensorScatter", 24).with("mode", "circular").run(cache, update, longs(2));
        assertArrayEquals(new float[] {3, 0, 1, 2}, out.toFloatArray());
        assertTrue(message(() -> NodeTester.of("TensorScatter", 24).run(cache, update, longs(2)))
                .contains("update of length 3 at position 2 of sample 0 does not fit a cache of length 4"));
    }

    @Test
    void movesBetweenDepthAndSpace() {
        Tensor in = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 1, 8, 1, 1);
        assertArrayEquals(
                new float[] {0, 2, 4, 6, 1, 3, 5, 7},
                NodeTester.of("DepthToSpace", 1).with("blocksize", 2L).run(in).toFloatArray());
        Tensor crd = NodeTester.of("DepthToSpace", 11)
                .with("blocksize", 2L)
                .with("mode", "CRD")
                .run(in);
        assertArrayEquals(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, crd.toFloatArray());
        Tensor back = NodeTester.of("SpaceToDepth", 13)
                .with("blocksize", 2L)
                .run(NodeTester.of("DepthToSpace", 13).with("blocksize", 2L).run(in));
        assertEquals(NodeTester.describe(List.of(in)), NodeTester.describe(List.of(back)));
    }

    @Test
    void repeatsAndExpands() {
        assertArrayEquals(
                new float[] {0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5},
                NodeTester.of("Tile", 13).run(X, longs(1, 2)).toFloatArray());
        assertArrayEquals(
                new float[] {0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5},
                NodeTester.of("Tile", 1)
                        .run(X, Tensor.of(new float[] {2}), Tensor.of(new float[] {1}))
                        .toFloatArray());
        Tensor column = Tensor.of(new float[] {1, 2}, 2, 1);
        assertArrayEquals(
                new float[] {1, 1, 2, 2, 1, 1, 2, 2},
                NodeTester.of("Expand", 13).run(column, longs(2, 1, 2)).toFloatArray());
    }

    @Test
    void reversesSequencesAndTriangles() {
        Tensor out = NodeTester.of("ReverseSequence", 10)
                .with("batch_axis", 0L)
                .with("time_axis", 1L)
                .run(X, longs(2, 3));
        assertArrayEquals(new float[] {1, 0, 2, 5, 4, 3}, out.toFloatArray());
        assertArrayEquals(
                new float[] {0, 0, 2, 0, 0, 0},
                NodeTester.of("Trilu", 14).run(X, Tensor.scalar(2L)).toFloatArray());
        Tensor lower = NodeTester.of("Trilu", 14).with("upper", 0L).run(X, Tensor.scalar(-1L));
        assertArrayEquals(new float[] {0, 0, 0, 3, 0, 0}, lower.toFloatArray());
    }

    @Test
    void viewsChangeTheShapeOnly() {
        assertEquals(
                Shape.of(1, 2, 3),
                NodeTester.of("Unsqueeze", 13).run(X, longs(0)).shape());
        assertEquals(
                Shape.of(2, 1, 3, 1),
                NodeTester.of("Unsqueeze", 11).ints("axes", -1L, 1L).run(X).shape());
        Tensor ones = Tensor.of(new float[2], 1, 2, 1);
        assertEquals(Shape.of(2), NodeTester.of("Squeeze", 13).run(ones).shape());
        assertEquals(
                Shape.of(1, 2),
                NodeTester.of("Squeeze", 11).ints("axes", -1L).run(ones).shape());
        assertEquals(
                Shape.of(1, 6),
                NodeTester.of("Flatten", 13).with("axis", 0L).run(X).shape());
        assertTrue(message(() -> NodeTester.of("Squeeze", 13).run(X, longs(0)))
                .contains("axis 0 has size 2 and cannot be squeezed"));
    }
}
