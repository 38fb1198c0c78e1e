package org.lanewise.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A trial compares what its kernels compute when it is made. */
final class ZeroTrialTest {
    @Test
    void convolutionsAreComparedWhenTheyAreMade() {
        ZeroTrial trial = ZeroTrial.convolution("3x3", 24, 7);
        assertEquals("24 channels, 7x7", trial.shape());
        List<ZeroPattern> patterns =
                trial.sparse().stream().map(ZeroTrial.Way::pattern).toList();
        assertEquals(ZeroPattern.ANYWHERE, patterns.subList(0, ZeroPattern.ANYWHERE.size()));
        assertTrue(trial.sparse().stream().allMatch(way -> way.predictedNanos() > 0));
        assertTrue(
                trial.dense().kernel().startsWith("conv-nhwc-"), trial.dense().kernel());
    }

    @Test
    void patternsHaveTheirZeros() {
        ZeroPattern twoOfFour = new ZeroPattern(0.5, 1, 4);
        float[] w = twoOfFour.values(3, 8, 1);
        for (int from = 0; from < w.length; from += 4) {
            int zeros = 0;
            for (int i = from; i < from + 4; i++) {
                zeros += w[i] == 0 ? 1 : 0;
            }
            assertEquals(2, zeros);
        }
        ZeroPattern fours = new ZeroPattern(0.7, 4, 0);
        float[] blocks = fours.values(10, 50, 1);
        for (int channel = 0; channel < 10; channel++) {
            for (int i = 0; i < 50; i++) {
                assertEquals(blocks[channel / 4 * 4 * 50 + i] == 0, blocks[channel * 50 + i] == 0);
            }
        }
        assertEquals("2:4", twoOfFour.name());
        assertEquals("x4", fours.name());
        assertEquals("", ZeroPattern.ANYWHERE.getFirst().name());
    }
}
