package org.lanewise.runtime.ops.reduce;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.OneNode;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class ReductionTest {
    private static final Tensor X = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

    @Test
    void axesAreAnAttributeThenAnInput() {
        Tensor old = OneNode.of("ReduceSum", 11)
                .with("axes", new long[] {-1})
                .with("keepdims", 0)
                .run(X);
        assertEquals("float[2]", old.toString());
        assertArrayEquals(new float[] {6, 15}, old.toFloatArray());
        Tensor young = OneNode.of("ReduceMean", 18).run(X, Tensor.of(new long[] {0}));
        assertEquals("float[1,3]", young.toString());
        assertArrayEquals(new float[] {2.5f, 3.5f, 4.5f}, young.toFloatArray());
        assertEquals("float[1,1]", OneNode.of("ReduceMax", 18).run(X).toString());
    }

    @Test
    void noAxesMayMeanNothing() {
        Tensor none = Tensor.of(new long[0]);
        assertArrayEquals(
                X.toFloatArray(),
                OneNode.of("ReduceSum", 13)
                        .with("noop_with_empty_axes", 1)
                        .run(X, none)
                        .toFloatArray());
        assertArrayEquals(
                new float[] {1, 4, 9, 16, 25, 36},
                OneNode.of("ReduceSumSquare", 18)
                        .with("noop_with_empty_axes", 1)
                        .run(X)
                        .toFloatArray());
        assertArrayEquals(
                new float[] {21}, OneNode.of("ReduceSum", 13).run(X, none).toFloatArray());
    }

    @Test
    void nothingReducesToTheNeutralElement() {
        Tensor empty = Tensor.of(new float[0], 2, 0);
        Tensor axis = Tensor.of(new long[] {1});
        assertArrayEquals(
                new float[] {0, 0}, OneNode.of("ReduceSum", 13).run(empty, axis).toFloatArray());
        assertArrayEquals(
                new float[] {1, 1},
                OneNode.of("ReduceProd", 18).run(empty, axis).toFloatArray());
        float inf = Float.POSITIVE_INFINITY;
        assertArrayEquals(
                new float[] {-inf, -inf},
                OneNode.of("ReduceMax", 20).run(empty, axis).toFloatArray());
        assertArrayEquals(
                new float[] {-inf, -inf},
                OneNode.of("ReduceLogSumExp", 18).run(empty, axis).toFloatArray());
        Tensor ints = Tensor.of(new int[0], 1, 0);
        assertArrayEquals(
                new long[] {Integer.MAX_VALUE},
                OneNode.of("ReduceMin", 20).run(ints, axis).toLongArray());
        Tensor bits = Tensor.of(new boolean[0], 1, 0);
        assertArrayEquals(
                new long[] {1}, OneNode.of("ReduceMin", 20).run(bits, axis).toLongArray());
    }

    @Test
    void largeExponentsDoNotOverflow() {
        Tensor x = Tensor.of(new float[] {1000, 1000, -1000});
        assertEquals(
                1000 + Math.log(2), OneNode.of("ReduceLogSumExp", 18).run(x).getDouble(0), 1e-3);
    }

    @Test
    void wrongAxesAreNamed() {
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("ReduceSum", 11).with("axes", new long[] {2}).run(X));
        assertTrue(error.getMessage().contains("axis 2 is outside [-2, 1] of rank 2"), error.getMessage());
        error = assertThrows(
                InferenceException.class,
                () -> OneNode.of("ReduceSum", 11)
                        .with("axes", new long[] {0, -2})
                        .run(X));
        assertTrue(error.getMessage().contains("axis -2 is given twice"), error.getMessage());
    }

    @Test
    void extremesAreFoundFromEitherEnd() {
        Tensor x = Tensor.of(new float[] {3, 1, 3, 2}, 1, 4);
        assertArrayEquals(
                new long[] {0}, OneNode.of("ArgMax", 13).with("axis", 1).run(x).toLongArray());
        assertArrayEquals(
                new long[] {2},
                OneNode.of("ArgMax", 13)
                        .with("axis", 1)
                        .with("select_last_index", 1)
                        .run(x)
                        .toLongArray());
        assertEquals(
                "int64[1]",
                OneNode.of("ArgMin", 13)
                        .with("axis", -1)
                        .with("keepdims", 0)
                        .run(x)
                        .toString());
        Tensor unsigned = Tensor.wrap(DataType.UINT64, Shape.of(2), new long[] {-1, 5}, 0);
        assertArrayEquals(new long[] {0}, OneNode.of("ArgMax", 13).run(unsigned).toLongArray());
    }

    @Property(tries = 60)
    void doublesAndFloatsAgreeOverAnyAxes(
            @ForAll @IntRange(max = 15) int marks, @ForAll @IntRange(min = 1, max = 4) int dim) {
        int[] dims = {2, dim, 3, 2};
        float[] floats = new float[12 * dim];
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (i * 37 % 11) / 4f + 0.25f;
            doubles[i] = floats[i];
        }
        long[] axes = LongStream.range(0, 4).filter(i -> (marks >> i & 1) != 0).toArray();
        for (String op :
                new String[] {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp"}) {
            OneNode node = OneNode.of(op, 18).with("noop_with_empty_axes", 1);
            float[] a = node.run(Tensor.of(floats, dims), Tensor.of(axes)).toFloatArray();
            float[] b = node.run(Tensor.of(doubles, dims), Tensor.of(axes)).toFloatArray();
            assertArrayEquals(b, a, 1e-4f, op);
        }
    }
}
