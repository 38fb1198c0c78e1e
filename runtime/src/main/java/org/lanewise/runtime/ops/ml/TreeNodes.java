package org.lanewise.runtime.ops.ml;

import java.util.Arrays;
import org.lanewise.kernels.tree.Forest;
import org.lanewise.runtime.op.NodeSpec;

/**
 * Collects the nodes of decision trees with the questions of ONNX and turns all of them into {@code x <= threshold}, the only one {@link Forest} asks. NaN takes the false branch
 * of every question (the true one of {@code x != t}) unless it tracks the true branch.
 */
final class TreeNodes {
    /** What a node asks of its feature. */
    enum Mode {
        BRANCH_LEQ,
        BRANCH_LT,
        BRANCH_GTE,
        BRANCH_GT,
        BRANCH_EQ,
        BRANCH_NEQ
    }

    private final NodeSpec spec;
    private int[] feature;
    private float[] floats;
    private double[] doubles;
    private int[] left;
    private int[] right;
    private boolean[] nanLeft;
    private int size;
    private int features;

    /** With room for {@code nodes} nodes, numbered from 0, that are set one by one; more are added behind them. */
    TreeNodes(NodeSpec spec, int nodes) {
        this.spec = spec;
        this.size = nodes;
        this.feature = new int[nodes];
        this.floats = new float[nodes];
        this.doubles = new double[nodes];
        this.left = new int[nodes];
        this.right = new int[nodes];
        this.nanLeft = new boolean[nodes];
    }

    /** One more node, to be set. */
    int add() {
        if (size == feature.length) {
            int room = Math.max(16, Math.multiplyExact(size, 2));
            feature = Arrays.copyOf(feature, room);
            floats = Arrays.copyOf(floats, room);
            doubles = Arrays.copyOf(doubles, room);
            left = Arrays.copyOf(left, room);
            right = Arrays.copyOf(right, room);
            nanLeft = Arrays.copyOf(nanLeft, room);
        }
        return size++;
    }

    /** Makes {@code node} a leaf. */
    void leaf(int node) {
        left[node] = node;
        right[node] = node;
        floats[node] = Float.NaN;
        doubles[node] = Double.NaN;
    }

    /** Makes {@code node} ask {@code mode} with threshold {@code t}, leading to {@code yes} or {@code no}; NaN to {@code yes} when {@code nanYes}. */
    void branch(int node, Mode mode, long featureId, double t, int yes, int no, boolean nanYes) {
        if (featureId < 0 || featureId >= Integer.MAX_VALUE) {
            throw spec.refuse("feature " + featureId + " of a node is outside 0..2^31-2");
        }
        int f = (int) featureId;
        features = Math.max(features, f + 1);
        switch (mode) {
            case BRANCH_LEQ -> set(node, f, atMost(t), t, yes, no, nanYes);
            case BRANCH_LT -> set(node, f, floatBelow(t), below(t), yes, no, nanYes);
            case BRANCH_GT -> set(node, f, atMost(t), t, no, yes, !nanYes);
            case BRANCH_GTE -> set(node, f, floatBelow(t), below(t), no, yes, !nanYes);
            case BRANCH_EQ -> equal(node, f, t, yes, no, nanYes);
            case BRANCH_NEQ -> equal(node, f, t, no, yes, false);
        }
    }

    /** {@code x = t} is {@code x <= t} and not {@code x < t}. */
    private void equal(int node, int f, double t, int yes, int no, boolean nanYes) {
        int second = add();
        set(node, f, atMost(t), t, second, no, nanYes);
        set(second, f, floatBelow(t), below(t), no, yes, false);
    }

    private void set(int node, int f, float asFloat, double asDouble, int ifAtMost, int otherwise, boolean nan) {
        feature[node] = f;
        floats[node] = asFloat;
        doubles[node] = asDouble;
        left[node] = ifAtMost;
        right[node] = otherwise;
        nanLeft[node] = nan;
    }

    /** The largest float that is at most {@code t}: what decides for rows of float. */
    private static float atMost(double t) {
        float f = (float) t;
        return f > t ? Math.nextDown(f) : f;
    }

    /** The largest float less than {@code t}; NaN, which nothing is at most, when there is none. */
    private static float floatBelow(double t) {
        float f = (float) t;
        return t == Double.NEGATIVE_INFINITY ? Float.NaN : f >= t ? Math.nextDown(f) : f;
    }

    private static double below(double t) {
        return t == Double.NEGATIVE_INFINITY ? Double.NaN : Math.nextDown(t);
    }

    /** Least number of features that rows must have. */
    int features() {
        return features;
    }

    /** Number of nodes. */
    int size() {
        return size;
    }

    /** The trees from {@code roots} on; refuses nodes that lead back to where they came from. */
    Forest build(int[] roots) {
        requireAcyclic(roots);
        return new Forest(
                Arrays.copyOf(feature, size),
                floats,
                Arrays.copyOf(doubles, size),
                left,
                right,
                Arrays.copyOf(nanLeft, size),
                roots);
    }

    private void requireAcyclic(int[] roots) {
        byte[] state = new byte[size]; // 0 new, 1 on the path, 2 done
        int[] path = new int[size];
        for (int root : roots) {
            int depth = 0;
            path[0] = root;
            while (depth >= 0) {
                int node = path[depth];
                boolean leaf = left[node] == node && right[node] == node;
                if (leaf || state[left[node]] == 2 && state[right[node]] == 2) {
                    state[node] = 2;
                    depth--;
                } else {
                    state[node] = 1;
                    int child = state[left[node]] == 2 ? right[node] : left[node];
                    if (state[child] == 1) {
                        throw spec.refuse("the nodes of a tree form a circle");
                    }
                    path[++depth] = child;
                }
            }
        }
    }
}
