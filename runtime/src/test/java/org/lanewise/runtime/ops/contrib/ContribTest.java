package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class ContribTest {
    private static NodeModel ms(String op) {
        return NodeModel.of("com.microsoft", op, 1);
    }

    private static float[] floats(NodeModel model) {
        return model.run().getFirst().toFloatArray();
    }

    private static FloatTensor random(int seed, int... dims) {
        Random random = new Random(seed);
        float[] values = new float[Shape.of(dims).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat() - 0.5f;
        }
        return Tensor.of(values, dims);
    }

    @Test
    void activationsWithABias() {
        Tensor x = Tensor.of(new float[] {-1, 0, 1, 2}, 2, 2);
        Tensor bias = Tensor.of(new float[] {1, -1});
        assertArrayEquals(
                new float[] {0, -0.158655f, 1.9544997f, 0.841345f},
                floats(ms("BiasGelu").input(x).input(bias)),
                1e-5f);
        assertArrayEquals(
                new float[] {0, -0.158808f, 1.954597f, 0.841192f},
                floats(ms("FastGelu").input(x).constant(bias)),
                1e-5f);
        assertArrayEquals(
                new float[] {-0.158808f, 0, 0.841192f, 1.954597f},
                floats(ms("FastGelu").input(x)),
                1e-5f);
        float sigmoid = (float) (1 / (1 + Math.exp(-2)));
        assertArrayEquals(
                new float[] {sigmoid - 1, 0, sigmoid, 2 / (1 + (float) Math.exp(-4))},
                floats(ms("QuickGelu").with("alpha", 2f).input(x)),
                1e-5f);
        NodeModel wrong = ms("BiasGelu").input(x).input(Tensor.of(new float[3]));
        assertTrue(
                assertThrows(InferenceException.class, wrong::run).getMessage().contains("bias has shape [3]"));
    }

    @Test
    void normalizesASum() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 4, 6}, 1, 3, 2);
        Tensor skip = Tensor.of(new float[] {0, 1, 1, 0, 0, 0}, 3, 2);
        Tensor gamma = Tensor.of(new float[] {1, 2});
        Tensor beta = Tensor.of(new float[] {0, 10});
        Tensor bias = Tensor.of(new float[] {0, 1});
        List<Tensor> out = ms("SkipLayerNormalization")
                .outputs(1)
                .input(x)
                .input(skip)
                .input(gamma)
                .input(beta)
                .input(bias)
                .run();
        // sums 1 4, 4 5, 4 7: each row becomes -1 and 1
        assertArrayEquals(new float[] {-1, 12, -1, 12, -1, 12}, out.getFirst().toFloatArray(), 1e-5f);
        Tensor row = Tensor.of(new float[] {3, 4}, 1, 2);
        NodeModel rms = ms("SkipSimplifiedLayerNormalization")
                .input(row)
                .input(Tensor.of(new float[2], 1, 2))
                .input(gamma);
        float root = (float) Math.sqrt(12.5);
        assertArrayEquals(new float[] {3 / root, 8 / root}, floats(rms), 1e-5f);
        assertArrayEquals(
                new float[] {3 / root, 8 / root},
                floats(NodeModel.of("SimplifiedLayerNormalization", 1)
                        .input(row)
                        .input(gamma)),
                1e-5f);
    }

    @Test
    void embedsAndNormalizes() {
        NodeModel model = ms("EmbedLayerNormalization")
                .outputs(2)
                .input(Tensor.of(new int[] {1, 0}, 1, 2))
                .input(Tensor.of(new int[] {0, 1}, 1, 2))
                .constant(Tensor.of(new float[] {0, 0, 1, 5}, 2, 2))
                .constant(Tensor.of(new float[] {0, 0, 1, 0}, 2, 2))
                .constant(Tensor.of(new float[] {0, 0, 2, 1}, 2, 2))
                .constant(Tensor.of(new float[] {1, 1}))
                .constant(Tensor.of(new float[] {0, 10}))
                .input(Tensor.of(new int[] {1, 0}, 1, 2));
        List<Tensor> out = model.run();
        assertEquals("float[1,2,2]", out.get(0).toString());
        // sums 1 5 and 0+1+2 0+0+1
        assertArrayEquals(new float[] {-1, 11, 1, 9}, out.get(0).toFloatArray(), 1e-5f);
        assertArrayEquals(new long[] {1}, out.get(1).toLongArray());
    }

    @Test
    void productsOfTransposedMatrices() {
        Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 3, 2);
        Tensor b = Tensor.of(new float[] {1, 0, 2, 0, 1, 1}, 2, 3);
        float[] expected = {2 * (1 + 10), 2 * (3 + 5), 2 * (2 + 12), 2 * (4 + 6)};
        for (boolean constant : new boolean[] {true, false}) {
            NodeModel model = ms("FusedMatMul")
                    .with("transA", 1)
                    .with("transB", 1)
                    .with("alpha", 2f)
                    .input(a);
            Tensor y = (constant ? model.constant(b) : model.input(b)).run().getFirst();
            assertEquals("float[1,2,2]", y.toString());
            assertArrayEquals(expected, y.toFloatArray());
        }
        NodeModel gemm = ms("FusedGemm").with("activation", "LeakyRelu").with("activation_alpha", 0.5f);
        gemm.input(Tensor.of(new float[] {1, -1}, 2, 1))
                .constant(Tensor.of(new float[] {2, -4}, 1, 2))
                .input(Tensor.of(new float[] {1, 0}));
        assertArrayEquals(new float[] {3, -2, -0.5f, 4}, floats(gemm));
    }

    private static NodeModel onnxAttention() {
        return NodeModel.of("Attention", 23).with("q_num_heads", 2).with("kv_num_heads", 2);
    }

    @Test
    void headsOfSeparateInputs() {
        FloatTensor q = random(1, 2, 3, 8);
        FloatTensor k = random(2, 2, 5, 8);
        FloatTensor v = random(3, 2, 5, 4);
        Tensor plain = onnxAttention().input(q).input(k).input(v).run().getFirst();
        assertArrayEquals(
                plain.toFloatArray(),
                floats(ms("MultiHeadAttention")
                        .with("num_heads", 2)
                        .input(q)
                        .input(k)
                        .input(v)),
                1e-6f);
        // Padding of the second sequence, by its length and as a mask
        float[] added = new float[2 * 5];
        added[8] = -10000;
        added[9] = -10000;
        float[] masked = onnxAttention()
                .input(q)
                .input(k)
                .input(v)
                .input(Tensor.of(added, 2, 1, 1, 5))
                .run()
                .getFirst()
                .toFloatArray();
        for (Tensor mask :
                List.of(Tensor.of(new int[] {5, 3}), Tensor.of(new int[] {1, 1, 1, 1, 1, 1, 1, 1, 0, 0}, 2, 5))) {
            NodeModel model = ms("MultiHeadAttention")
                    .with("num_heads", 2)
                    .input(q)
                    .input(k)
                    .input(v)
                    .absent()
                    .input(mask);
            assertArrayEquals(masked, floats(model), 1e-6f);
        }
        // A bias moves Q, K and V
        float[] bias = new float[20];
        Arrays.fill(bias, 16, 20, 1);
        float[] moved = floats(ms("MultiHeadAttention")
                .with("num_heads", 2)
                .input(q)
                .input(k)
                .input(v)
                .constant(Tensor.of(bias)));
        for (int i = 0; i < moved.length; i++) {
            assertEquals(plain.getDouble(i) + 1, moved[i], 1e-5);
        }
    }

    @Test
    void thePastComesBeforeTheKeys() {
        FloatTensor q = random(1, 1, 2, 4);
        FloatTensor k = random(2, 1, 2, 4);
        FloatTensor v = random(3, 1, 2, 4);
        FloatTensor pastKey = random(4, 1, 2, 3, 2);
        FloatTensor pastValue = random(5, 1, 2, 3, 2);
        List<Tensor> expected = onnxAttention()
                .with("is_causal", 1)
                .outputs(3)
                .input(q)
                .input(k)
                .input(v)
                .absent()
                .input(pastKey)
                .input(pastValue)
                .run();
        List<Tensor> actual = ms("MultiHeadAttention")
                .with("num_heads", 2)
                .with("unidirectional", 1)
                .outputs(3)
                .input(q)
                .input(k)
                .input(v)
                .absent()
                .absent()
                .absent()
                .input(pastKey)
                .input(pastValue)
                .run();
        for (int i = 0; i < 3; i++) {
            assertEquals(expected.get(i).toString(), actual.get(i).toString());
            assertArrayEquals(expected.get(i).toFloatArray(), actual.get(i).toFloatArray(), 1e-6f);
        }
    }

    /** Keys that a graph concatenates itself come before the only query, whatever {@code unidirectional} says. */
    @Test
    void aSingleQueryAttendsAllKeys() {
        FloatTensor q = random(1, 2, 1, 6);
        FloatTensor kv = random(2, 2, 5, 6);
        float[] expected = floats(onnxAttention().input(q).input(kv).input(kv));
        for (int unidirectional = 0; unidirectional < 2; unidirectional++) {
            NodeModel model = ms("MultiHeadAttention")
                    .with("num_heads", 2)
                    .with("unidirectional", unidirectional)
                    .input(q)
                    .input(kv)
                    .input(kv);
            assertArrayEquals(expected, floats(model), 1e-6f);
        }
    }

    @Test
    void keysAndValuesOfTwoSizesHaveNoPresent() {
        for (int outputs = 1; outputs <= 2; outputs++) {
            NodeModel model = ms("Attention")
                    .with("num_heads", 2)
                    .with("qkv_hidden_sizes", new long[] {4, 4, 6})
                    .outputs(outputs)
                    .input(random(1, 2, 3, 4))
                    .constant(random(2, 4, 14))
                    .constant(random(3, 14));
            if (outputs == 1) {
                assertEquals("float[2,3,6]", model.run().getFirst().toString());
                continue;
            }
            String message = assertThrows(InferenceException.class, model::run).getMessage();
            assertTrue(message.contains("keys and values of one size, but qkv_hidden_sizes is [4, 4, 6]"), message);
        }
    }

    @Test
    void packedInputs() {
        FloatTensor packed = random(1, 1, 3, 2, 3, 4);
        float[][] parts = new float[3][3 * 8];
        for (int i = 0; i < 72; i++) {
            parts[i / 4 % 3][i / 12 * 4 + i % 4] = packed.get(i);
        }
        float[] expected = floats(onnxAttention()
                .input(Tensor.of(parts[0], 1, 3, 8))
                .input(Tensor.of(parts[1], 1, 3, 8))
                .input(Tensor.of(parts[2], 1, 3, 8)));
        assertArrayEquals(
                expected, floats(ms("MultiHeadAttention").with("num_heads", 2).input(packed)), 1e-6f);
    }

    @Test
    void attentionProjectsItsInput() {
        FloatTensor x = random(1, 2, 3, 4);
        // W is three identities, so that Q = K = V = x + bias
        float[] w = new float[4 * 12];
        for (int i = 0; i < 4; i++) {
            w[12 * i + i] = 1;
            w[12 * i + 4 + i] = 1;
            w[12 * i + 8 + i] = 1;
        }
        float[] same = floats(onnxAttention().input(x).input(x).input(x));
        for (boolean constant : new boolean[] {true, false}) {
            NodeModel model = ms("Attention").with("num_heads", 2).outputs(2).input(x);
            Tensor weights = Tensor.of(w, 4, 12);
            (constant ? model.constant(weights) : model.input(weights)).constant(Tensor.of(new float[12]));
            List<Tensor> out = model.run();
            assertArrayEquals(same, out.get(0).toFloatArray(), 1e-6f);
            assertEquals("float[2,2,2,3,2]", out.get(1).toString());
            assertEquals(x.get(2), out.get(1).getDouble(6)); // head 1, row 0, of the first sequence's keys
        }
        NodeModel causal = ms("Attention")
                .with("num_heads", 2)
                .with("unidirectional", 1)
                .input(x)
                .constant(Tensor.of(w, 4, 12));
        assertArrayEquals(
                floats(onnxAttention().with("is_causal", 1).input(x).input(x).input(x)), floats(causal), 1e-6f);
        NodeModel rotary = ms("Attention")
                .with("num_heads", 2)
                .with("do_rotary", 1)
                .input(x)
                .constant(Tensor.of(w, 4, 12));
        assertTrue(assertThrows(InferenceException.class, rotary::run)
                .getMessage()
                .contains("'do_rotary' is not supported"));
    }

    @Test
    void rotatesFromAPosition() {
        Tensor x = Tensor.of(new float[] {1, 0, 1, 0}, 1, 2, 2);
        Tensor cos = Tensor.of(new float[] {1, 0, -1}, 3, 1);
        Tensor sin = Tensor.of(new float[] {0, 1, 0}, 3, 1);
        Tensor first = Tensor.of(new long[] {1});
        float[] expected = {0, 1, -1, 0};
        assertArrayEquals(
                expected,
                floats(ms("RotaryEmbedding").input(x).input(first).constant(cos).constant(sin)),
                1e-6f);
        Tensor each = Tensor.of(new long[] {1, 2}, 1, 2);
        assertArrayEquals(
                expected,
                floats(ms("RotaryEmbedding")
                        .with("num_heads", 1)
                        .input(x)
                        .input(each)
                        .constant(cos)
                        .constant(sin)),
                1e-6f);
    }

    @Test
    void halfPrecisionIsComputedInFloat() {
        short[] half = {Float.floatToFloat16(-1), Float.floatToFloat16(2)};
        Tensor x = Tensor.wrap(DataType.FLOAT16, Shape.of(1, 2), half, 0);
        Tensor y = ms("QuickGelu").with("alpha", 1f).input(x).run().getFirst();
        assertEquals("float16[1,2]", y.toString());
        assertEquals(2 / (1 + Math.exp(-2)), y.getDouble(1), 1e-3);
        InferenceException error = assertThrows(
                InferenceException.class,
                () -> ms("QuickGelu").input(Tensor.of(new double[] {1}, 1, 1)).run());
        assertTrue(error.getMessage().contains("input 0 is double"), error.getMessage());
    }
}
