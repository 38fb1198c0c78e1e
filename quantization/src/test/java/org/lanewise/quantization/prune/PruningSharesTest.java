package org.lanewise.quantization.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lanewise.quantization.prune.PruningModels.MAGNITUDE;
import static org.lanewise.quantization.prune.PruningModels.SECOND_ORDER;
import static org.lanewise.quantization.prune.PruningModels.network;
import static org.lanewise.quantization.prune.PruningModels.pictures;
import static org.lanewise.quantization.prune.PruningModels.prune;
import static org.lanewise.quantization.prune.PruningModels.weights;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.AccuracyTarget;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.Tensor;

/** How many zeros each layer gets. */
class PruningSharesTest {
    @Test
    void oneThresholdOrOneShare() {
        Model model = new Models(17)
                .constant("u", Tensor.of(new float[] {1, 2, 3, 4}, 2, 2))
                .node("MatMul", "h", "x", "u")
                .constant("w", Tensor.of(new float[] {10, -20, 3.5f, 40}, 2, 2))
                .node("MatMul", "y", "h", "w")
                .build(new long[] {-1, 2}, 2);
        PruningResult layer = prune(model, null, MAGNITUDE);
        assertArrayEquals(new float[] {0, 0, 3, 4}, weights(layer.model(), "u"));
        assertArrayEquals(new float[] {0, -20, 0, 40}, weights(layer.model(), "w"));
        PruningResult global = prune(model, null, MAGNITUDE.withScope(PruningScope.GLOBAL));
        assertArrayEquals(new float[] {0, 0, 0, 4}, weights(global.model(), "u"));
        assertArrayEquals(new float[] {10, -20, 0, 40}, weights(global.model(), "w"));
        assertEquals("magnitude, unstructured, 50 % over all layers", global.method());
        assertArrayEquals(new float[] {10, -20, 3.5f, 40}, weights(model, "w"));
    }

    @Test
    void asManyZerosAsTheTargetLeaves() {
        Model model = network(new Random(13));
        List<Map<String, Tensor>> data = pictures(13, 30);
        PruningOptions options = SECOND_ORDER
                .withSparsity(0.95)
                .withEvaluationSamples(30)
                .withTarget(new AccuracyTarget(AccuracyTarget.Metric.SQNR, 15));
        PruningResult result = prune(model, data, options);
        double sqnr = Models.sqnr(model, result.model(), data);
        assertTrue(sqnr >= 15, sqnr + " dB");
        assertTrue(result.sparsity() > 0.3, result.toString());
        assertTrue(
                result.notes().getFirst().contains(" layers meet the target: SQNR "),
                result.notes().getFirst());
        assertEquals(3, result.sensitivities().size());
        PruningResult none =
                prune(model, data, options.withTarget(new AccuracyTarget(AccuracyTarget.Metric.SQNR, 300)));
        assertEquals(0, none.pruned());
        assertEquals(List.of("not even the first step of any layer meets the target: nothing is pruned"), none.notes());
        PruningResult fixed = prune(
                model,
                data,
                options.withPattern(SparsityPattern.TWO_OF_FOUR)
                        .withTarget(new AccuracyTarget(AccuracyTarget.Metric.SQNR, 12)));
        assertTrue(Models.sqnr(model, fixed.model(), data) >= 12);
        assertTrue(fixed.pruned() > 0, fixed.toString());
    }

    @Test
    void zerosGoWhereTheyHarmLeast() {
        Model model = network(new Random(15));
        List<Map<String, Tensor>> data = pictures(15, 30);
        PruningOptions options = SECOND_ORDER.withSparsity(0.6).withEvaluationSamples(30);
        PruningResult shared = prune(model, data, options.withScope(PruningScope.GLOBAL));
        assertEquals(0.6, shared.sparsity(), 0.5 / 1200);
        double even = Models.sqnr(
                model, prune(model, data, options.withScope(PruningScope.LAYER)).model(), pictures(16, 20));
        double uneven = Models.sqnr(model, shared.model(), pictures(16, 20));
        assertTrue(uneven > even, even + " and " + uneven + " dB");
    }

    @Test
    void sensitivityGrowsWithTheShare() {
        List<LayerSensitivity> layers = Pruning.sensitivity(
                network(new Random(17)),
                CalibrationData.of(pictures(17, 10)),
                SECOND_ORDER,
                List.of(0.3, 0.6, 0.9),
                Models.ONE_THREAD,
                ProgressListener.NONE);
        assertEquals(
                List.of("a_node", "c_node", "y_node"),
                layers.stream().map(LayerSensitivity::name).toList());
        for (LayerSensitivity layer : layers) {
            List<LayerSensitivity.Point> points = layer.points();
            assertEquals(0.3, points.getFirst().share(), 0.02);
            assertTrue(points.get(0).sqnr() > points.get(1).sqnr(), layer.toString());
            assertTrue(points.get(1).sqnr() > points.get(2).sqnr(), layer.toString());
            assertTrue(Double.isNaN(points.getFirst().lostPoints()));
        }
    }
}
