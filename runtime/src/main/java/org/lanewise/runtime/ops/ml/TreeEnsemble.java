package org.lanewise.runtime.ops.ml;

import java.util.Arrays;
import java.util.Set;
import org.lanewise.runtime.op.NodeSpec;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.op.Operator;
import org.lanewise.runtime.op.ShapeContext;
import org.lanewise.runtime.ops.math.Types;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.PartialShape;
import org.lanewise.runtime.tensor.Shape;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Scores rows (N, F) by decision trees: (N, targets), {@code postTransform(aggregate of the weights of the leaves)}. Inner nodes and leaves are listed apart. ONNX {@code ai.onnx.ml.TreeEnsemble}-5.
 *
 * @param scores the trees
 * @param postTransform what is done to the scores in the end
 */
public record TreeEnsemble(TreeScores scores, PostTransform postTransform) implements Operator {
    private static final Set<DataType> TYPES = Set.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16);
    private static final int MEMBER = 6;

    /** From a node. */
    public static TreeEnsemble create(NodeSpec spec) {
        spec.inputs(1, 1);
        long post = spec.intAttribute("post_transform", 0);
        long aggregate = spec.intAttribute("aggregate_function", 1);
        if (post < 0 || post > 4) {
            throw spec.refuse("post_transform " + post + " is not known");
        }
        if (aggregate < 0 || aggregate > 3) {
            throw spec.refuse("aggregate_function " + aggregate + " is not known");
        }
        return new TreeEnsemble(
                trees(spec, TreeScores.Aggregate.values()[(int) aggregate]), PostTransform.values()[(int) post]);
    }

    private static TreeScores trees(NodeSpec spec, TreeScores.Aggregate aggregate) {
        double[] modes = numbers(spec, "nodes_modes", -1);
        int inner = modes.length;
        long[] targets = TreeAttributes.ints(spec, "leaf_targetids", -1);
        int leaves = targets.length;
        double[] weights = numbers(spec, "leaf_weights", leaves);
        TreeNodes nodes = new TreeNodes(spec, Math.addExact(inner, leaves));
        for (int i = 0; i < leaves; i++) {
            nodes.leaf(inner + i);
        }
        branches(spec, nodes, modes, leaves);
        long[] rootIds = TreeAttributes.ints(spec, "tree_roots", -1);
        int[] roots = new int[rootIds.length];
        for (int i = 0; i < roots.length; i++) {
            roots[i] = node(spec, "tree_roots", rootIds[i], false, inner, leaves);
        }
        int count = targets(spec, targets);
        int[] start = new int[nodes.size() + 1];
        int[] votes = new int[leaves];
        for (int i = 0; i < leaves; i++) {
            votes[i] = (int) targets[i];
        }
        for (int i = 0; i < start.length; i++) {
            start[i] = Math.clamp(i - inner, 0, leaves);
        }
        return new TreeScores(nodes.build(roots), nodes.features(), start, votes, weights, count, aggregate);
    }

    private static void branches(NodeSpec spec, TreeNodes nodes, double[] modes, int leaves) {
        int n = modes.length;
        long[] feature = TreeAttributes.ints(spec, "nodes_featureids", n);
        double[] splits = numbers(spec, "nodes_splits", n);
        long[] yes = TreeAttributes.ints(spec, "nodes_truenodeids", n);
        long[] no = TreeAttributes.ints(spec, "nodes_falsenodeids", n);
        long[] yesLeaf = TreeAttributes.ints(spec, "nodes_trueleafs", n);
        long[] noLeaf = TreeAttributes.ints(spec, "nodes_falseleafs", n);
        boolean tracks = spec.has("nodes_missing_value_tracks_true");
        long[] missing = tracks ? TreeAttributes.ints(spec, "nodes_missing_value_tracks_true", n) : new long[n];
        spec.acknowledge("nodes_hitrates"); // a hint for layouts
        double[] members = spec.has("membership_values") ? numbers(spec, "membership_values", -1) : new double[0];
        int at = 0;
        for (int i = 0; i < n; i++) {
            int ifTrue = node(spec, "nodes_truenodeids", yes[i], yesLeaf[i] != 0, n, leaves);
            int ifFalse = node(spec, "nodes_falsenodeids", no[i], noLeaf[i] != 0, n, leaves);
            if (modes[i] == MEMBER) {
                int end = at;
                while (end < members.length && !Double.isNaN(members[end])) {
                    end++;
                }
                if (end == members.length) {
                    throw spec.refuse("membership_values has no set for node " + i);
                }
                member(nodes, i, feature[i], members, at, end, ifTrue, ifFalse, missing[i] != 0);
                at = end + 1;
            } else if (modes[i] >= 0 && modes[i] < MEMBER) {
                TreeNodes.Mode mode = TreeNodes.Mode.values()[(int) modes[i]];
                nodes.branch(i, mode, feature[i], splits[i], ifTrue, ifFalse, missing[i] != 0);
            } else {
                throw spec.refuse("nodes_modes has " + (long) modes[i] + ", expected 0..6");
            }
        }
        if (at != members.length) {
            throw spec.refuse("membership_values has more sets than there are nodes that ask for one");
        }
    }

    /** Asks for one member of a set after the other. */
    private static void member(
            TreeNodes nodes,
            int node,
            long feature,
            double[] members,
            int from,
            int to,
            int yes,
            int no,
            boolean nanYes) {
        int current = node;
        for (int m = from; m < to; m++) {
            int next = m + 1 < to ? nodes.add() : no;
            nodes.branch(current, TreeNodes.Mode.BRANCH_EQ, feature, members[m], yes, next, nanYes);
            current = next;
        }
        if (from == to) {
            nodes.branch(node, TreeNodes.Mode.BRANCH_LEQ, feature, Double.NaN, yes, no, nanYes);
        }
    }

    private static int node(NodeSpec spec, String name, long id, boolean leaf, int inner, int leaves) {
        int limit = leaf ? leaves : inner;
        if (id < 0 || id >= limit) {
            throw spec.refuse(name + " has " + id + ", there are " + limit + (leaf ? " leaves" : " nodes"));
        }
        return (int) (leaf ? inner + id : id);
    }

    private static int targets(NodeSpec spec, long[] ids) {
        long largest = -1;
        for (long id : ids) {
            if (id < 0) {
                throw spec.refuse("leaf_targetids has " + id + ", expected 0 or more");
            }
            largest = Math.max(largest, id);
        }
        long targets = spec.intAttribute("n_targets", largest + 1);
        if (targets < 1 || targets > 1 << 24 || largest >= targets) {
            throw spec.refuse("n_targets is " + targets + ", leaf_targetids go up to " + largest);
        }
        return (int) targets;
    }

    private static double[] numbers(NodeSpec spec, String name, int n) {
        Tensor tensor = spec.tensorAttribute(name);
        if (tensor == null) {
            throw spec.refuse("required attribute '" + name + "' is missing");
        }
        TreeAttributes.checkLength(spec, name, tensor.size(), n);
        double[] values = new double[tensor.size()];
        Elements.read(tensor, 0, 1, values, values.length);
        return values;
    }

    @Override
    public void inferShapes(ShapeContext context) {
        DataType type = Types.check(context, 0, TYPES);
        PartialShape x = context.inputShape(0);
        if (x.isRanked() && x.rank() != 2) {
            throw new IllegalArgumentException("the input has shape " + x + ", expected [N,F]");
        }
        scores.checkFeatures(x.isRanked() ? x.dim(1) : -1);
        context.output(0, type, PartialShape.of(x.isRanked() ? x.dim(0) : PartialShape.UNKNOWN, scores.targets()));
    }

    @Override
    public void run(OpContext context) {
        Tensor x = context.input(0);
        int targets = scores.targets();
        Tensor y = context.output(0, x.type(), Shape.of(x.shape().dim(0), targets));
        scores.run(context, x, (values, at, row) -> {
            postTransform.apply(values, at, targets);
            double[] scored = Arrays.copyOfRange(values, at, at + targets);
            Elements.write(scored, y, row * targets, targets);
        });
    }
}
