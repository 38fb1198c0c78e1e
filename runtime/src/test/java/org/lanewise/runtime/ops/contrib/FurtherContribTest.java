package org.lanewise.runtime.ops.contrib;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/** Operators of {@code com.microsoft} beside those of networks: small ones by hand. */
class FurtherContribTest {
    private static void fails(String expected, NodeModel model) {
        String message = assertThrows(InferenceException.class, model::run).getMessage();
        assertTrue(message.contains(expected), message);
    }

    private static float[] values(Random random, int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = random.nextFloat(-2, 2);
        }
        return values;
    }

    @Property(tries = 50)
    void aBiasIsGatedAsPlainLoopsDo(@ForAll long seed) {
        Random random = new Random(seed);
        int batch = 1 + random.nextInt(2);
        int rows = 1 + random.nextInt(4);
        int heads = 1 + random.nextInt(3);
        int size = 1 + random.nextInt(5);
        int columns = 2 * (1 + random.nextInt(4));
        float[] q = values(random, batch * rows * heads * size);
        float[] added = values(random, heads * size);
        float[] positions = values(random, heads * rows * rows);
        float[] weight = values(random, size * columns);
        float[] bias = values(random, columns);
        float[] factor = values(random, heads);
        float[] y = NodeModel.contrib("GatedRelativePositionBias")
                .with("num_heads", heads)
                .threads(1 + random.nextInt(2))
                .input(Tensor.of(q, batch, rows, heads * size))
                .input(Tensor.of(added, heads * size))
                .input(Tensor.of(positions, 1, heads, rows, rows))
                .input(Tensor.of(weight, size, columns))
                .input(Tensor.of(bias, columns))
                .input(Tensor.of(factor, 1, heads, 1, 1))
                .run()
                .getFirst()
                .toFloatArray();
        for (int i = 0; i < y.length; i++) {
            int key = i % rows;
            int row = i / rows % rows;
            int h = i / rows / rows % heads;
            int n = i / rows / rows / heads;
            double[] gates = new double[2];
            for (int d = 0; d < columns; d++) {
                double sum = bias[d];
                for (int c = 0; c < size; c++) {
                    int at = h * size + c;
                    sum += (q[(n * rows + row) * heads * size + at] + added[at]) * weight[c * columns + d];
                }
                gates[d / (columns / 2)] += sum;
            }
            double u = 1 / (1 + Math.exp(-gates[0]));
            double r = 1 / (1 + Math.exp(-gates[1]));
            double expected = (u * (r * factor[h] - 1) + 2) * positions[(h * rows + row) * rows + key];
            assertEquals(expected, y[i], 1e-4);
        }
    }

    private static NodeModel gated() {
        return NodeModel.contrib("GatedRelativePositionBias")
                .with("num_heads", 1)
                .input(Tensor.of(new float[2], 1, 1, 2))
                .input(Tensor.of(new float[2]))
                .input(Tensor.of(new float[1], 1, 1, 1, 1));
    }

    @Test
    void gatesSayWhatIsWrong() {
        fails(
                "weight [2,3]",
                gated().input(Tensor.of(new float[6], 2, 3))
                        .input(Tensor.of(new float[3]))
                        .input(Tensor.of(new float[1], 1, 1, 1, 1)));
        fails(
                "input token_offset",
                gated().input(Tensor.of(new float[4], 2, 2))
                        .input(Tensor.of(new float[2]))
                        .input(Tensor.of(new float[1], 1, 1, 1, 1))
                        .input(Tensor.of(new int[1], 1, 1)));
    }

    /** Results of ONNX Runtime 1.29.0. */
    @Test
    void hashesTexts() {
        Tensor texts = Tensor.of(new String[] {"", "a", "abcd", "\u00e4\u20ac!"}, 4);
        NodeModel model = NodeModel.contrib("MurmurHash3").input(texts);
        Tensor y = model.run().getFirst();
        assertEquals(DataType.UINT32, y.type());
        assertArrayEquals(new long[] {0, 1009084850, 1139631978, 1723038603}, y.toLongArray());
        long negative = NodeModel.contrib("MurmurHash3")
                .with("positive", 0)
                .with("seed", 1)
                .input(Tensor.of(new String[] {""}, 1))
                .run()
                .getFirst()
                .getLong(0);
        assertEquals(1364076727, negative);
        fails("no", NodeModel.contrib("MurmurHash3").input(Tensor.of(new boolean[1], 1)));
    }

    @Test
    void everyNanIsOneOfItsOwn() {
        List<Tensor> out = NodeModel.contrib("Unique")
                .outputs(3)
                .input(Tensor.of(new float[] {Float.NaN, -0f, 2, Float.NaN, 0}))
                .run();
        assertArrayEquals(new float[] {Float.NaN, -0f, 2, Float.NaN}, out.get(0).toFloatArray());
        assertArrayEquals(new long[] {0, 1, 2, 3, 1}, out.get(1).toLongArray());
        assertArrayEquals(new long[] {1, 2, 1, 1}, out.get(2).toLongArray());
        fails("expected rank 1", NodeModel.contrib("Unique").input(Tensor.of(new float[4], 2, 2)));
    }

    private static NodeModel crop(int image, int height) {
        return NodeModel.contrib("CropAndResize")
                .with("extrapolation_value", 7f)
                .input(Tensor.of(new float[] {0, 1, 2, 3}, 1, 1, 2, 2))
                .input(Tensor.of(new float[] {0, 0, 1, 1.5f}, 1, 4))
                .input(Tensor.of(new int[] {image}))
                .input(Tensor.of(new int[] {height, 3}));
    }

    @Test
    void boxesReachOutside() {
        assertArrayEquals(new float[] {1, 1.75f, 7}, crop(0, 1).run().getFirst().toFloatArray());
        assertArrayEquals(
                new float[] {0, 0.75f, 7, 2, 2.75f, 7},
                crop(0, 2).run().getFirst().toFloatArray());
        fails("batch_indices has 1, expected 0 to 0", crop(1, 1));
        fails("expected two sizes of at least 1", crop(0, 0));
        fails("mode is 'cubic'", crop(0, 1).with("mode", "cubic"));
    }

    @Test
    void windowsOverlap() {
        Tensor x = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 2, 4);
        NodeModel rows = NodeModel.contrib("UnfoldTensor").with("size", 3).input(x);
        Tensor y = rows.run().getFirst();
        assertEquals(Shape.of(2, 2, 3), y.shape());
        assertArrayEquals(new float[] {0, 1, 2, 1, 2, 3, 4, 5, 6, 5, 6, 7}, y.toFloatArray());
        fails(
                "a window of 3 does not fit axis 0",
                NodeModel.contrib("UnfoldTensor").with("size", 3).with("dim", 0).input(x));
        fails(
                "step 0",
                NodeModel.contrib("UnfoldTensor")
                        .with("size", 1)
                        .with("step", 0)
                        .input(x));
    }

    @Test
    void namesWhatItDoesNotDo() {
        fails(
                "'bicubic' with padding_mode 'border'",
                NodeModel.contrib("GridSample")
                        .with("mode", "bicubic")
                        .with("padding_mode", "border")
                        .input(Tensor.of(new float[1], 1, 1, 1, 1))
                        .input(Tensor.of(new float[2], 1, 1, 1, 2)));
        for (String name : List.of("ndim", "dilation", "channels_last", "state_window")) {
            fails(
                    "attribute '" + name + "' other than",
                    NodeModel.contrib("CausalConvWithState")
                            .with(name, 2)
                            .input(Tensor.of(new float[1], 1, 1, 1))
                            .input(Tensor.of(new float[1], 1, 1, 1)));
        }
        for (String name :
                List.of("BeamSearch", "GreedySearch", "SparseAttention", "DecoderMaskedMultiHeadAttention")) {
            fails(name, NodeModel.contrib(name).input(Tensor.of(new float[1])));
        }
        fails(
                "axis",
                NodeModel.contrib("ExpandDims")
                        .input(Tensor.of(new float[1]))
                        .input(Tensor.of(new int[] {3}).reshape(Shape.scalar())));
    }
}
