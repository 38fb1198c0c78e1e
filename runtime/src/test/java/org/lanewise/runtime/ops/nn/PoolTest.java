package org.lanewise.runtime.ops.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class PoolTest {
    /** Rows 1 2 3, 4 5 6, 7 8 9. */
    private static final Tensor SQUARE = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 1, 3, 3);

    private static NodeModel pool(String op) {
        return NodeModel.of(op, 22).with("kernel_shape", new long[] {2, 2});
    }

    @Test
    void maxFindsValuesAndPlaces() {
        List<Tensor> out = pool("MaxPool").outputs(2).input(SQUARE).run();
        assertArrayEquals(new float[] {5, 6, 8, 9}, out.get(0).toFloatArray());
        assertArrayEquals(new long[] {4, 5, 7, 8}, out.get(1).toLongArray());
    }

    @Test
    void columnMajorPlacesCountDownTheColumns() {
        List<Tensor> out = pool("MaxPool")
                .with("storage_order", 1)
                .outputs(2)
                .input(SQUARE)
                .run();
        assertArrayEquals(new long[] {4, 7, 5, 8}, out.get(1).toLongArray());
    }

    @Test
    void maxOfUnsignedBytes() {
        Tensor x = Tensor.wrap(DataType.UINT8, Shape.of(1, 1, 2, 2), new byte[] {1, (byte) 200, 3, 4}, 0);
        assertArrayEquals(new long[] {-56}, longs(pool("MaxPool").input(x).run().getFirst()));
    }

    /** The stored bits of bytes. */
    private static long[] longs(Tensor tensor) {
        byte[] bytes = (byte[]) tensor.storage();
        long[] out = new long[tensor.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = bytes[tensor.offset() + i];
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({"0, 1.0", "1, 0.25"})
    void averageCountsPadsWhenAsked(int include, float first) {
        Tensor y = pool("AveragePool")
                .with("pads", new long[] {1, 1, 0, 0})
                .with("count_include_pad", include)
                .input(SQUARE)
                .run()
                .getFirst();
        assertEquals(first, y.toFloatArray()[0]);
        assertEquals(Shape.of(1, 1, 3, 3), y.shape());
    }

    @Test
    void ceilModeKeepsTheLastPart() {
        Tensor y = pool("MaxPool")
                .with("strides", new long[] {2, 2})
                .with("ceil_mode", 1)
                .input(SQUARE)
                .run()
                .getFirst();
        assertArrayEquals(new float[] {5, 6, 8, 9}, y.toFloatArray());
    }

    @Test
    void normIsTheRootOfTheSumOfPowers() {
        Tensor x = Tensor.of(new float[] {3, -4}, 1, 1, 1, 2);
        Tensor y = NodeModel.of("LpPool", 18)
                .with("kernel_shape", new long[] {1, 2})
                .input(x)
                .run()
                .getFirst();
        assertArrayEquals(new float[] {5}, y.toFloatArray());
        assertArrayEquals(
                new float[] {5},
                NodeModel.of("GlobalLpPool", 2).input(x).run().getFirst().toFloatArray());
        assertArrayEquals(
                new float[] {7},
                NodeModel.of("GlobalLpPool", 1)
                        .with("p", 1f)
                        .input(x)
                        .run()
                        .getFirst()
                        .toFloatArray());
    }

    @Test
    void globalPoolsKeepTheRank() {
        Tensor mean = NodeModel.of("GlobalAveragePool", 1).input(SQUARE).run().getFirst();
        assertEquals(Shape.of(1, 1, 1, 1), mean.shape());
        assertArrayEquals(new float[] {5}, mean.toFloatArray());
        assertArrayEquals(
                new float[] {9},
                NodeModel.of("GlobalMaxPool", 1).input(SQUARE).run().getFirst().toFloatArray());
    }

    @Test
    void unpoolPutsValuesBack() {
        Tensor x = Tensor.of(new float[] {5, 6, 8, 9}, 1, 1, 2, 2);
        Tensor places = Tensor.of(new long[] {5, 7, 13, 15}, 1, 1, 2, 2);
        Tensor y = NodeModel.of("MaxUnpool", 11)
                .with("kernel_shape", new long[] {2, 2})
                .with("strides", new long[] {2, 2})
                .input(x)
                .input(places)
                .run()
                .getFirst();
        float[] expected = new float[16];
        expected[5] = 5;
        expected[7] = 6;
        expected[13] = 8;
        expected[15] = 9;
        assertArrayEquals(expected, y.toFloatArray());
    }

    @ParameterizedTest
    @CsvSource({"MaxPool", "AveragePool"})
    void channelsLastAgrees(String op) {
        float[] first = new float[2 * 20 * 5 * 7];
        float[] last = new float[first.length];
        for (int i = 0; i < first.length; i++) {
            first[i] = (i * 37 % 101) - 50;
            last[i / 700 * 700 + i % 35 * 20 + i / 35 % 20] = first[i];
        }
        Tensor expected = strided(NodeModel.of(op, 22))
                .input(Tensor.of(first, 2, 20, 5, 7))
                .run()
                .getFirst();
        Tensor got = strided(NodeModel.fused(op))
                .input(Tensor.of(last, 2, 5, 7, 20))
                .run()
                .getFirst();
        assertEquals(Shape.of(2, 3, 4, 20), got.shape());
        for (int i = 0; i < expected.size(); i++) {
            int at = i / 240 * 240 + i % 12 * 20 + i / 12 % 20;
            assertEquals(expected.toFloatArray()[i], got.toFloatArray()[at], 1e-4f);
        }
    }

    private static NodeModel strided(NodeModel node) {
        return node.with("kernel_shape", new long[] {3, 3})
                .with("strides", new long[] {2, 2})
                .with("pads", new long[] {1, 1, 1, 1});
    }

    @Test
    void refusesAKernelOfAnotherRank() {
        NodeModel node =
                NodeModel.of("MaxPool", 12).with("kernel_shape", new long[] {2}).input(SQUARE);
        Exception e = assertThrows(InferenceException.class, node::run);
        assertEquals("MaxPool 'node': kernel_shape has 1 values, expected 2", e.getMessage());
    }
}
