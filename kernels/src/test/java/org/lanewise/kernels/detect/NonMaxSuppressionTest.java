package org.lanewise.kernels.detect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class NonMaxSuppressionTest {
    private static final float[] CORNERS = {0, 0, 2, 2, 0, 1, 2, 3, 5, 5, 6, 6, 2, 2, 0, 0};

    @Test
    void dropsBoxesThatOverlapABetterOne() {
        // Boxes 0 and 3 are the same, given by other corners; 0 and 1 share a third of their union.
        float[] scores = {0.5f, 0.9f, 0.1f, 0.8f};
        assertArrayEquals(
                new int[] {1, 2}, new NonMaxSuppression(false, 0.3f, Float.NEGATIVE_INFINITY, 9).choose(CORNERS, 0, scores, 0, 4));
        assertArrayEquals(
                new int[] {1, 3, 2}, new NonMaxSuppression(false, 0.4f, Float.NEGATIVE_INFINITY, 9).choose(CORNERS, 0, scores, 0, 4));
    }

    @Test
    void takesTheLowerIndexOfEqualScoresAndNoMoreThanAsked() {
        float[] scores = {0.5f, 0.5f, 0.5f, 0.5f};
        assertArrayEquals(new int[] {0, 1}, new NonMaxSuppression(false, 0.4f, 0, 2).choose(CORNERS, 0, scores, 0, 4));
    }

    @Test
    void leavesOutScoresThatAreNotAboveTheThreshold() {
        float[] scores = {0.5f, -1, 0.2f, 0};
        assertArrayEquals(new int[] {0}, new NonMaxSuppression(false, 1, 0.2f, 9).choose(CORNERS, 0, scores, 0, 4));
    }

    @Test
    void readsCentresAndSizes() {
        float[] boxes = {1, 1, 2, 2, 1, 1.5f, 2, 2, 9, 9, 1, 1};
        float[] scores = {3, 2, 1};
        assertArrayEquals(new int[] {0, 2}, new NonMaxSuppression(true, 0.5f, 0, 9).choose(boxes, 0, scores, 0, 3));
    }
}
