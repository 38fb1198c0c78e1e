package org.lanewise.kernels.detect;

import java.util.Arrays;

/**
 * Greedy choice of boxes by score (ONNX NonMaxSuppression): a box is taken unless its intersection over union with one taken before is above a threshold. Of
 * equal scores the lower index comes first.
 *
 * @param centered whether a box is (x centre, y centre, width, height), or else two opposite corners (y, x, y, x)
 * @param iouThreshold the intersection over union above which a box is dropped
 * @param scoreThreshold boxes are considered when their score is above it
 * @param most most boxes to take
 */
public record NonMaxSuppression(boolean centered, float iouThreshold, float scoreThreshold, int most) {
    /**
     * Chooses boxes for one class of one image.
     *
     * @param boxes {@code (count, 4)} from {@code boxesOff} on
     * @param scores {@code (count)} from {@code scoresOff} on
     * @return the indices of the chosen boxes, best first
     */
    public int[] choose(float[] boxes, int boxesOff, float[] scores, int scoresOff, int count) {
        long[] order = new long[count];
        int candidates = 0;
        for (int i = 0; i < count; i++) {
            float score = scores[scoresOff + i];
            if (score > scoreThreshold) {
                order[candidates++] = descending(score) << 32 | i;
            }
        }
        Arrays.sort(order, 0, candidates);
        int[] chosen = new int[Math.min(most, candidates)];
        float[] corners = new float[4 * chosen.length];
        float[] box = new float[4];
        int taken = 0;
        for (int k = 0; k < candidates && taken < chosen.length; k++) {
            int i = (int) order[k];
            corners(boxes, boxesOff + 4 * i, box);
            boolean free = true;
            for (int j = 0; j < taken && free; j++) {
                free = overlap(corners, 4 * j, box) <= iouThreshold;
            }
            if (free) {
                System.arraycopy(box, 0, corners, 4 * taken, 4);
                chosen[taken++] = i;
            }
        }
        return Arrays.copyOf(chosen, taken);
    }

    /** 32 bits that grow as the score falls; -0 counts as 0. */
    private static long descending(float score) {
        int bits = Float.floatToIntBits(score + 0f);
        return ~(bits ^ bits >> 31 & 0x7fffffff);
    }

    private void corners(float[] boxes, int at, float[] box) {
        float a = boxes[at];
        float b = boxes[at + 1];
        float c = boxes[at + 2];
        float d = boxes[at + 3];
        if (centered) {
            box[0] = b - d / 2;
            box[1] = a - c / 2;
            box[2] = b + d / 2;
            box[3] = a + c / 2;
        } else {
            box[0] = Math.min(a, c);
            box[1] = Math.min(b, d);
            box[2] = Math.max(a, c);
            box[3] = Math.max(b, d);
        }
    }

    private static float overlap(float[] corners, int at, float[] box) {
        float height = Math.min(corners[at + 2], box[2]) - Math.max(corners[at], box[0]);
        float width = Math.min(corners[at + 3], box[3]) - Math.max(corners[at + 1], box[1]);
        if (height <= 0 || width <= 0) {
            return 0;
        }
        float common = height * width;
        float a = (corners[at + 2] - corners[at]) * (corners[at + 3] - corners[at + 1]);
        float b = (box[2] - box[0]) * (box[3] - box[1]);
        return a + b <= common ? 0 : common / (a + b - common);
    }
}
