package org.lanewise.quantization.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.AccuracyTarget;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.LayerSelection;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.Preparation;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

class ReconstructionTest {
    private static final PruningOptions OPTIONS = PruningModels.SECOND_ORDER.withSparsity(0.6);

    private static Reconstruction.Result reconstruct(
            Model dense, Model pruned, List<Map<String, Tensor>> data, int passes, LayerSelection excluded) {
        List<PrunableTensor> tensors = PrunableTensors.of(dense.graph(), PruningModels.EVERY, excluded).stream()
                .filter(PrunableTensor::adapts)
                .toList();
        Feed feed = new Feed(CalibrationData.of(data), ProgressListener.NONE);
        return new Reconstruction(dense, tensors, passes, feed, Models.ONE_THREAD).apply(pruned);
    }

    @Test
    void scoresComeBackAndZerosStay() {
        Model dense = Preparation.apply(PruningModels.network(new Random(3)), 7);
        List<Map<String, Tensor>> data = PruningModels.pictures(1, 200);
        List<Map<String, Tensor>> others = PruningModels.pictures(2, 50);
        Model pruned = PruningModels.prune(dense, null, PruningModels.MAGNITUDE.withSparsity(0.6))
                .model();
        Reconstruction.Result result = reconstruct(dense, pruned, data, 20, LayerSelection.ALL);
        double before = Models.sqnr(dense, pruned, others);
        double after = Models.sqnr(dense, result.model(), others);
        assertTrue(after > before + 6, before + " dB became " + after);
        assertTrue(result.note().startsWith("scores reconstructed in 20 passes"), result.note());
        for (String name : List.of("a_w", "c_w", "w")) {
            float[] old = PruningModels.weights(pruned, name);
            float[] now = PruningModels.weights(result.model(), name);
            for (int i = 0; i < old.length; i++) {
                assertEquals(old[i] == 0, now[i] == 0, name);
            }
        }
        assertFalse(PruningModels.weights(pruned, "a_b")[0] == PruningModels.weights(result.model(), "a_b")[0]);
    }

    /** With half of the weights of every four zeros stay where they were chosen; samples kept apart are not among those that zeros are chosen by. */
    @Test
    void sameResultTwiceWithAnyPattern() {
        Model dense = PruningModels.network(new Random(3));
        CalibrationData data = CalibrationData.of(PruningModels.pictures(1, 60));
        PruningOptions options =
                OPTIONS.withPattern(SparsityPattern.TWO_OF_FOUR).withReconstruction(3);
        List<Long> heard = new ArrayList<>();
        PruningResult one = Pruning.apply(dense, data, options, Models.ONE_THREAD, (phase, done, total) -> {
            if (phase.equals("reconstructing scores")) {
                assertEquals(3 * 54, total);
                heard.add(done);
            }
        });
        assertEquals(LongStream.rangeClosed(1, 3 * 54).boxed().toList(), heard);
        PruningResult two =
                Pruning.apply(dense, data, options, Models.ONE_THREAD.withThreads(2), ProgressListener.NONE);
        assertEquals(one.notes(), two.notes());
        PruningResult plain = Pruning.apply(
                dense,
                new SampleSplit(data, false),
                options.withReconstruction(0),
                Models.ONE_THREAD,
                ProgressListener.NONE);
        for (String name : List.of("a_w", "a_b", "c_w", "c_b", "w")) {
            float[] now = PruningModels.weights(one.model(), name);
            assertArrayEquals(now, PruningModels.weights(two.model(), name), name);
            float[] before = PruningModels.weights(plain.model(), name);
            assertFalse(Arrays.equals(before, now), name);
            for (int i = 0; i < now.length; i++) {
                assertEquals(before[i] == 0, now[i] == 0, name);
            }
        }
    }

    @Test
    void aListenerThatThrowsStopsIt() {
        Model dense = PruningModels.network(new Random(3));
        CalibrationData data = CalibrationData.of(PruningModels.pictures(1, 20));
        PruningOptions options = PruningModels.MAGNITUDE.withReconstruction(1000);
        assertThrows(
                CancellationException.class,
                () -> Pruning.apply(dense, data, options, Models.ONE_THREAD, (phase, done, total) -> {
                    if (phase.equals("reconstructing scores") && done == 30) {
                        throw new CancellationException();
                    }
                }));
    }

    @Test
    void whatCannotGetBetterStays() {
        Model dense = Preparation.apply(PruningModels.network(new Random(3)), 7);
        List<Map<String, Tensor>> data = PruningModels.pictures(1, 40);
        Reconstruction.Result result = reconstruct(dense, dense, data, 2, LayerSelection.ALL);
        assertEquals(dense, result.model());
        assertTrue(result.note().startsWith("scores not reconstructed: no pass"), result.note());
    }

    @Test
    void excludedLayersStay() {
        Model dense = Preparation.apply(PruningModels.network(new Random(3)), 7);
        List<Map<String, Tensor>> data = PruningModels.pictures(1, 60);
        LayerSelection excluded = new LayerSelection(Set.of("c_node"), Set.of());
        Model pruned =
                PruningModels.prune(dense, data, OPTIONS.withExclude(excluded)).model();
        Model result = reconstruct(dense, pruned, data, 5, excluded).model();
        assertArrayEquals(PruningModels.weights(dense, "c_w"), PruningModels.weights(result, "c_w"));
        assertArrayEquals(PruningModels.weights(dense, "c_b"), PruningModels.weights(result, "c_b"));
        assertFalse(PruningModels.weights(pruned, "a_b")[0] == PruningModels.weights(result, "a_b")[0]);
    }

    /** Batches of one, as the model says, and layers with other shapes than the rest. */
    @Test
    void modelsOfOneSampleAndOfManyShapes() {
        Random random = new Random(4);
        Models models = new Models(14)
                .conv("a", "x", Models.gaussian(random, 8 * 8 * 9, 0.2), Models.gaussian(random, 8, 0.1), 8, 1)
                .node("Relu", "b", "a")
                .node("GlobalAveragePool", "p", "b")
                .constant("one", Tensor.of(new long[] {1, 8}, 2))
                .node("Reshape", "r", "p", "one")
                .constant("w", Tensor.of(Models.gaussian(random, 48, 1), 8, 6))
                .node("MatMul", "y", "r", "w");
        Model dense = Preparation.apply(models.build(new long[] {1, 8, -1, -1}, 2), 7);
        List<Map<String, Tensor>> data = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            data.add(Models.samples(i, 1, 1, 8, 4 + i % 2, 5).getFirst());
        }
        Model pruned = PruningModels.prune(dense, null, PruningModels.MAGNITUDE.withSparsity(0.6))
                .model();
        Model result = reconstruct(dense, pruned, data, 20, LayerSelection.ALL).model();
        for (int height = 4; height < 6; height++) {
            List<Map<String, Tensor>> others = Models.samples(200, 20, 1, 8, height, 5);
            double before = Models.sqnr(dense, pruned, others);
            double after = Models.sqnr(dense, result, others);
            assertTrue(after > before + 1, before + " dB became " + after);
        }
    }

    @Test
    void layersBeforeAnOperatorWithoutDerivativeStay() {
        Random random = new Random(5);
        Models models = new Models(14)
                .constant("v", Tensor.of(Models.gaussian(random, 16 * 16, 0.5), 16, 16))
                .node("MatMul", "a", "x", "v")
                .node("Floor", "b", "a")
                .constant("w", Tensor.of(Models.gaussian(random, 16 * 12, 0.5), 16, 12))
                .node("MatMul", "c", "b", "w")
                .node("Relu", "d", "c")
                .constant("u", Tensor.of(Models.gaussian(random, 12 * 5, 0.5), 12, 5))
                .node("MatMul", "y", "d", "u");
        Model dense = Preparation.apply(models.build(new long[] {-1, 16}, 2), 7);
        List<Map<String, Tensor>> data = Models.samples(1, 200, 1, 16);
        Model pruned = PruningModels.prune(dense, data, OPTIONS).model();
        Reconstruction.Result result = reconstruct(dense, pruned, data, 10, LayerSelection.ALL);
        assertTrue(result.note().endsWith("; left as they were, for want of a known derivative: v"), result.note());
        assertArrayEquals(PruningModels.weights(pruned, "v"), PruningModels.weights(result.model(), "v"));
        Models all = new Models(14)
                .constant("w", Tensor.of(Models.gaussian(random, 16 * 12, 0.5), 16, 12))
                .node("MatMul", "a", "x", "w")
                .node("Floor", "y", "a");
        Model floor = all.build(new long[] {-1, 16}, 2);
        assertEquals(
                "scores not reconstructed: no layer has an output whose effect on the scores has a known derivative",
                reconstruct(floor, floor, data, 10, LayerSelection.ALL).note());
    }

    @Test
    void fewSamplesAreNotSplit() {
        Model dense = Preparation.apply(PruningModels.network(new Random(3)), 7);
        PruningResult result = PruningModels.prune(dense, PruningModels.pictures(1, 10), OPTIONS.withReconstruction(5));
        assertTrue(
                result.notes().contains("scores not reconstructed: there are 10 samples, 20 are needed"),
                result.notes().toString());
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> OPTIONS.withReconstruction(-1));
        PruningOptions target = OPTIONS.withTarget(new AccuracyTarget(AccuracyTarget.Metric.COSINE, 0.9));
        assertThrows(IllegalArgumentException.class, () -> target.withReconstruction(5));
        Model dense = PruningModels.network(new Random(3));
        PruningOptions magnitude = PruningModels.MAGNITUDE.withReconstruction(5);
        assertThrows(QuantizationException.class, () -> PruningModels.prune(dense, null, magnitude));
    }

    @Test
    void partsOfSamplesHaveAllVariants() {
        List<Map<String, Tensor>> samples = Models.samples(1, 46, 3);
        CalibrationData twice = new CalibrationData() {
            @Override
            public long size() {
                return 46;
            }

            @Override
            public long originals() {
                return 23;
            }

            @Override
            public void forEach(long limit, Consumer<Map<String, OnnxValue>> action) {
                samples.stream().limit(limit).forEach(sample -> action.accept(Map.copyOf(sample)));
            }
        };
        List<Integer> kept = new ArrayList<>();
        SampleSplit part = new SampleSplit(twice, true);
        part.forEach(part.size(), sample -> kept.add(samples.indexOf(sample)));
        assertEquals(List.of(9, 19, 32, 42), kept);
        assertEquals(4, part.size());
        assertEquals(2, part.originals());
        SampleSplit others = new SampleSplit(twice, false);
        List<Integer> rest = new ArrayList<>();
        others.forEach(22, sample -> rest.add(samples.indexOf(sample)));
        assertEquals(42, others.size());
        assertEquals(22, rest.size());
        assertTrue(kept.stream().noneMatch(rest::contains));
    }
}
