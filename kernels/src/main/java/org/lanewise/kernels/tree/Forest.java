package org.lanewise.kernels.tree;

/**
 * Decision trees as flat arrays. Every inner node asks {@code x[feature] <= threshold} and goes left when that holds, right when not; NaN goes right unless the
 * node says otherwise. A leaf is a node whose children are itself, so that rows that arrive early can wait for others.
 *
 * <p>A walk is a chain of dependent loads, which leaves a core idle; four walks at once, of four rows down a tree or of a row down four trees, fill it.
 */
public final class Forest {
    private static final int FIELDS = 4;

    /** For each node: feature, bits of the threshold as a float, left child, right child. */
    private final int[] nodes;

    private final double[] thresholds;
    private final boolean[] nanLeft;
    private final boolean anyNanLeft;
    private final int[] roots;

    /**
     * The arrays are copied or packed, except {@code roots}, {@code thresholds} and {@code nanLeft}, which must not change.
     *
     * @param feature of each node
     * @param floatThresholds compared with rows of float
     * @param thresholds compared with rows of double
     * @param left where each node leads when the row's value is at most the threshold; a leaf leads to itself
     * @param right where it leads otherwise
     * @param nanLeft whether NaN goes left
     * @param roots first node of each tree
     */
    public Forest(
            int[] feature,
            float[] floatThresholds,
            double[] thresholds,
            int[] left,
            int[] right,
            boolean[] nanLeft,
            int[] roots) {
        nodes = new int[Math.multiplyExact(feature.length, FIELDS)];
        boolean any = false;
        for (int i = 0; i < feature.length; i++) {
            nodes[FIELDS * i] = feature[i];
            nodes[FIELDS * i + 1] = Float.floatToRawIntBits(floatThresholds[i]);
            nodes[FIELDS * i + 2] = FIELDS * left[i];
            nodes[FIELDS * i + 3] = FIELDS * right[i];
            any |= nanLeft[i];
        }
        this.thresholds = thresholds;
        this.nanLeft = nanLeft;
        this.anyNanLeft = any;
        this.roots = roots;
    }

    /** Number of trees. */
    public int trees() {
        return roots.length;
    }

    /** Whether a NaN in rows {@code at} to {@code at + count} of {@code x} would need a look at which way it goes, which is slower. */
    public boolean needsNan(float[] x, int at, int count) {
        if (!anyNanLeft) {
            return false;
        }
        boolean nan = false;
        for (int i = at; i < at + count; i++) {
            nan |= Float.isNaN(x[i]);
        }
        return nan;
    }

    /**
     * The leaves that {@code rows} rows of {@code features} values, from {@code x[at]} on, reach in tree {@code tree}: {@code leaves[from + r]}.
     *
     * @param nan what {@link #needsNan} says of the rows
     */
    public void leavesOfTree(float[] x, int at, int features, int rows, int tree, boolean nan, int[] leaves, int from) {
        int root = FIELDS * roots[tree];
        int r = 0;
        if (!nan) {
            for (; r + 4 <= rows; r += 4) {
                int row = at + r * features;
                walk(
                        x,
                        row,
                        row + features,
                        row + 2 * features,
                        row + 3 * features,
                        root,
                        root,
                        root,
                        root,
                        leaves,
                        from + r);
            }
        }
        for (; r < rows; r++) {
            leaves[from + r] = leaf(x, at + r * features, root);
        }
    }

    /** The leaf that the row at {@code x[at]} reaches in each tree: {@code leaves[tree]}. */
    public void leavesOfRow(float[] x, int at, boolean nan, int[] leaves) {
        int t = 0;
        if (!nan) {
            for (; t + 4 <= roots.length; t += 4) {
                walk(
                        x,
                        at,
                        at,
                        at,
                        at,
                        FIELDS * roots[t],
                        FIELDS * roots[t + 1],
                        FIELDS * roots[t + 2],
                        FIELDS * roots[t + 3],
                        leaves,
                        t);
            }
        }
        for (; t < roots.length; t++) {
            leaves[t] = leaf(x, at, FIELDS * roots[t]);
        }
    }

    /** As {@link #leavesOfTree(float[], int, int, int, int, boolean, int[], int)} for one row of double. */
    public int leaf(double[] x, int at, int tree) {
        int n = FIELDS * roots[tree];
        while (true) {
            int node = n / FIELDS;
            double value = x[at + nodes[n]];
            boolean left = value <= thresholds[node] || nanLeft[node] && Double.isNaN(value);
            int next = nodes[n + (left ? 2 : 3)];
            if (next == n) {
                return node;
            }
            n = next;
        }
    }

    private int leaf(float[] x, int at, int root) {
        int n = root;
        while (true) {
            float value = x[at + nodes[n]];
            boolean left = value <= Float.intBitsToFloat(nodes[n + 1]) || Float.isNaN(value) && nanLeft[n / FIELDS];
            int next = nodes[n + (left ? 2 : 3)];
            if (next == n) {
                return n / FIELDS;
            }
            n = next;
        }
    }

    private void walk(float[] x, int r0, int r1, int r2, int r3, int n0, int n1, int n2, int n3, int[] leaves, int at) {
        int[] nodes = this.nodes;
        boolean moved = true;
        while (moved) {
            int m0 = nodes[n0 + (x[r0 + nodes[n0]] <= Float.intBitsToFloat(nodes[n0 + 1]) ? 2 : 3)];
            int m1 = nodes[n1 + (x[r1 + nodes[n1]] <= Float.intBitsToFloat(nodes[n1 + 1]) ? 2 : 3)];
            int m2 = nodes[n2 + (x[r2 + nodes[n2]] <= Float.intBitsToFloat(nodes[n2 + 1]) ? 2 : 3)];
            int m3 = nodes[n3 + (x[r3 + nodes[n3]] <= Float.intBitsToFloat(nodes[n3 + 1]) ? 2 : 3)];
            moved = (m0 ^ n0 | m1 ^ n1 | m2 ^ n2 | m3 ^ n3) != 0;
            n0 = m0;
            n1 = m1;
            n2 = m2;
            n3 = m3;
        }
        leaves[at] = n0 / FIELDS;
        leaves[at + 1] = n1 / FIELDS;
        leaves[at + 2] = n2 / FIELDS;
        leaves[at + 3] = n3 / FIELDS;
    }
}
