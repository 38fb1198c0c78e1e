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
        Map<String, Long> one = operators(new Bert(1, 16, 2, 50, 4).model(Weights.of(1, 0)));
        Map<String, Long> two = operators(new Bert(2, 16, 2, 50, 4).model(Weights.of(1, 0)));
        assertEquals(8, two.get("MatMul") - one.get("MatMul"));
        assertEquals(1, two.get("Softmax") - one.get("Softmax"));
        assertEquals(1, two.get("Erf") - one.get("Erf"));
        assertEquals(4, two.get("ReduceMean") - one.get("ReduceMean"));
        assertEquals(4, two.get("Transpose") - one.get("Transpose"));
        assertEquals(4, two.get("Reshape") - one.get("Reshape"));
    }

    @Test
    void bertRunsTheSameRawAndOptimized() {
        Model model = new Bert(2, 16, 2, 50, 4).model(Weights.of(1, 0));
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
        Initializer weights = BuiltModels.build("gemm:1,100,100-sparse90")
                .graph()
                .initializers()
                .get("B");
        int zeros = 0;
        for (float value : weights.tensor().toFloatArray()) {
            zeros += value == 0 ? 1 : 0;
        }
        assertEquals(9000.0, zeros, 200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"built:nothing", "conv:1,2", "gemm:1,2,x", "conv:8,16,3,1,9*3"})
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
