package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.ops.RecordedCase;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Operators of language models: against results of ONNX Runtime 1.29.0 on seeded random inputs, and the small ones by hand. */
class LanguageContribTest {
    @ParameterizedTest
    @ValueSource(strings = {"attention", "tables", "experts", "others", "further"})
    void agreesWithRecordedResults(String family) {
        List<RecordedCase> cases = RecordedCase.read(LanguageContribTest.class, "language-" + family + ".txt");
        assertFalse(cases.isEmpty());
        Stream<Executable> checks = cases.stream()
                .flatMap(recorded -> Stream.of(true, false)
                        .map(constants -> () -> assertNull(
                                recorded.difference(recorded.model(constants)
                                        .threads(constants ? 1 : 2)
                                        .run()),
                                recorded::toString)));
        assertAll(checks);
    }

    private static void fails(String expected, NodeModel model) {
        String message = assertThrows(InferenceException.class, model::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    @Test
    void anInverseUndoesItsMatrix() {
        Tensor x = Tensor.of(new float[] {0, 2, 1, 0}, 1, 2, 2);
        assertArrayEquals(
                new float[] {0, 1, 0.5f, 0},
                NodeModel.contrib("Inverse").input(x).run().getFirst().toFloatArray());
        Tensor singular = NodeModel.contrib("Inverse")
                .input(Tensor.of(new float[4], 2, 2))
                .run()
                .getFirst();
        assertFalse(Double.isFinite(singular.getDouble(0)));
        fails("expected square matrices", NodeModel.contrib("Inverse").input(Tensor.of(new float[6], 2, 3)));
    }

    private static NodeModel bnb(int transposed) {
        return NodeModel.contrib("MatMulBnb4")
                .with("K", 16)
                .with("N", 2)
                .with("block_size", 16)
                .with("quant_type", 0)
                .with("transB", transposed);
    }

    /** Codes 3 and 11 of FP4 are 1 and -1: row 0 of B is 1, -1, ..., row 1 the same times 3. */
    @Test
    void fourBitsOfBitsandbytes() {
        byte[] b = new byte[16];
        Arrays.fill(b, (byte) 0x3b);
        float[] ones = new float[16];
        ones[0] = 5;
        ones[3] = 2;
        Tensor bytes = Tensor.wrap(DataType.UINT8, Shape.of(16), b, 0);
        Tensor largest = Tensor.of(new float[] {1, 3});
        NodeModel model = bnb(1).input(Tensor.of(ones, 1, 16)).constant(bytes).constant(largest);
        assertArrayEquals(new float[] {3, 9}, model.run().getFirst().toFloatArray());
        NodeModel plain =
                bnb(0).input(Tensor.of(new float[] {1, 2}, 1, 2)).input(bytes).input(largest);
        float[] y = plain.run().getFirst().toFloatArray();
        assertEquals(16, y.length);
        for (int i = 0; i < 16; i++) {
            assertEquals(i % 2 == 0 ? 7 : -7, y[i]);
        }
        fails(
                "expected 16 bytes and 2 blocks",
                bnb(1).input(Tensor.of(ones, 1, 16)).input(bytes).input(Tensor.of(new float[3])));
        fails(
                "quant_type is 2",
                bnb(1).with("quant_type", 2)
                        .input(Tensor.of(ones, 1, 16))
                        .input(bytes)
                        .input(largest));
    }

    /** Sixteen buckets, four distances of their own each way; from 12 on the last one. */
    @Test
    void distancesShareBuckets() {
        float[] table = new float[32];
        for (int i = 0; i < 32; i++) {
            table[i] = i;
        }
        NodeModel model = NodeModel.contrib("RelativePositionBias")
                .with("max_distance", 16)
                .with("is_bidirectional", 1)
                .input(Tensor.of(table, 16, 2))
                .input(Tensor.of(new long[] {20}))
                .input(Tensor.of(new long[] {20}));
        Tensor y = model.run().getFirst();
        assertEquals("float[1,2,20,20]", y.toString());
        int[] buckets = {0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 6, 6, 7, 7, 7, 7, 7, 7, 7, 7};
        for (int distance = 0; distance < 20; distance++) {
            assertEquals(buckets[distance] + (distance == 0 ? 0 : 8), y.getDouble(distance), "ahead " + distance);
            assertEquals(16 + buckets[distance], y.getDouble(400 + distance * 20), "behind " + distance);
        }
        fails(
                "expected the same number",
                NodeModel.contrib("RelativePositionBias")
                        .with("max_distance", 16)
                        .input(Tensor.of(table, 16, 2))
                        .input(Tensor.of(new long[] {2}))
                        .input(Tensor.of(new long[] {3})));
    }

    @Test
    void poolsOfAnyRankAreThoseOfImages() {
        byte[] bytes = new byte[6 * 7 * 3];
        new Random(1).nextBytes(bytes);
        NodeModel image = NodeModel.contrib("NhwcMaxPool")
                .with("kernel_shape", new long[] {2, 1})
                .input(Tensor.wrap(DataType.INT8, Shape.of(1, 6, 7, 3), bytes, 0));
        NodeModel line = NodeModel.contrib("NhwcMaxPool")
                .with("kernel_shape", new long[] {2})
                .input(Tensor.wrap(DataType.INT8, Shape.of(1, 6, 21), bytes, 0));
        NodeModel volume = NodeModel.contrib("NhwcMaxPool")
                .with("kernel_shape", new long[] {1, 2, 1})
                .input(Tensor.wrap(DataType.INT8, Shape.of(1, 1, 6, 7, 3), bytes, 0));
        long[] expected = image.run().getFirst().toLongArray();
        assertArrayEquals(expected, line.run().getFirst().toLongArray());
        assertArrayEquals(expected, volume.run().getFirst().toLongArray());
        assertEquals(Math.max(bytes[0], bytes[21]), expected[0]);
    }
}
