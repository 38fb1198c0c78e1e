package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Shape;

class WeightsTest {
    private static WeightLayer layer(String opType, int axis, int group, int... dims) {
        Node node = new Node(
                "layer",
                "",
                opType,
                13,
                List.of("x", "w"),
                List.of("y"),
                Map.of("group", new Attribute.IntValue(group)));
        return new WeightLayer(node, Shape.of(dims), axis);
    }

    @Test
    void eachColumnOfAMatrixHasItsScale() {
        Weights weights = Weights.of(layer("MatMul", 1, 1, 2, 2), new float[] {127, 2, -63.5f, 1}, null, true, 1);
        assertArrayEquals(new float[] {1, 2f / 127}, weights.scales());
        assertArrayEquals(new byte[] {127, 127, -64, 64}, weights.values().array());
    }

    @Test
    void oneScaleForAll() {
        Weights weights = Weights.of(layer("MatMul", 1, 1, 2, 2), new float[] {127, 2, -63.5f, 1}, null, false, 1);
        assertArrayEquals(new float[] {1}, weights.scales());
        assertArrayEquals(new byte[] {127, 2, -64, 1}, weights.values().array());
    }

    /** Weights (C, M / group, 1): output channels 0 and 1 come from input channels 0 and 1, 2 and 3 from 2 and 3. */
    @Test
    void channelsOfAGroupedTransposedConvolution() {
        WeightLayer layer = layer("ConvTranspose", 1, 2, 4, 2, 1);
        assertEquals(4, layer.outputs());
        assertEquals(4, layer.inputs());
        int[] outputs = new int[8];
        int[] inputs = new int[8];
        for (int i = 0; i < 8; i++) {
            outputs[i] = layer.outputOf(i);
            inputs[i] = layer.inputOf(i);
        }
        assertArrayEquals(new int[] {0, 1, 0, 1, 2, 3, 2, 3}, outputs);
        assertArrayEquals(new int[] {0, 0, 1, 1, 2, 2, 3, 3}, inputs);
    }

    @Test
    void channelsOfADepthwiseConvolution() {
        WeightLayer layer = layer("Conv", 0, 3, 3, 1, 2, 1);
        assertEquals(3, layer.inputs());
        assertEquals(
                List.of(0, 0, 1, 1, 2, 2),
                java.util.stream.IntStream.range(0, 6).mapToObj(layer::inputOf).toList());
        assertEquals(
                List.of(0, 0, 1, 1, 2, 2),
                java.util.stream.IntStream.range(0, 6).mapToObj(layer::outputOf).toList());
    }

    /** In steps of 1e-10 a bias of 10 would be 10^11, too large for an int32. */
    @Test
    void aLargeBiasRaisesTheScaleOfItsChannel() {
        WeightLayer layer = layer("Gemm", 1, 1, 1, 2);
        float[] bias = {10, 1e-3f};
        Weights weights = Weights.of(layer, new float[] {1.27e-4f, 1.27e-4f}, bias, true, 1e-4f);
        assertEquals(10 / 1e-4 / (1 << 30), weights.scales()[0], 1e-9);
        assertEquals(1e-6f, weights.scales()[1], 1e-12f);
        long[] q = weights.bias(bias, 1e-4f).toLongArray();
        assertEquals(10, q[0] * (double) (weights.scales()[0] * 1e-4f), 1e-5);
        assertEquals(1e-3, q[1] * (double) (weights.scales()[1] * 1e-4f), 1e-9);
    }

    @Test
    void aChannelWithoutWeightsKeepsItsBias() {
        Weights weights = Weights.of(layer("Gemm", 1, 1, 2, 1), new float[2], new float[] {0.3f}, true, 0.05f);
        assertTrue(weights.scales()[0] > 0);
        long q = weights.bias(new float[] {0.3f}, 0.05f).toLongArray()[0];
        assertEquals(0.3, q * (double) (weights.scales()[0] * 0.05f), 1e-6);
        assertEquals(
                1,
                Weights.of(layer("Gemm", 1, 1, 2, 1), new float[2], null, true, 1)
                        .scales()[0]);
    }

    @Property(tries = 100)
    void activationsAreWithinHalfAStep(
            @ForAll @DoubleRange(min = -1e6, max = 0) double low,
            @ForAll @DoubleRange(min = 0, max = 1e6) double high,
            @ForAll @DoubleRange(min = 0, max = 1) double at,
            @ForAll ActivationType type) {
        Parameters p = Parameters.of(new Range(low, high), type);
        double x = low + at * (high - low);
        double back = (p.quantize(x) - p.zeroPoint()) * (double) p.scale();
        assertTrue(p.scale() > 0);
        assertEquals(0, (p.quantize(0) - p.zeroPoint()) * p.scale());
        // The zero point is rounded, so that an end may be off by as much again.
        assertTrue(Math.abs(back - x) <= p.scale() * 1.001 + 1e-9 * Math.abs(x), x + " became " + back);
    }

    @Property(tries = 50)
    void weightsAreWithinHalfAStep(@ForAll long seed, @ForAll boolean perChannel) {
        WeightLayer layer = layer("Conv", 0, 1, 3, 4, 2, 2);
        float[] w = Models.gaussian(new Random(seed), 48, 1);
        Weights weights = Weights.of(layer, w, null, perChannel, 1);
        assertEquals(DataType.INT8, weights.values().type());
        for (int i = 0; i < w.length; i++) {
            float step = weights.scales()[perChannel ? layer.outputOf(i) : 0];
            assertTrue(Math.abs(w[i] - weights.dequantized(layer, i)) <= step * 0.5001);
        }
    }
}
