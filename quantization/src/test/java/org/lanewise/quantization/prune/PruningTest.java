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
import static org.lanewise.quantization.prune.PruningModels.zeros;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.StaticOptions;
import org.lanewise.quantization.StaticQuantization;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

class PruningTest {
    @ParameterizedTest
    @EnumSource
    void secondOrderLosesLess(SparsityPattern pattern) {
        Model model = network(new Random(1));
        List<Map<String, Tensor>> data = pictures(1, 40);
        List<Map<String, Tensor>> other = pictures(2, 20);
        PruningResult plain = prune(model, data, MAGNITUDE.withPattern(pattern));
        PruningResult made =
                prune(model, data, SECOND_ORDER.withScope(PruningScope.LAYER).withPattern(pattern));
        double before = Models.sqnr(model, plain.model(), other);
        double after = Models.sqnr(model, made.model(), other);
        assertTrue(after > before + 3, pattern + ": " + before + " and " + after + " dB");
        assertEquals(0.5, made.sparsity(), 0.03);
        for (int i = 0; i < 3; i++) {
            PrunedLayer layer = made.layers().get(i);
            assertEquals(plain.layers().get(i).zerosAfter(), layer.zerosAfter(), pattern.rows());
            assertTrue(layer.sqnr() > plain.layers().get(i).sqnr(), layer.toString());
        }
        assertArrayEquals(weights(model, "a_b"), weights(made.model(), "a_b"));
    }

    @Test
    void layersMakeUpForThoseBeforeThem() {
        Random random = new Random(3);
        Models models = new Models(17);
        String value = "x";
        for (int i = 0; i < 4; i++) {
            models.constant("w" + i, Tensor.of(Models.gaussian(random, 32 * 32, 0.25), 32, 32))
                    .node("MatMul", "h" + i, value, "w" + i)
                    .node("Relu", i == 3 ? "y" : "r" + i, "h" + i);
            value = "r" + i;
        }
        Model model = models.build(new long[] {-1, 32}, 2);
        List<Map<String, Tensor>> data = Models.samples(4, 20, 100, 32);
        List<Map<String, Tensor>> other = Models.samples(5, 4, 100, 32);
        PruningOptions options = SECOND_ORDER.withSparsity(0.6);
        double sequential = Models.sqnr(model, prune(model, data, options).model(), other);
        double alone = Models.sqnr(
                model, prune(model, data, options.withSequential(false)).model(), other);
        assertTrue(sequential > alone + 0.5, alone + " and " + sequential + " dB");
    }

    @Test
    void biasesMakeUpForMeans() {
        Model model = network(new Random(5));
        List<Map<String, Tensor>> data = pictures(5, 40);
        PruningOptions options = MAGNITUDE.withSparsity(0.6);
        double before = Models.sqnr(model, prune(model, data, options).model(), pictures(6, 20));
        PruningResult corrected = prune(model, data, options.withBiasCorrection(true));
        double after = Models.sqnr(model, corrected.model(), pictures(6, 20));
        assertTrue(after > before, before + " and " + after + " dB");
        assertEquals(
                List.of("bias not corrected, it has none: "
                        + model.graph().nodes().getLast().path()),
                corrected.notes());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void groupsAreOnTheirOwn(int group) {
        Random random = new Random(9);
        Model model = new Models(17)
                .conv("y", "x", Models.gaussian(random, 8 * 8 / group * 9, 1), new float[8], 8, group)
                .build(new long[] {-1, 8, 6, 6}, 4);
        PruningResult result = prune(model, pictures(10, 8), SECOND_ORDER.withSparsity(0.75));
        float[] w = weights(result.model(), "y_w");
        assertEquals(Math.round(0.75 * w.length), zeros(w), 1);
        double sqnr = Models.sqnr(model, result.model(), pictures(11, 8));
        assertTrue(sqnr > 3, sqnr + " dB");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void quantizationKeepsZeros(boolean corrected) {
        Model model = network(new Random(12));
        List<Map<String, Tensor>> data = pictures(12, 20);
        Model pruned = prune(model, data, SECOND_ORDER.withSparsity(0.7).withScope(PruningScope.LAYER))
                .model();
        Model quantized = StaticQuantization.apply(
                        pruned,
                        CalibrationData.of(data),
                        StaticOptions.DEFAULT.withEqualization(corrected).withBiasCorrection(corrected),
                        Models.ONE_THREAD,
                        ProgressListener.NONE)
                .model();
        long before = 0;
        for (String name : List.of("a_w", "c_w")) {
            before += zeros(weights(pruned, name));
        }
        long after = 0;
        long codes = 0;
        for (Node node : quantized.graph().nodes()) {
            Initializer w = quantized.graph().initializers().get(node.input(0));
            if (node.is("DequantizeLinear")
                    && w != null
                    && w.type() == DataType.INT8
                    && w.shape().rank() == 4) {
                Initializer zero =
                        Objects.requireNonNull(quantized.graph().initializers().get(node.input(2)));
                assertEquals(zero.shape().size(), zeros(zero.tensor().toFloatArray()));
                after += zeros(w.tensor().toFloatArray());
                codes += w.shape().size();
            }
        }
        assertEquals(2 * 8 * 8 * 9, codes);
        assertEquals(Math.round(0.7 * 576) * 2, before);
        assertTrue(after >= before, before + " zeros became " + after);
    }
}
