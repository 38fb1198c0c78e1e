package org.lanewise.runtime.ops.ml;

import java.util.Arrays;
import org.lanewise.kernels.tree.Forest;
import org.lanewise.runtime.op.OpContext;
import org.lanewise.runtime.schedule.Scratch;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.Elements;
import org.lanewise.runtime.tensor.FloatTensor;
import org.lanewise.runtime.tensor.Tensor;

/**
 * Scores rows by trees whose leaves vote: a vote adds a weight to a target. Rows of float are walked in blocks, tree by tree, so that a tree is in the cache for all rows of a block; votes are
 * added up in double, in the order of the trees.
 */
final class TreeScores {
    /** How the votes for a target become its score. */
    enum Aggregate {
        AVERAGE,
        SUM,
        MIN,
        MAX
    }

    /** Takes the scores of a row, {@code scores[at..at + targets)}. */
    interface RowFinish {
        void finish(double[] scores, int at, int row);
    }

    private static final int BLOCK = 64;

    private final Forest forest;
    private final int features;
    private final int[] voteStart;
    private final int[] voteTarget;
    private final double[] voteWeight;
    private final int targets;
    private final Aggregate aggregate;

    /**
     * @param features least number of features of a row
     * @param voteStart for each node the first of its votes; one more for the end
     * @param voteTarget of each vote
     * @param voteWeight of each vote
     * @param targets number of targets
     */
    TreeScores(
            Forest forest,
            int features,
            int[] voteStart,
            int[] voteTarget,
            double[] voteWeight,
            int targets,
            Aggregate aggregate) {
        this.forest = forest;
        this.features = features;
        this.voteStart = voteStart;
        this.voteTarget = voteTarget;
        this.voteWeight = voteWeight;
        this.targets = targets;
        this.aggregate = aggregate;
    }

    int targets() {
        return targets;
    }

    /** Fails if rows of {@code given} values (negative: unknown) have too few for the trees. */
    void checkFeatures(long given) {
        if (given >= 0 && given < features) {
            throw new IllegalArgumentException(
                    "the input has " + given + " features, the trees ask for feature " + (features - 1));
        }
    }

    /** Scores the rows of {@code x}, (N, F) or (F). */
    void run(OpContext context, Tensor x, RowFinish finish) {
        int rows = Rows.count(x.shape(), -1);
        int width = x.shape().dim(-1);
        checkFeatures(width);
        context.kernel(x.type() == DataType.FLOAT ? "four walks at once" : "one walk at a time");
        context.parallel(rows, 20L * forest.trees() + 10, (from, to, scratch) -> {
            for (int row = from; row < to; row += BLOCK) {
                int count = Math.min(BLOCK, to - row);
                if (x instanceof FloatTensor floats) {
                    block(floats, row, count, width, scratch, finish);
                } else {
                    for (int i = row; i < row + count; i++) {
                        single(x, i, width, scratch, finish);
                    }
                }
            }
        });
    }

    private void block(FloatTensor x, int row, int count, int width, Scratch scratch, RowFinish finish) {
        double[] scores = scratch.doubles(count * targets);
        start(scores, 0, count * targets);
        int at = x.offset() + row * width;
        boolean nan = forest.needsNan(x.array(), at, count * width);
        if (count < 4) {
            int[] leaves = scratch.ints(forest.trees());
            for (int i = 0; i < count; i++) {
                forest.leavesOfRow(x.array(), at + i * width, nan, leaves);
                for (int tree = 0; tree < forest.trees(); tree++) {
                    vote(leaves[tree], scores, i * targets);
                }
            }
        } else {
            int[] leaves = scratch.ints(count);
            for (int tree = 0; tree < forest.trees(); tree++) {
                forest.leavesOfTree(x.array(), at, width, count, tree, nan, leaves, 0);
                for (int i = 0; i < count; i++) {
                    vote(leaves[i], scores, i * targets);
                }
            }
        }
        for (int i = 0; i < count; i++) {
            end(scores, i * targets);
            finish.finish(scores, i * targets, row + i);
        }
    }

    private void single(Tensor x, int row, int width, Scratch scratch, RowFinish finish) {
        double[] values = scratch.doubles(width + targets); // the row, then its scores
        Elements.read(x, row * width, 1, values, width);
        start(values, width, targets);
        for (int tree = 0; tree < forest.trees(); tree++) {
            vote(forest.leaf(values, 0, tree), values, width);
        }
        end(values, width);
        finish.finish(values, width, row);
    }

    private void start(double[] scores, int at, int n) {
        double value = switch (aggregate) {
            case SUM, AVERAGE -> 0;
            case MIN -> Double.POSITIVE_INFINITY;
            case MAX -> Double.NEGATIVE_INFINITY;
        };
        Arrays.fill(scores, at, at + n, value);
    }

    private void vote(int leaf, double[] scores, int at) {
        for (int v = voteStart[leaf]; v < voteStart[leaf + 1]; v++) {
            int target = at + voteTarget[v];
            switch (aggregate) {
                case SUM, AVERAGE -> scores[target] += voteWeight[v];
                case MIN -> scores[target] = Math.min(scores[target], voteWeight[v]);
                case MAX -> scores[target] = Math.max(scores[target], voteWeight[v]);
            }
        }
    }

    /** Divides averages, and gives targets that nobody voted for the score 0. */
    private void end(double[] scores, int at) {
        for (int i = at; i < at + targets; i++) {
            switch (aggregate) {
                case SUM -> {}
                case AVERAGE -> scores[i] /= forest.trees();
                case MIN -> scores[i] = scores[i] == Double.POSITIVE_INFINITY ? 0 : scores[i];
                case MAX -> scores[i] = scores[i] == Double.NEGATIVE_INFINITY ? 0 : scores[i];
            }
        }
    }
}
