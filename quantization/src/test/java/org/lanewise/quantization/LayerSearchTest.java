package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.model.Feed;
import org.lanewise.quantization.model.OutputComparison;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.Tensor;

class LayerSearchTest {
    private static final SessionOptions ONE_THREAD = SessionOptions.DEFAULT.withThreads(1);
    private static final List<String> LAYERS = List.of("a", "b", "c", "d", "e", "f");

    /** y = x, and y = x with some error. */
    private static Model scaled(double error) {
        return new Models(13)
                .constant("w", Tensor.of(new float[] {1, 0, 0, 1 + (float) error}, 2, 2))
                .node("MatMul", "y", "x", "w")
                .build(new long[] {-1, 2}, 2);
    }

    private static OutputComparison comparison(List<Map<String, Tensor>> samples, List<Integer> labels) {
        return new OutputComparison(
                scaled(0),
                samples.size(),
                new Feed(CalibrationData.of(samples, labels), ProgressListener.NONE),
                ONE_THREAD);
    }

    /** Finds layers where {@code error} says what the error is with some in fp32. */
    private static Set<String> search(java.util.function.ToDoubleFunction<Set<String>> error) {
        AccuracyTarget target = new AccuracyTarget(AccuracyTarget.Metric.SQNR, 40);
        LayerSearch search = new LayerSearch(
                comparison(Models.samples(1, 2, 1, 2), List.of()),
                target,
                kept -> scaled(error.applyAsDouble(kept)),
                ProgressListener.NONE);
        return search.run(LAYERS);
    }

    @Test
    void theSecondRankingFindsWhatTheFirstDoesNot() {
        // Alone f does least harm, yet with the others it does all of it
        Set<String> kept = search(fp32 -> fp32.contains("f")
                ? 1e-4
                : fp32.size() == LAYERS.size() - 1 ? 1e-5 : 0.1 + 0.01 * (LAYERS.size() - fp32.size()));
        assertEquals(Set.of("f"), kept);
    }

    @Test
    void noLayerThatIsKeptCouldBeQuantized() {
        Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            // Errors without any order in them, as agreement on few samples has
            Map<Set<String>, Double> errors = new java.util.HashMap<>();
            java.util.function.ToDoubleFunction<Set<String>> error = fp32 -> fp32.size() == LAYERS.size()
                    ? 0
                    : errors.computeIfAbsent(Set.copyOf(fp32), key -> random.nextInt(3) == 0 ? 1e-4 : 0.1);
            Set<String> kept = search(error);
            boolean met = error.applyAsDouble(kept) < 1e-3;
            assertTrue(met, "round " + round);
            for (String layer : kept) {
                Set<String> fewer = new HashSet<>(kept);
                fewer.remove(layer);
                if (!fewer.isEmpty()) {
                    assertTrue(error.applyAsDouble(fewer) > 1e-3, "round " + round + " " + layer);
                }
            }
        }
    }

    @Test
    void rightAnswersAreCounted() {
        List<Map<String, Tensor>> samples = List.of(
                Map.of("x", Tensor.of(new float[] {2, 1}, 1, 2)),
                Map.of("x", Tensor.of(new float[] {1, 2}, 1, 2)),
                Map.of("x", Tensor.of(new float[] {1.2f, 1}, 1, 2)));
        OutputComparison.Score score = comparison(samples, List.of(0, 0, 0)).score(scaled(0.5));
        assertEquals(3, score.labelled());
        assertEquals(2, score.rightBefore());
        assertEquals(1, score.right());
        assertEquals(100 / 3.0, score.lostPoints(), 1e-9);
        assertEquals(2 / 3.0, score.agreement(), 1e-9);
        assertTrue(score.meets(new AccuracyTarget(AccuracyTarget.Metric.ACCURACY_LOSS, 33.4)));
        assertFalse(score.meets(new AccuracyTarget(AccuracyTarget.Metric.ACCURACY_LOSS, 33.3)));
    }
}
