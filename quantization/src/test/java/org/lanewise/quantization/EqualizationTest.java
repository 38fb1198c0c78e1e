package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.Tensor;

class EqualizationTest {
    /** Convolution, depthwise convolution, convolution, as in MobileNet; then flattened into a product. */
    private static Model chain(long seed) {
        Random random = new Random(seed);
        float[] w1 = Models.gaussian(random, 4 * 27, 0.3);
        for (int i = 0; i < w1.length; i++) {
            int channel = i / 27;
            w1[i] *= (float) Math.pow(4, channel - 1.5);
        }
        return new Models(13)
                .conv("c1", "x", w1, Models.gaussian(random, 4, 1), 3, 1)
                .node("Relu", "r1", "c1")
                .conv("c2", "r1", Models.gaussian(random, 36, 1), Models.gaussian(random, 4, 1), 4, 4)
                .node("LeakyRelu", "r2", "c2")
                .node(
                        "AveragePool",
                        "p2",
                        Map.of(
                                "kernel_shape",
                                new Attribute.IntsValue(new long[] {4, 4}),
                                "strides",
                                new Attribute.IntsValue(new long[] {4, 4})),
                        "r2")
                .node("Flatten", "f", "p2")
                .constant("w", Tensor.of(Models.gaussian(random, 16 * 5, 1), 16, 5))
                .node("MatMul", "y", "f", "w")
                .build(new long[] {-1, 3, 8, 8}, 2);
    }

    @Property(tries = 20)
    void theModelComputesTheSame(@ForAll long seed) {
        Model model = chain(seed);
        Equalization.Result result = Equalization.apply(model);
        assertEquals(List.of("c1_node and c2_node", "c2_node and y_node"), result.pairs());
        assertTrue(Models.sqnr(model, result.model(), Models.samples(seed, 2, 2, 3, 8, 8)) > 100);
    }

    @Test
    void rangesOfBothLayersBecomeEqual() {
        Model model = new Models(13)
                .constant("w1", Tensor.of(new float[] {8, 1, -2, 0.5f}, 2, 2))
                .constant("b1", Tensor.of(new float[] {4, 1}))
                .node("MatMul", "p", "x", "w1")
                .node("Add", "a", "p", "b1")
                .node("Relu", "r", "a")
                .constant("w2", Tensor.of(new float[] {2, 1, 0.25f, 4}, 2, 2))
                .node("MatMul", "y", "r", "w2")
                .build(new long[] {-1, 2}, 2);
        Model even = Equalization.apply(model).model();
        // s = sqrt(8 / 2) = 2 and sqrt(1 / 4) = 1/2
        assertArrayEquals(new float[] {4, 2, -1, 1}, constant(even, "w1"));
        assertArrayEquals(new float[] {2, 2}, constant(even, "b1"));
        assertArrayEquals(new float[] {4, 2, 0.125f, 2}, constant(even, "w2"));
    }

    @Test
    void whatSomebodyElseReadsIsLeftAlone() {
        Model model = new Models(13)
                .constant("w1", Tensor.of(new float[] {8, 1, -2, 0.5f}, 2, 2))
                .node("MatMul", "p", "x", "w1")
                .constant("w2", Tensor.of(new float[] {2, 1, 0.25f, 4}, 2, 2))
                .node("MatMul", "q", "p", "w2")
                .node("Add", "y", "p", "q")
                .build(new long[] {-1, 2}, 2);
        assertEquals(List.of(), Equalization.apply(model).pairs());
    }

    private static float[] constant(Model model, String name) {
        return model.graph().initializers().get(name).tensor().toFloatArray();
    }
}
