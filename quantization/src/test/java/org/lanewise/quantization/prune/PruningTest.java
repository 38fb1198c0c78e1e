package org.lanewise.quantization.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.lanewise.quantization.AccuracyTarget;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.LayerSelection;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.quantization.StaticOptions;
import org.lanewise.quantization.StaticQuantization;
import org.lanewise.runtime.graph.Attribute;
import org.lanewise.runtime.graph.Initializer;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.Node;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Tensor;

class PruningTest {
    private static final LayerSelection EVERY = new LayerSelection(Set.of("*"), Set.of());
    private static final PruningOptions SECOND_ORDER = PruningOptions.DEFAULT.withInclude(EVERY);
    private static final PruningOptions MAGNITUDE = SECOND_ORDER.withMethod(PruningMethod.MAGNITUDE);

    /** Two convolutions with a Relu between them and a residual, a pool and a product. */
    private static Model network(Random random) {
        return new Models(17)
                .conv("a", "x", Models.gaussian(random, 8 * 8 * 9, 0.2), Models.gaussian(random, 8, 0.1), 8, 1)
                .node("Relu", "b", "a")
                .conv("c", "b", Models.gaussian(random, 8 * 8 * 9, 0.2), Models.gaussian(random, 8, 0.1), 8, 1)
                .node("Add", "d", "c", "x")
                .node("Relu", "e", "d")
                .node("GlobalAveragePool", "f", "e")
                .node("Flatten", "g", "f")
                .constant("w", Tensor.of(Models.gaussian(random, 8 * 6, 1), 8, 6))
                .node("MatMul", "y", "g", "w")
                .build(new long[] {-1, 8, 6, 6}, 2);
    }

    /** Neighbouring pixels and channels alike, as in pictures. */
    private static List<Map<String, Tensor>> pictures(long seed, int count) {
        Random random = new Random(seed);
        List<Map<String, Tensor>> samples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] noise = Models.gaussian(random, 8 * 36, 0.5);
            float[] smooth = new float[noise.length];
            float level = 0;
            for (int j = 0; j < noise.length; j++) {
                level = 0.8f * level + noise[j] + 0.1f;
                smooth[j] = level + smooth[Math.max(0, j - 36)] / 2;
            }
            samples.add(Map.of("x", Tensor.of(smooth, 1, 8, 6, 6)));
        }
        return samples;
    }

    private static PruningResult prune(Model model, @Nullable List<Map<String, Tensor>> data, PruningOptions options) {
        return Pruning.apply(
                model,
                data == null ? null : CalibrationData.of(data),
                options,
                Models.ONE_THREAD,
                ProgressListener.NONE);
    }

    private static float[] weights(Model model, String name) {
        return Objects.requireNonNull(model.graph().initializers().get(name), name)
                .tensor()
                .toFloatArray();
    }

    private static long zeros(float[] values) {
        long zeros = 0;
        for (float value : values) {
            zeros += value == 0 ? 1 : 0;
        }
        return zeros;
    }

    @ParameterizedTest
    @EnumSource
    void secondOrderLosesLess(SparsityPattern pattern) {
        Model model = network(new Random(1));
        List<Map<String, Tensor>> data = pictures(1, 40);
        List<Map<String, Tensor>> other = pictures(2, 20);
        PruningResult plain = prune(model, data, MAGNITUDE.withPattern(pattern));
        PruningResult made = prune(model, data, SECOND_ORDER.withPattern(pattern));
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

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void quantizationKeepsZeros(boolean corrected) {
        Model model = network(new Random(12));
        List<Map<String, Tensor>> data = pictures(12, 20);
        Model pruned = prune(model, data, SECOND_ORDER.withSparsity(0.7)).model();
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
        assertEquals(0.6, shared.sparsity(), 1.0 / 1200);
        double even = Models.sqnr(model, prune(model, data, options).model(), pictures(16, 20));
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
