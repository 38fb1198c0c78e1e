package org.lanewise.runtime.ops.ml;

import java.util.Arrays;
import org.lanewise.runtime.op.NodeSpec;

/**
 * The machines of an {@link SVMClassifier}.
 *
 * @param kernel k
 * @param classes number of classes
 * @param perClass support vectors of each class, which are listed class by class; none for linear functions
 * @param coefficients (classes - 1, support vectors): row j - 1 of the vectors of class i, and row i of those of class j, belong to the pair i &lt; j; for linear functions (classes, C)
 * @param vectors the support vectors, one after the other
 * @param features C
 * @param rho added to the value of each pair; the first to all linear functions
 * @param probA slope of the sigmoid of each pair; none when no probabilities are wanted
 * @param probB offset of the sigmoid of each pair
 */
record SvmPairs(
        SvmKernel kernel,
        int classes,
        int[] perClass,
        float[] coefficients,
        float[] vectors,
        int features,
        float[] rho,
        float[] probA,
        float[] probB) {
    /** Memory for one row. */
    record Work(double[] kernels, double[] pairs, int[] votes) {}

    static SvmPairs create(NodeSpec spec, int classes) {
        long[] given = spec.intsAttribute("vectors_per_class");
        int[] perClass = new int[classes];
        long total = 0;
        for (int i = 0; given != null && i < given.length; i++) {
            if (given.length != classes || given[i] < 0 || (total += given[i]) > Integer.MAX_VALUE) {
                throw spec.refuse("vectors_per_class must have one count for each of the " + classes + " classes");
            }
            perClass[i] = (int) given[i];
        }
        boolean linear = total == 0;
        float[] coefficients = SVMRegressor.floats(spec, "coefficients");
        float[] vectors = SVMRegressor.floats(spec, "support_vectors");
        float[] rho = SVMRegressor.floats(spec, "rho");
        float[] probA = SVMRegressor.floats(spec, "prob_a");
        float[] probB = SVMRegressor.floats(spec, "prob_b");
        long pairs = (long) classes * (classes - 1) / 2;
        boolean fits = linear
                ? coefficients.length > 0 && coefficients.length % classes == 0 && rho.length > 0
                : vectors.length > 0
                        && vectors.length % total == 0
                        && coefficients.length == (classes - 1) * total
                        && rho.length == pairs;
        if (!fits || probA.length != probB.length || probA.length != 0 && probA.length != pairs) {
            throw spec.refuse(total + " support vectors of " + vectors.length + " values with " + coefficients.length
                    + " coefficients, " + rho.length + " rho, " + probA.length + " prob_a and " + probB.length
                    + " prob_b do not fit " + classes + " classes");
        }
        return new SvmPairs(
                SvmKernel.create(spec, linear),
                classes,
                linear ? new int[0] : perClass,
                coefficients,
                vectors,
                linear ? coefficients.length / classes : (int) (vectors.length / total),
                rho,
                linear ? new float[0] : probA,
                linear ? new float[0] : probB);
    }

    /** Number of scores of a row. */
    int scores() {
        return perClass.length == 0 || probA.length > 0 ? classes : classes * (classes - 1) / 2;
    }

    /** Rough nanoseconds a row. */
    long cost() {
        return 10L + vectors.length + coefficients.length;
    }

    Work work() {
        int pairs = classes * (classes - 1) / 2;
        return new Work(
                new double[perClass.length == 0 ? 0 : vectors.length / features], new double[pairs], new int[classes]);
    }

    /** Writes the scores of the row {@code x} and returns its class. */
    int score(double[] x, double[] scores, Work work) {
        if (perClass.length == 0) {
            for (int i = 0; i < classes; i++) {
                scores[i] = rho[0] + kernel.of(x, coefficients, i * features, features);
            }
            return Labels.best(scores, 0, classes);
        }
        for (int s = 0; s < work.kernels.length; s++) {
            work.kernels[s] = kernel.of(x, vectors, s * features, features);
        }
        Arrays.fill(work.votes, 0);
        int pair = 0;
        int startI = 0;
        for (int i = 0; i < classes; i++) {
            int startJ = startI + perClass[i];
            for (int j = i + 1; j < classes; j++) {
                double value = rho[pair] + part(work, j - 1, startI, perClass[i]) + part(work, i, startJ, perClass[j]);
                work.votes[value > 0 ? i : j]++;
                work.pairs[pair++] = value;
                startJ += perClass[j];
            }
            startI += perClass[i];
        }
        if (probA.length > 0) {
            probabilities(work.pairs, scores);
        } else {
            System.arraycopy(work.pairs, 0, scores, 0, pair);
        }
        int best = 0;
        for (int i = 1; i < classes; i++) {
            best = work.votes[i] > work.votes[best] ? i : best;
        }
        return best;
    }

    private double part(Work work, int row, int start, int count) {
        double sum = 0;
        for (int s = start; s < start + count; s++) {
            sum += coefficients[row * work.kernels.length + s] * work.kernels[s];
        }
        return sum;
    }

    /** Couples the probabilities of pairs by the second method of Wu, Lin and Weng (Probability estimates for multi-class classification by pairwise coupling, 2004). */
    private void probabilities(double[] pairs, double[] p) {
        double[][] r = new double[classes][classes];
        int pair = 0;
        for (int i = 0; i < classes; i++) {
            for (int j = i + 1; j < classes; j++) {
                double fit = 1 / (1 + Math.exp(pairs[pair] * probA[pair] + probB[pair]));
                r[i][j] = Math.clamp(fit, 1e-7, 1 - 1e-7);
                r[j][i] = 1 - r[i][j];
                pair++;
            }
        }
        double[][] q = new double[classes][classes];
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < classes; j++) {
                if (i != j) {
                    q[i][i] += r[j][i] * r[j][i];
                    q[i][j] = -r[j][i] * r[i][j];
                }
            }
        }
        Arrays.fill(p, 0, classes, 1.0 / classes);
        int rounds = Math.max(100, classes);
        while (rounds > 0 && !improve(q, p)) {
            rounds--;
        }
    }

    /** One round of the fixed-point iteration; {@code true} when p was good already. */
    private boolean improve(double[][] q, double[] p) {
        double[] qp = new double[classes];
        double pqp = 0;
        for (int i = 0; i < classes; i++) {
            for (int j = 0; j < classes; j++) {
                qp[i] += q[i][j] * p[j];
            }
            pqp += p[i] * qp[i];
        }
        double error = 0;
        for (double value : qp) {
            error = Math.max(error, Math.abs(value - pqp));
        }
        if (error < 0.005 / classes) {
            return true;
        }
        for (int i = 0; i < classes; i++) {
            double step = (pqp - qp[i]) / q[i][i];
            p[i] += step;
            pqp = (pqp + step * (step * q[i][i] + 2 * qp[i])) / (1 + step) / (1 + step);
            for (int j = 0; j < classes; j++) {
                qp[j] = (qp[j] + step * q[i][j]) / (1 + step);
                p[j] /= 1 + step;
            }
        }
        return false;
    }
}
