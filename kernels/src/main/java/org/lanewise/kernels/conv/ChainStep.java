package org.lanewise.kernels.conv;

import java.util.ArrayList;
import java.util.List;

/**
 * Some output rows of one of the convolutions that pass bands of rows to each other, or, as stage -1, rows of their input that are brought to a buffer.
 *
 * @param geometry the stage on the rows that are in its buffer; of stage 0 without a buffer of its own, and of stage -1, all of it
 * @param moved rows of the stage's output buffer that come before those that are kept
 * @param kept rows of it that are kept, moved to its begin
 * @param row the first row, counted in the whole output of the stage
 * @param rows their number
 */
record ChainStep(int stage, ConvGeometry geometry, int moved, int kept, int row, int rows) {
    /**
     * The steps for output rows {@code from..to}, {@code band} at a time.
     *
     * @param buffered whether the first stage reads a buffer, which stage -1 fills, and not all of the input where it is
     * @param most learns how many values each stage's buffer has at most
     */
    static List<ChainStep> of(List<ConvGeometry> geometries, boolean buffered, int from, int to, int band, int[] most) {
        int stages = geometries.size();
        int[] low = new int[stages];
        int[] high = new int[stages];
        List<ChainStep> steps = new ArrayList<>();
        for (int row = from; row < to; row += band) {
            int first = row; // output rows of the stage that are computed now
            int behind = Math.min(to, row + band);
            int moved = 0;
            int kept = 0;
            int insert = steps.size();
            for (int i = stages - 1; i >= -1; i--) {
                ConvGeometry g = geometries.get(Math.max(0, i));
                if (i < 0
                        || first == behind
                        || i == 0 && !buffered) { // the input's, only moved, or on all of the input
                    steps.add(insert, new ChainStep(i, g, moved, kept, first, behind - first));
                    break;
                }
                ChainRows input = ChainRows.of(g, first, behind);
                steps.add(insert, new ChainStep(i, input.part(g), moved, kept, first, behind - first));
                kept = Math.max(0, high[i] - input.first());
                moved = kept == 0 ? 0 : input.first() - low[i];
                first = input.first() + kept;
                behind = Math.max(first, input.behind());
                low[i] = input.first();
                high[i] = behind;
                int values = (behind - low[i]) * g.axis(1).input() * g.inChannels();
                most[i] = Math.max(most[i], values);
            }
        }
        return steps;
    }

    /** Moves the rows that are kept, of {@code size} values each, to the begin of their buffer. */
    void keep(int size, float[] buffer, int at) {
        if (kept > 0 && moved > 0) {
            System.arraycopy(buffer, at + moved * size, buffer, at, kept * size);
        }
    }
}
