package org.lanewise.quantization.prune;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.lanewise.quantization.CalibrationData;
import org.lanewise.quantization.Models;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.model.Feed;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.tensor.Tensor;

class OutputMomentsTest {
    private static final List<Map<String, Tensor>> DATA = List.of(
            Map.of("x", Tensor.of(new float[] {1, 2}, 1, 2)), Map.of("x", Tensor.of(new float[] {3, -1}, 1, 2)));

    private static Map<PrunableTensor, List<OutputMoments>> collect(Model model) {
        List<PrunableTensor> tensors = PrunableTensors.of(
                model.graph(), PruningModels.SECOND_ORDER.include(), PruningModels.SECOND_ORDER.exclude());
        Feed feed = new Feed(CalibrationData.of(DATA), ProgressListener.NONE);
        return OutputMoments.collect(model, tensors, feed, Models.ONE_THREAD, "test");
    }

    private static OutputMoments first(Model model) {
        Map<PrunableTensor, List<OutputMoments>> all = collect(model);
        return Objects.requireNonNull(all.get(all.keySet().iterator().next())).getFirst();
    }

    /** One output channel 1, -1: its sums are -1 and 4. */
    private static Models product() {
        return new Models(17).constant("w", Tensor.of(new float[] {1, -1}, 2, 1));
    }

    @Test
    void ofScoresThemselvesTheyAreThoseOfInputs() {
        OutputMoments moments = first(product().node("MatMul", "y", "x", "w").build(new long[] {1, 2}, 2));
        assertTrue(moments.isExact());
        // ((1, 2)^T (1, 2) + (3, -1)^T (3, -1)) / 2
        assertArrayEquals(new double[] {5, -0.5, -0.5, 2.5}, moments.moments(0), 1e-6);
        assertEquals(1, moments.energy(0), 1e-9);
        assertEquals(2, moments.answers());
    }

    @Test
    void whatAReluStopsCostsNothing() {
        OutputMoments moments = first(product()
                .constant("three", Tensor.scalar(3f))
                .node("MatMul", "h", "x", "w")
                .node("Relu", "r", "h")
                .node("Mul", "y", "r", "three")
                .build(new long[] {1, 2}, 2));
        // 3^2 (3, -1)^T (3, -1) / 2
        assertArrayEquals(new double[] {40.5, -13.5, -13.5, 4.5}, moments.moments(0), 1e-5);
        assertEquals(4.5, moments.energy(0), 1e-6);
        // F has the weight 2 / (2 + 3 * 2), the unit matrix of the other half the size 0.75 * 4.5 / 1
        double[] mixed = new Curvature(new double[] {1, 0, 0, 1}, 2, 1, moments).of(0);
        assertEquals(0.25 * -13.5, mixed[1], 1e-5);
        assertEquals(0.25 * 40.5 + 0.75 * 4.5, mixed[0], 0.02);
    }

    @Test
    void whatNobodyReadsHasTheCostNothing() {
        OutputMoments moments = first(product()
                .constant("zero", Tensor.scalar(0f))
                .node("MatMul", "h", "x", "w")
                .node("Mul", "y", "h", "zero")
                .build(new long[] {1, 2}, 2));
        assertArrayEquals(new double[4], moments.moments(0));
        assertTrue(Double.isFinite(new Curvature(new double[] {1, 0, 0, 1}, 2, 1, moments).inverse(0, 1)[0]));
    }

    @Test
    void thereAreNoneBehindAnUnknownDerivative() {
        Model model =
                product().node("MatMul", "h", "x", "w").node("Floor", "y", "h").build(new long[] {1, 2}, 2);
        assertTrue(collect(model).isEmpty());
    }
}
