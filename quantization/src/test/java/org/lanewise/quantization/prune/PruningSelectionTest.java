package org.lanewise.quantization.prune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.quantization.prune.PruningModels.MAGNITUDE;
import static org.lanewise.quantization.prune.PruningModels.SECOND_ORDER;
import static org.lanewise.quantization.prune.PruningModels.network;
import static org.lanewise.quantization.prune.PruningModels.pictures;
import static org.lanewise.quantization.prune.PruningModels.prune;
import static org.lanewise.quantization.prune.PruningModels.weights;
import static org.lanewise.quantization.prune.PruningModels.zeros;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.AccuracyTarget;
import org.lanewise.quantization.LayerSelection;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.Tensor;

/** Which weights are pruned, and what is refused. */
class PruningSelectionTest {
    @Test
    void sharedWeightsArePrunedOnce() {
        Random random = new Random(7);
        Model model = new Models(17)
                .constant("w", Tensor.of(Models.gaussian(random, 64, 0.4), 8, 8))
                .node("MatMul", "h", "x", "w")
                .node("Tanh", "i", "h")
                .node("MatMul", "y", "i", "w")
                .build(new long[] {-1, 8}, 2);
        PruningResult result = prune(model, Models.samples(8, 30, 4, 8), SECOND_ORDER);
        assertEquals(1, result.layers().size());
        assertEquals(32, zeros(weights(result.model(), "w")));
        List<String> inputs = result.model().graph().nodes().stream()
                .map(node -> node.input(1))
                .toList();
        assertEquals("w", inputs.getFirst());
        assertEquals("w", inputs.getLast());
        Model tied = new Models(17)
                .constant("w", Tensor.of(Models.gaussian(random, 64, 1), 8, 8))
                .node("MatMul", "h", "x", "w")
                .node("Add", "i", "h", "w")
                .node("MatMul", "y", "i", "h")
                .build(new long[] {8, 8}, 2);
        Exception e = assertThrows(QuantizationException.class, () -> prune(tied, null, MAGNITUDE));
        assertEquals(
                "no layer is left to prune: h_node stays dense, its weights are used by Add 'i_node', too;"
                        + " include layers by name to prune them all the same",
                e.getMessage());
    }

    @Test
    void someLayersStayDenseUnlessTheyAreNamed() {
        Random random = new Random(11);
        Model model = new Models(17)
                .conv("first", "x", Models.gaussian(random, 64 * 3 * 9, 1), new float[64], 3, 1)
                .conv("depthwise", "first", Models.gaussian(random, 64 * 9, 1), new float[64], 64, 64)
                .conv("inner", "depthwise", Models.gaussian(random, 64 * 64 * 9, 1), new float[64], 64, 1)
                .node("GlobalAveragePool", "p", "inner")
                .node("Flatten", "f", "p")
                .constant("w", Tensor.of(Models.gaussian(random, 64 * 20, 1), 64, 20))
                .node("MatMul", "scores", "f", "w")
                .node("Softmax", "y", "scores")
                .build(new long[] {1, 3, 8, 8}, 2);
        List<String> reasons =
                prune(model, null, PruningOptions.DEFAULT.withMethod(PruningMethod.MAGNITUDE)).layers().stream()
                        .map(PrunedLayer::denseReason)
                        .toList();
        assertEquals(
                List.of(
                        "first convolution, of 3 channels",
                        "has only 576 weights",
                        "",
                        "classifier, with few of all weights"),
                reasons);
        PruningOptions named = PruningOptions.DEFAULT
                .withMethod(PruningMethod.MAGNITUDE)
                .withInclude(new LayerSelection(Set.of("first*"), Set.of()))
                .withExclude(new LayerSelection(Set.of(), Set.of("MatMul")));
        assertEquals(
                List.of("", "has only 576 weights", "", "operator MatMul is excluded"),
                prune(model, null, named).layers().stream()
                        .map(PrunedLayer::denseReason)
                        .toList());
        Exception e = assertThrows(
                QuantizationException.class,
                () -> prune(model, null, named.withInclude(new LayerSelection(Set.of("conv7"), Set.of()))));
        assertTrue(String.valueOf(e.getMessage()).startsWith("no layer to prune is called 'conv7'"), e.getMessage());
    }

    @Test
    void whatCannotBeIsRefused() {
        Model model = network(new Random(1));
        assertMessage("second-order pruning needs calibration data: give real inputs", model, null, SECOND_ORDER);
        assertMessage(
                "bias correction needs calibration data: give real inputs",
                model,
                null,
                MAGNITUDE.withBiasCorrection(true));
        AccuracyTarget loss = new AccuracyTarget(AccuracyTarget.Metric.ACCURACY_LOSS, 1);
        assertMessage("a target needs calibration data: give real inputs", model, null, MAGNITUDE.withTarget(loss));
        assertMessage(
                "a loss of accuracy is measured against labels: give the right classes",
                model,
                pictures(1, 2),
                MAGNITUDE.withTarget(loss));
        assertMessage("there is no calibration data: give at least one sample", model, List.of(), MAGNITUDE);
        List<Map<String, Tensor>> broken = List.of(Map.of("x", Tensor.of(broken(), 1, 8, 6, 6)));
        assertMessage(
                "the input of Conv 'a_node' has NaN or infinite values: does the dense model work on this data?",
                model,
                broken,
                SECOND_ORDER);
        Model activations = new Models(17).node("Relu", "y", "x").build(new long[] {2}, 1);
        assertMessage(
                "the model has nothing to prune: no Conv, Gemm or MatMul with constant fp32 weights of two or more"
                        + " dimensions",
                activations,
                null,
                MAGNITUDE.withInclude(LayerSelection.ALL));
        assertEquals(
                "the sparsity is a share from 0 to below 1, got 90.0",
                assertThrows(IllegalArgumentException.class, () -> MAGNITUDE.withSparsity(90))
                        .getMessage());
        Model strict = new Models(17)
                .constant("w", Tensor.of(new float[] {1}, 1, 1))
                .node("Gemm", "y", Map.of("alpha", new Attribute.FloatValue(2)), "x", "w")
                .build(new long[] {-1, 1}, 2);
        assertEquals(
                1,
                zeros(weights(prune(strict, null, MAGNITUDE.withSparsity(0.9)).model(), "w_scaled")));
    }

    private static float[] broken() {
        float[] values = new float[8 * 36];
        values[100] = Float.NaN;
        return values;
    }

    private static void assertMessage(
            String message, Model model, @Nullable List<Map<String, Tensor>> data, PruningOptions options) {
        Exception e = assertThrows(QuantizationException.class, () -> prune(model, data, options));
        assertEquals(message, e.getMessage());
    }
}
