package org.lanewise.runtime.ops.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class AttentionTest {
    private static float[] random(int seed, int size) {
        Random random = new Random(seed);
        float[] values = new float[size];
        for (int i = 0; i < size; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return values;
    }

    private static double[] doubles(float[] values) {
        double[] wide = new double[values.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
        }
        return wide;
    }

    @Test
    void aQueryThatFitsAKeyTakesItsValue() {
        Tensor q = Tensor.of(new float[] {100, 0, 0, 100}, 1, 1, 2, 2);
        Tensor k = Tensor.of(new float[] {0, 1, 1, 0}, 1, 1, 2, 2);
        Tensor v = Tensor.of(new float[] {3, 7}, 1, 1, 2, 1);
        Tensor y =
                NodeModel.of("Attention", 23).input(q).input(k).input(v).run().getFirst();
        assertEquals(Shape.of(1, 1, 2, 1), y.shape());
        assertArrayEquals(new float[] {7, 3}, y.toFloatArray());
    }

    @Test
    void aQueryWithoutKeysGetsZeros() {
        Tensor one = Tensor.of(new float[] {1, 1}, 1, 1, 2, 1);
        Tensor mask = Tensor.of(new boolean[] {false, false, true, true}, 2, 2);
        Tensor y = NodeModel.of("Attention", 23)
                .input(one)
                .input(one)
                .input(one)
                .input(mask)
                .run()
                .getFirst();
        assertArrayEquals(new float[] {0, 1}, y.toFloatArray());
    }

    /** The float kernel works in blocks and skips keys; the double one is a plain loop. */
    @ParameterizedTest
    @CsvSource({
        "3, 37, 41, 0, -1, -1, 0",
        "1, 300, 300, 1, -1, -1, 0",
        "2, 130, 600, 0, 7, 3, 0",
        "1, 70, 90, 1, 20, -1, 2.5",
        "1, 1, 17, 0, -1, -1, 0"
    })
    void floatAgreesWithDouble(int share, int queries, int keys, int causal, int left, int right, float softcap) {
        float[] q = random(1, 2 * 2 * share * queries * 8);
        float[] k = random(2, 2 * 2 * keys * 8);
        float[] v = random(3, 2 * 2 * keys * 5);
        float[] mask = random(4, queries * keys);
        int[] shape = {2, 2 * share, queries, 8};
        Tensor expected = attributes(NodeModel.of("Attention", 25), causal, left, right, softcap)
                .input(Tensor.of(doubles(q), shape))
                .input(Tensor.of(doubles(k), 2, 2, keys, 8))
                .input(Tensor.of(doubles(v), 2, 2, keys, 5))
                .input(Tensor.of(doubles(mask), queries, keys))
                .run()
                .getFirst();
        for (int threads = 1; threads <= 2; threads++) {
            Tensor got = attributes(NodeModel.of("Attention", 25), causal, left, right, softcap)
                    .threads(threads)
                    .input(Tensor.of(q, shape))
                    .input(Tensor.of(k, 2, 2, keys, 8))
                    .input(Tensor.of(v, 2, 2, keys, 5))
                    .input(Tensor.of(mask, queries, keys))
                    .run()
                    .getFirst();
            assertArrayEquals(expected.toFloatArray(), got.toFloatArray(), 1e-5f);
        }
    }

    private static NodeModel attributes(NodeModel node, int causal, int left, int right, float softcap) {
        return node.with("is_causal", causal)
                .with("left_window_size", left)
                .with("right_window_size", right)
                .with("softcap", softcap);
    }

    @Test
    void thePastComesBeforeTheKeys() {
        float[] k = random(1, 5 * 4);
        float[] v = random(2, 5 * 4);
        Tensor q = Tensor.of(random(3, 2 * 4), 1, 1, 2, 4);
        Tensor whole = NodeModel.of("Attention", 23)
                .input(q)
                .input(Tensor.of(k, 1, 1, 5, 4))
                .input(Tensor.of(v, 1, 1, 5, 4))
                .run()
                .getFirst();
        List<Tensor> parts = NodeModel.of("Attention", 23)
                .outputs(3)
                .input(q)
                .input(Tensor.of(java.util.Arrays.copyOfRange(k, 12, 20), 1, 1, 2, 4))
                .input(Tensor.of(java.util.Arrays.copyOfRange(v, 12, 20), 1, 1, 2, 4))
                .absent()
                .input(Tensor.of(java.util.Arrays.copyOfRange(k, 0, 12), 1, 1, 3, 4))
                .input(Tensor.of(java.util.Arrays.copyOfRange(v, 0, 12), 1, 1, 3, 4))
                .run();
        assertArrayEquals(whole.toFloatArray(), parts.get(0).toFloatArray());
        assertArrayEquals(k, parts.get(1).toFloatArray());
        assertArrayEquals(v, parts.get(2).toFloatArray());
    }

    @Test
    void refusesHeadsThatDoNotDivide() {
        NodeModel node = NodeModel.of("Attention", 23)
                .input(Tensor.of(new float[3], 1, 3, 1, 1))
                .input(Tensor.of(new float[2], 1, 2, 1, 1))
                .input(Tensor.of(new float[2], 1, 2, 1, 1));
        Exception e = assertThrows(InferenceException.class, node::run);
        assertEquals("Attention 'node': Q has 3 heads, expected a multiple of the 2 heads of K", e.getMessage());
    }

    @Test
    void rotaryTurnsPairs() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 1, 4);
        Tensor cos = Tensor.of(new float[] {0, 1}, 1, 1, 2);
        Tensor sin = Tensor.of(new float[] {1, 0}, 1, 1, 2);
        Tensor halves = NodeModel.of("RotaryEmbedding", 23)
                .input(x)
                .input(cos)
                .input(sin)
                .run()
                .getFirst();
        assertArrayEquals(new float[] {-3, 2, 1, 4}, halves.toFloatArray());
        Tensor neighbours = NodeModel.of("RotaryEmbedding", 23)
                .with("interleaved", 1)
                .input(x)
                .input(cos)
                .input(sin)
                .run()
                .getFirst();
        assertArrayEquals(new float[] {-2, 1, 3, 4}, neighbours.toFloatArray());
    }
}
