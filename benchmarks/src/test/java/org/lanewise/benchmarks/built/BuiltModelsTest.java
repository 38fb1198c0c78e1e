package org.lanewise.benchmarks.built;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.session.Session;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

final class BuiltModelsTest {
    /** The counts are those of the published networks, with the running statistics of their normalizations. */
    @Test
    void mobilenetV2HasTheLayersAndParametersOfThePublishedOne() {
        Model model = BuiltModels.build("built:mobilenetv2");
        assertEquals(3_504_872 + 34_112, parameters(model));
        Map<String, Long> operators = operators(model);
        assertEquals(52, operators.get("Conv"));
        assertEquals(35, operators.get("Clip"));
        assertEquals(10, operators.get("Add"));
    }

    @Test
    void resnet50HasTheLayersAndParametersOfThePublishedOne() {
        Model model = BuiltModels.build("built:resnet50");
        assertEquals(25_557_032 + 53_120, parameters(model));
        Map<String, Long> operators = operators(model);
        assertEquals(53, operators.get("Conv"));
        assertEquals(53, operators.get("BatchNormalization"));
        assertEquals(16, operators.get("Add"));
    }

    @Test
    void bertLayersHaveTheNodesThatExportersWrite() {
        Map<String, Long> one = operators(new Bert(1, 16, 2, 50, 4).model(Weights.of(1, Mask.NONE)));
        Map<String, Long> two = operators(new Bert(2, 16, 2, 50, 4).model(Weights.of(1, Mask.NONE)));
        assertEquals(8, two.get("MatMul") - one.get("MatMul"));
        assertEquals(1, two.get("Softmax") - one.get("Softmax"));
        assertEquals(1, two.get("Erf") - one.get("Erf"));
        assertEquals(4, two.get("ReduceMean") - one.get("ReduceMean"));
        assertEquals(4, two.get("Transpose") - one.get("Transpose"));
        assertEquals(4, two.get("Reshape") - one.get("Reshape"));
    }

    @Test
    void bertRunsTheSameRawAndOptimized() {
        Model model = new Bert(2, 16, 2, 50, 4).model(Weights.of(1, Mask.NONE));
        assertSame(model, "last_hidden_state");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "conv:8,16,3,2,9",
                "conv:6,6,5,1,7,6*3",
                "conv:8,8,1,1,5-sparse50",
                "conv:8,12,1,1,5*4-normal",
                "gemm:3,5,7"
            })
    void layersRunTheSameRawAndOptimized(String name) {
        Model model = BuiltModels.build(name);
        assertSame(model, model.graph().outputs().getFirst().name());
    }

    @Test
    void sparseModelsHaveThatManyZeros() {
        assertEquals(0.9, zeros(weights("gemm:1,100,100-sparse90", "B")), 0.02);
    }

    @Test
    void blocksOfChannelsShareTheirZeros() {
        float[] products = weights("gemm:1,20,64-sparse70x4", "B");
        float[] filters = weights("conv:32,12,3,1,5-sparse70x4", "conv0.weight");
        for (int i = 0; i < 64; i++) {
            for (int n = 0; n < 20; n++) {
                assertEquals(products[i * 20 + n / 4 * 4] == 0, products[i * 20 + n] == 0);
            }
        }
        for (int i = 0; i < 32 * 9; i++) {
            for (int m = 0; m < 12; m++) {
                assertEquals(filters[m / 4 * 4 * 32 * 9 + i] == 0, filters[m * 32 * 9 + i] == 0);
            }
        }
        assertEquals(0.7, zeros(products), 0.1);
        assertEquals(0.7, zeros(filters), 0.1);
    }

    @Test
    void ofFourInputsInARowTwoAreZero() {
        float[] products = weights("gemm:1,5,16-2of4", "B");
        float[] filters = weights("conv:8,3,3,1,5-2of4", "conv0.weight");
        for (int n = 0; n < 5; n++) {
            for (int from = 0; from < 16; from += 4) {
                int zeros = 0;
                for (int k = from; k < from + 4; k++) {
                    zeros += products[k * 5 + n] == 0 ? 1 : 0;
                }
                assertEquals(2, zeros);
            }
        }
        for (int m = 0; m < 3; m++) {
            for (int tap = 0; tap < 9; tap++) {
                int zeros = 0;
                for (int c = 4; c < 8; c++) {
                    zeros += filters[(m * 8 + c) * 9 + tap] == 0 ? 1 : 0;
                }
                assertEquals(2, zeros);
            }
        }
        assertEquals(0.5, zeros(products));
        assertEquals(0.25, zeros(weights("gemm:1,5,16-3of4", "B")));
    }

    private static float[] weights(String name, String initializer) {
        Initializer weights = BuiltModels.build(name).graph().initializers().get(initializer);
        return weights.tensor().toFloatArray();
    }

    private static double zeros(float[] weights) {
        int zeros = 0;
        for (float value : weights) {
            zeros += value == 0 ? 1 : 0;
        }
        return (double) zeros / weights.length;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "built:nothing",
                "conv:1,2",
                "gemm:1,2,x",
                "conv:8,16,3,1,9*3",
                "gemm:1,8,8-4of2",
                "gemm:1,8,8-sparse50x0"
            })
    void refusesWhatItCannotBuild(String name) {
        assertThrows(IllegalArgumentException.class, () -> BuiltModels.build(name));
    }

    private static void assertSame(Model model, String output) {
        SessionOptions options = SessionOptions.DEFAULT.withThreads(1);
        try (Session raw = Session.open(model, options.raw());
                Session optimized = Session.open(model, options)) {
            var inputs = raw.sampleInputs(Map.of());
            Tensor expected = raw.run(inputs).get(output);
            double sum = 0;
            for (float value : expected.toFloatArray()) {
                sum += Math.abs(value);
            }
            assertTrue(sum / expected.size() > 0.01 && sum / expected.size() < 100, "mean " + sum / expected.size());
            assertArrayEquals(
                    expected.toFloatArray(), optimized.run(inputs).get(output).toFloatArray(), 1e-4f);
        }
    }

    private static long parameters(Model model) {
        return model.graph().initializers().values().stream()
                .filter(value -> value.shape().rank() > 0)
                .mapToLong(value -> value.shape().size())
                .sum();
    }

    private static Map<String, Long> operators(Model model) {
        return model.graph().nodes().stream().collect(Collectors.groupingBy(Node::opType, Collectors.counting()));
    }
}
