package org.lanewise.kernels.sparse;

import java.util.List;
import org.lanewise.kernels.Simd;

/**
 * How {@link LaneLists} are cut.
 *
 * @param lanes columns of a group
 * @param tables vectors of x in a window
 * @param burst slots that share a window
 */
record SparseGemvForm(int lanes, int tables, int burst) {
    /**
     * The forms that kernels exist for here. Windows of four vectors need two permutations, which pays for 16 lanes only; the scalar kernel takes
     * any form, so it has the longest window.
     */
    static final List<SparseGemvForm> CHOICES = switch (Simd.BITS) {
        case 0 -> List.of(new SparseGemvForm(1, 256, 4));
        case 512 -> List.of(new SparseGemvForm(16, 4, 4), new SparseGemvForm(16, 4, 2), new SparseGemvForm(16, 2, 2));
        default -> List.of(new SparseGemvForm(Simd.LANES, 2, 2));
    };

    SparseGemvForm {
        if (lanes < 1 || tables < 1 || burst < 1 || lanes * tables > 256) {
            throw new IllegalArgumentException(lanes + " lanes, " + tables + " tables, bursts of " + burst
                    + ": expected at least 1 and windows of 256 at most");
        }
    }

    /** Values of x in a window. */
    int window() {
        return lanes * tables;
    }
}
