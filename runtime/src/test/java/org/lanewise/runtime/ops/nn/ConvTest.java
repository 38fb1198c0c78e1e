package org.lanewise.runtime.ops.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.InferenceException;
import org.lanewise.runtime.ops.NodeModel;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.DoubleTensor;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

class ConvTest {
    private static final Tensor ROW = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4);

    private static FloatTensor random(int seed, int... dims) {
        Random random = new Random(seed);
        FloatTensor tensor = (FloatTensor) Tensor.allocate(DataType.FLOAT, Shape.of(dims));
        for (int i = 0; i < tensor.size(); i++) {
            tensor.array()[i] = random.nextFloat() - 0.5f;
        }
        return tensor;
    }

    /** (N, C, H, W) to (N, H, W, C). */
    private static FloatTensor channelsLast(Tensor tensor) {
        Shape s = tensor.shape();
        float[] in = tensor.toFloatArray();
        float[] out = new float[in.length];
        int pixels = s.dim(2) * s.dim(3);
        for (int i = 0; i < in.length; i++) {
            int image = i / (s.dim(1) * pixels);
            int channel = i / pixels % s.dim(1);
            out[(image * pixels + i % pixels) * s.dim(1) + channel] = in[i];
        }
        return Tensor.of(out, s.dim(0), s.dim(2), s.dim(3), s.dim(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 11, 22})
    void sumsProductsOfAWindow(int opset) {
        Tensor w = Tensor.of(new float[] {1, 10}, 1, 1, 2);
        Tensor y = NodeModel.of("Conv", opset).input(ROW).constant(w).run().getFirst();
        assertEquals(Shape.of(1, 1, 3), y.shape());
        assertArrayEquals(new float[] {21, 32, 43}, y.toFloatArray());
    }

    @Test
    void padsStridesAndDilates() {
        Tensor w = Tensor.of(new float[] {1, 10}, 1, 1, 2);
        Tensor b = Tensor.of(new float[] {100});
        Tensor y = NodeModel.of("Conv", 11)
                .with("pads", new long[] {1, 1})
                .with("strides", new long[] {2})
                .with("dilations", new long[] {2})
                .input(ROW)
                .input(w)
                .input(b)
                .run()
                .getFirst();
        // windows start at -1 and 1: 0*1 + 2*10 and 2*1 + 4*10
        assertArrayEquals(new float[] {120, 142}, y.toFloatArray());
    }

    @ParameterizedTest
    @CsvSource({"SAME_UPPER, 4", "SAME_LOWER, 4", "VALID, 3"})
    void choosesPads(String autoPad, int size) {
        Tensor w = Tensor.of(new float[] {1, 10}, 1, 1, 2);
        Tensor y = NodeModel.of("Conv", 11)
                .with("auto_pad", autoPad)
                .input(ROW)
                .constant(w)
                .run()
                .getFirst();
        assertEquals(size, y.shape().dim(2));
        float first = autoPad.equals("SAME_LOWER") ? 10 : 21;
        assertEquals(first, y.toFloatArray()[0]);
    }

    @Test
    void computesInDouble() {
        Tensor y = NodeModel.of("Conv", 11)
                .input(Tensor.of(new double[] {1e-12, 1}, 1, 1, 2))
                .constant(Tensor.of(new double[] {1, 1}, 1, 1, 2))
                .run()
                .getFirst();
        assertEquals(1 + 1e-12, ((DoubleTensor) y).get(0));
    }

    @ParameterizedTest
    @CsvSource({"1, 3, 1", "2, 3, 1", "6, 3, 2", "1, 1, 1", "3, 5, 1", "6, 3, 1"})
    void bothLayoutsAgree(int group, int kernel, int stride) {
        int channels = 6;
        int filters = 12;
        FloatTensor x = random(1, 2, channels, 9, 11);
        FloatTensor w = random(2, filters, channels / group, kernel, kernel);
        FloatTensor b = random(3, filters);
        Tensor first = conv(NodeModel.of("Conv", 11), group, kernel, stride)
                .input(x)
                .constant(w)
                .constant(b)
                .run()
                .getFirst();
        FloatTensor z = random(4, first.shape().toArray());
        Tensor plain = conv(NodeModel.fused("Conv").with("activation", "relu"), group, kernel, stride)
                .input(x)
                .constant(w)
                .constant(b)
                .input(z)
                .run()
                .getFirst();
        float[] expected = first.toFloatArray();
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Math.max(0, expected[i] + z.get(i));
        }
        assertArrayEquals(expected, plain.toFloatArray(), 1e-5f);
        Tensor last = conv(
                        NodeModel.fused("Conv").with("activation", "relu").with("channels_last", 1),
                        group,
                        kernel,
                        stride)
                .input(channelsLast(x))
                .constant(w)
                .constant(b)
                .input(channelsLast(z))
                .run()
                .getFirst();
        assertArrayEquals(channelsLast(plain).array(), last.toFloatArray(), 1e-5f);
        NodeModel planar = NodeModel.fused("Conv")
                .with("activation", "relu")
                .with("channels_last", 1)
                .with("planar_input", 1);
        Tensor fromPlanar = conv(planar, group, kernel, stride)
                .input(x)
                .constant(w)
                .constant(b)
                .input(channelsLast(z))
                .run()
                .getFirst();
        assertArrayEquals(channelsLast(plain).array(), fromPlanar.toFloatArray(), 1e-5f);
    }

    private static NodeModel conv(NodeModel node, int group, int kernel, int stride) {
        long pad = kernel / 2;
        return node.with("group", group)
                .with("strides", new long[] {stride, stride})
                .with("pads", new long[] {pad, pad, pad, pad});
    }

    @ParameterizedTest
    @CsvSource({"0, 3, 23", "1, 3, 23", "0, 1, 23", "1, 1, 23", "1, 3, 8", "1, 5, 5"})
    void threadsDoNotChangeBits(int channelsLast, int kernel, int size) {
        int width = size + 8;
        FloatTensor x = random(1, channelsLast == 1 ? new int[] {1, size, width, 24} : new int[] {1, 24, size, width});
        FloatTensor w = random(2, 70, 24, kernel, kernel);
        float[][] results = new float[2][];
        for (int threads = 1; threads <= 2; threads++) {
            results[threads - 1] = NodeModel.fused("Conv")
                    .with("channels_last", channelsLast)
                    .threads(threads == 1 ? 1 : 3)
                    .input(x)
                    .constant(w)
                    .run()
                    .getFirst()
                    .toFloatArray();
        }
        assertArrayEquals(results[0], results[1]);
    }

    @Test
    void refusesChannelsThatDoNotFit() {
        NodeModel node = NodeModel.of("Conv", 11)
                .with("group", 4)
                .input(random(1, 1, 64, 8, 8))
                .constant(random(2, 8, 32, 3, 3));
        Exception e = assertThrows(InferenceException.class, node::run);
        assertEquals("Conv 'node': input W has 32 channels, expected C/group = 64/4 = 16", e.getMessage());
    }

    @Test
    void refusesAnUnknownActivation() {
        NodeModel node =
                NodeModel.fused("Conv").with("activation", "sine").input(ROW).constant(ROW);
        Exception e = assertThrows(InferenceException.class, node::run);
        assertEquals(true, e.getMessage().contains("activation 'sine' is not known"), e.getMessage());
    }

    @Test
    void microsoftsFusedConvClips() {
        Tensor y = NodeModel.contrib("FusedConv")
                .with("activation", "Clip")
                .with("activation_params", new float[] {25, 40})
                .input(ROW)
                .constant(Tensor.of(new float[] {1, 10}, 1, 1, 2))
                .run()
                .getFirst();
        assertArrayEquals(new float[] {25, 32, 40}, y.toFloatArray());
    }

    @Test
    void transposedConvolutionSpreads() {
        Tensor y = NodeModel.of("ConvTranspose", 11)
                .with("strides", new long[] {2})
                .input(Tensor.of(new float[] {1, 2}, 1, 1, 2))
                .constant(Tensor.of(new float[] {1, 10, 100}, 1, 1, 3))
                .run()
                .getFirst();
        assertArrayEquals(new float[] {1, 10, 102, 20, 200}, y.toFloatArray());
    }

    @Test
    void bothLayoutsOfTheTransposedConvolutionAgree() {
        FloatTensor x = random(1, 2, 6, 5, 4);
        FloatTensor w = random(2, 6, 4, 3, 3);
        FloatTensor b = random(3, 8);
        NodeModel first = NodeModel.of("ConvTranspose", 11).input(x).constant(w).constant(b);
        NodeModel last = NodeModel.fused("ConvTranspose")
                .with("channels_last", 1)
                .input(channelsLast(x))
                .constant(w)
                .constant(b);
        for (NodeModel node : new NodeModel[] {first, last}) {
            node.with("group", 2)
                    .with("strides", new long[] {2, 1})
                    .with("pads", new long[] {1, 0, 1, 1})
                    .with("output_padding", new long[] {1, 0});
        }
        Tensor expected = first.run().getFirst();
        assertEquals(Shape.of(2, 8, 10, 5), expected.shape());
        assertArrayEquals(channelsLast(expected).array(), last.run().getFirst().toFloatArray(), 1e-5f);
    }
}
