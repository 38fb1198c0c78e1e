package org.lanewise.quantization.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.lanewise.runtime.tensor.Tensor;

class OutputStatisticsTest {
    @Test
    void rowsAreRanked() {
        OutputStatistics output = new OutputStatistics("y");
        // Reference: classes 6 and 0. Candidate: 6 is best; 0 is the sixth best
        output.add(
                Tensor.of(new float[] {0, 0, 0, 0, 0, 0, 1, 9, 1, 2, 3, 4, 5, 6}, 2, 7),
                Tensor.of(new float[] {0, 0, 0, 0, 0, 0, 2, 0, -1, 2, 3, 4, 5, 6}, 2, 7),
                6,
                1);
        assertTrue(output.isRanked());
        assertEquals(7, output.classCount());
        assertEquals(2, output.rows());
        assertEquals(0.5, output.top1Agreement());
        assertEquals(0.5, output.top5Agreement());
        assertArrayEquals(new double[] {0.5, 0.5}, output.top1Accuracy());
        assertArrayEquals(new double[] {0.5, 0.5}, output.top5Accuracy());
        assertEquals(9, output.error().maxError());
    }

    @Test
    void ofEqualScoresTheLowerClassWins() {
        OutputStatistics output = new OutputStatistics("y");
        output.add(Tensor.of(new float[] {1, 2}, 1, 2, 1, 1), Tensor.of(new float[] {2, 2}, 1, 2, 1, 1), 1);
        assertEquals(0, output.top1Agreement());
        assertEquals(1, output.top5Agreement());
        assertArrayEquals(new double[] {1, 0}, output.top1Accuracy());
    }

    @Test
    void lostNumbersAreNeverRight() {
        OutputStatistics output = new OutputStatistics("y");
        output.add(Tensor.of(new float[] {1, 2}, 1, 2), Tensor.of(new float[] {Float.NaN, Float.NaN}, 1, 2), 1);
        assertEquals(0, output.top1Agreement());
        assertArrayEquals(new double[] {1, 0}, output.top1Accuracy());
    }

    @Test
    void embeddingsHaveCosines() {
        OutputStatistics output = new OutputStatistics("y");
        output.add(Tensor.of(new float[] {1, 0, 0, 0}, 1, 2, 2), Tensor.of(new float[] {1, 0, 0, 0}, 1, 2, 2));
        output.add(Tensor.of(new float[] {1, 0, 0, 0}, 1, 2, 2), Tensor.of(new float[] {1, 1, 0, 0}, 1, 2, 2));
        assertFalse(output.isRanked());
        assertEquals((1 + Math.sqrt(0.5)) / 2, output.meanCosine(), 1e-12);
        assertEquals(Math.sqrt(0.5), output.leastCosine(), 1e-12);
    }

    @Test
    void otherClassCountsAreRefused() {
        OutputStatistics output = new OutputStatistics("y");
        Exception e = assertThrows(
                IllegalArgumentException.class,
                () -> output.add(Tensor.of(new float[2], 1, 2), Tensor.of(new float[3], 1, 3)));
        assertEquals(
                "output 'y' of the reference is float[1,2], of the candidate float[1,3]: only models with equal outputs"
                        + " can be compared",
                e.getMessage());
        e = assertThrows(
                IllegalArgumentException.class,
                () -> output.add(Tensor.of(new float[2], 1, 2), Tensor.of(new float[2], 1, 2), 2));
        assertEquals("label 2: output 'y' has 2 classes, expected 0 to 1", e.getMessage());
    }
}
