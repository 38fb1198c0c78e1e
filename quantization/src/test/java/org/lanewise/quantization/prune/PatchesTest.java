package org.lanewise.quantization.prune;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.model.WeightLayer;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.GraphEditor;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.Inference;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/** Rows of inputs times rows of weights are what the layer computes. */
class PatchesTest {
    private static void assertRows(Model model, Tensor x, float[] weights) {
        WeightLayer layer = Objects.requireNonNull(WeightLayer.of(
                new GraphEditor(model.graph()),
                Inference.of(model.graph()),
                model.graph().nodes().getFirst()));
        float[] expected = Models.run(model, x);
        int[] rows = {0};
        for (int group = 0; group < layer.group(); group++) {
            WeightMatrix matrix = WeightMatrix.of(layer, weights, group);
            Patches patches = new Patches(layer, group);
            int step = patches.outputStep((FloatTensor) x);
            patches.forEach((FloatTensor) x, 1000, matrix.columns(), (values, from, output) -> {
                for (int row = 0; row < matrix.rows(); row++) {
                    double sum = 0;
                    for (int i = 0; i < matrix.columns(); i++) {
                        sum += (double) values[from + i] * matrix.w()[row * matrix.columns() + i];
                    }
                    assertEquals(expected[output + row * step], sum, 1e-4);
                }
                rows[0] += matrix.rows();
            });
            float[] copy = new float[weights.length];
            matrix.store(layer, copy, group);
            for (int i = 0; i < copy.length / layer.group(); i++) {
                int at = group * (copy.length / layer.group()) + i;
                assertEquals(weights[at], copy[at]);
            }
        }
        assertEquals(expected.length, rows[0]);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 1, 1, NOTSET",
        "2, 2, 1, 0, NOTSET",
        "1, 1, 2, 2, NOTSET",
        "4, 1, 1, 1, NOTSET",
        "1, 2, 1, 0, SAME_UPPER",
        "2, 2, 1, 0, SAME_LOWER",
        "1, 1, 1, 0, VALID"
    })
    void ofConvolutions(int group, int stride, int dilation, int pad, String auto) {
        Random random = new Random(1);
        float[] w = Models.gaussian(random, 8 * 4 / group * 3 * 2, 1);
        Map<String, Attribute> attributes = new HashMap<>();
        attributes.put("group", new Attribute.IntValue(group));
        attributes.put("strides", new Attribute.IntsValue(new long[] {stride, 1}));
        attributes.put("auto_pad", new Attribute.StringValue(auto));
        if (auto.equals("NOTSET")) {
            attributes.put("dilations", new Attribute.IntsValue(new long[] {dilation, dilation}));
            attributes.put("pads", new Attribute.IntsValue(new long[] {pad, 0, pad, 1}));
        }
        Model model = new Models(17)
                .constant("w", Tensor.of(w, 8, 4 / group, 3, 2))
                .node("Conv", "y", attributes, "x", "w")
                .build(new long[] {-1, 4, 9, 6}, 4);
        assertRows(model, Tensor.of(Models.gaussian(random, 2 * 4 * 9 * 6, 1), 2, 4, 9, 6), w);
    }

    @Test
    void ofConvolutionsOverOneAxisAndThree() {
        Random random = new Random(2);
        float[] w = Models.gaussian(random, 2 * 3 * 4, 1);
        Model one = new Models(17)
                .constant("w", Tensor.of(w, 2, 3, 4))
                .node("Conv", "y", "x", "w")
                .build(new long[] {-1, 3, 7}, 3);
        assertRows(one, Tensor.of(Models.gaussian(random, 21, 1), 1, 3, 7), w);
        float[] cube = Models.gaussian(random, 2 * 8, 1);
        Model three = new Models(17)
                .constant("w", Tensor.of(cube, 2, 1, 2, 2, 2))
                .node("Conv", "y", "x", "w")
                .build(new long[] {-1, 1, 3, 4, 5}, 5);
        assertRows(three, Tensor.of(Models.gaussian(random, 60, 1), 1, 1, 3, 4, 5), cube);
    }

    @Test
    void ofProducts() {
        Random random = new Random(3);
        float[] w = Models.gaussian(random, 5 * 3, 1);
        Model product = new Models(17)
                .constant("w", Tensor.of(w, 5, 3))
                .node("MatMul", "y", "x", "w")
                .build(new long[] {-1, -1, 5}, 3);
        assertRows(product, Tensor.of(Models.gaussian(random, 2 * 4 * 5, 1), 2, 4, 5), w);
        Model gemm = new Models(17)
                .constant("w", Tensor.of(w, 3, 5))
                .node("Gemm", "y", Map.of("transB", new Attribute.IntValue(1)), "x", "w")
                .build(new long[] {-1, 5}, 2);
        assertRows(gemm, Tensor.of(Models.gaussian(random, 4 * 5, 1), 4, 5), w);
    }
}
