package org.lanewise.runtime.ops.ml;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.Tensor;

/** Reads the trees of {@code TreeEnsembleClassifier} and {@code TreeEnsembleRegressor}: lists of nodes and of votes, each entry with the ids of its tree and node. */
final class TreeAttributes {
    private record Key(long tree, long node) {}

    private TreeAttributes() {}

    /**
     * The trees and their votes.
     *
     * @param prefix of the votes' attributes: {@code class} or {@code target}
     * @param targets number of targets; with {@code single} all votes count for the only one
     */
    static TreeScores read(NodeSpec spec, String prefix, int targets, boolean single, TreeScores.Aggregate aggregate) {
        List<String> modes = spec.stringsAttribute("nodes_modes");
        if (modes == null || modes.isEmpty()) {
            throw spec.refuse("required attribute 'nodes_modes' is missing");
        }
        int n = modes.size();
        long[] trees = ints(spec, "nodes_treeids", n);
        long[] ids = ints(spec, "nodes_nodeids", n);
        long[] feature = ints(spec, "nodes_featureids", n);
        long[] yes = ints(spec, "nodes_truenodeids", n);
        long[] no = ints(spec, "nodes_falsenodeids", n);
        double[] values = numbers(spec, "nodes_values", n);
        boolean tracks = spec.has("nodes_missing_value_tracks_true");
        long[] missing = tracks ? ints(spec, "nodes_missing_value_tracks_true", n) : new long[n];
        spec.acknowledge("nodes_hitrates"); // hints for layouts, as is the next
        spec.acknowledge("nodes_hitrates_as_tensor");

        Map<Key, Integer> index = HashMap.newHashMap(n);
        for (int i = 0; i < n; i++) {
            if (index.put(new Key(trees[i], ids[i]), i) != null) {
                throw spec.refuse("tree " + trees[i] + " has two nodes " + ids[i]);
            }
        }
        TreeNodes nodes = new TreeNodes(spec, n);
        boolean[] child = new boolean[n];
        for (int i = 0; i < n; i++) {
            if (modes.get(i).equals("LEAF")) {
                nodes.leaf(i);
                continue;
            }
            int ifTrue = find(spec, index, trees[i], yes[i]);
            int ifFalse = find(spec, index, trees[i], no[i]);
            child[ifTrue] = true;
            child[ifFalse] = true;
            nodes.branch(i, mode(spec, modes.get(i)), feature[i], values[i], ifTrue, ifFalse, missing[i] != 0);
        }
        int[] roots = roots(spec, trees, child);
        return votes(spec, prefix, targets, single, aggregate, index, nodes, roots);
    }

    private static TreeScores votes(
            NodeSpec spec,
            String prefix,
            int targets,
            boolean single,
            TreeScores.Aggregate aggregate,
            Map<Key, Integer> index,
            TreeNodes nodes,
            int[] roots) {
        long[] target = ints(spec, prefix + "_ids", -1);
        long[] tree = ints(spec, prefix + "_treeids", target.length);
        long[] node = ints(spec, prefix + "_nodeids", target.length);
        double[] weight = numbers(spec, prefix + "_weights", target.length);
        int[] start = new int[nodes.size() + 1];
        int[] where = new int[target.length];
        for (int v = 0; v < target.length; v++) {
            if (target[v] < 0 || !single && target[v] >= targets) {
                throw spec.refuse(prefix + "_ids has " + target[v] + ", expected 0.." + (targets - 1));
            }
            where[v] = find(spec, index, tree[v], node[v]);
            start[where[v] + 1]++;
        }
        for (int i = 0; i < nodes.size(); i++) {
            start[i + 1] += start[i];
        }
        int[] next = start.clone();
        int[] sortedTarget = new int[target.length];
        double[] sortedWeight = new double[target.length];
        for (int v = 0; v < target.length; v++) {
            int to = next[where[v]]++;
            sortedTarget[to] = single ? 0 : (int) target[v];
            sortedWeight[to] = weight[v];
        }
        return new TreeScores(
                nodes.build(roots),
                nodes.features(),
                start,
                sortedTarget,
                sortedWeight,
                single ? 1 : targets,
                aggregate);
    }

    /** {@code base_values}: none, or one for each of {@code targets}; with {@code one} a single one is allowed as well. */
    static double @Nullable [] baseValues(NodeSpec spec, int targets, boolean one) {
        if (!spec.has("base_values") && !spec.has("base_values_as_tensor")) {
            return null;
        }
        double[] base = numbers(spec, "base_values", -1);
        if (base.length != 0 && base.length != targets && !(one && base.length == 1)) {
            throw spec.refuse("base_values has " + base.length + " values, expected " + targets);
        }
        return base.length == 0 ? null : base;
    }

    private static int find(NodeSpec spec, Map<Key, Integer> index, long tree, long node) {
        Integer at = index.get(new Key(tree, node));
        if (at == null) {
            throw spec.refuse("tree " + tree + " has no node " + node);
        }
        return at;
    }

    private static TreeNodes.Mode mode(NodeSpec spec, String name) {
        for (TreeNodes.Mode mode : TreeNodes.Mode.values()) {
            if (mode.name().equals(name)) {
                return mode;
            }
        }
        throw spec.refuse("nodes_modes has '" + name + "', which is not known");
    }

    private static int[] roots(NodeSpec spec, long[] trees, boolean[] child) {
        Set<Long> rooted = new HashSet<>();
        Set<Long> all = new HashSet<>();
        int[] roots = new int[trees.length];
        int count = 0;
        for (int i = 0; i < trees.length; i++) {
            all.add(trees[i]);
            if (!child[i]) {
                if (!rooted.add(trees[i])) {
                    throw spec.refuse("tree " + trees[i] + " has more than one root");
                }
                roots[count++] = i;
            }
        }
        if (count < all.size()) {
            all.removeAll(rooted);
            throw spec.refuse("tree " + all.iterator().next() + " has no root: its nodes form a circle");
        }
        return Arrays.copyOf(roots, count);
    }

    /** Attribute {@code name} of {@code n} entries (-1: of any number). */
    static long[] ints(NodeSpec spec, String name, int n) {
        long[] values = spec.intsAttribute(name);
        if (values == null) {
            throw spec.refuse("required attribute '" + name + "' is missing");
        }
        checkLength(spec, name, values.length, n);
        return values;
    }

    /** Attribute {@code name} as floats, or {@code name_as_tensor}. */
    static double[] numbers(NodeSpec spec, String name, int n) {
        float[] floats = spec.floatsAttribute(name);
        Tensor tensor = spec.tensorAttribute(name + "_as_tensor");
        if (tensor == null && floats != null) {
            tensor = Tensor.of(floats);
        } else if (tensor == null) {
            throw spec.refuse("required attribute '" + name + "' is missing");
        }
        double[] values = new double[tensor.size()];
        Elements.read(tensor, 0, 1, values, values.length);
        checkLength(spec, name, values.length, n);
        return values;
    }

    static void checkLength(NodeSpec spec, String name, int length, int n) {
        if (n >= 0 && length != n) {
            throw spec.refuse("attribute '" + name + "' has " + length + " entries, expected " + n);
        }
    }
}
