package org.lanewise.quantization.prune;

import org.jspecify.annotations.Nullable;
import org.lanewise.quantization.model.Cholesky;

/**
 * What a change d of an output channel's weights costs: {@code d^T C d}. By the inputs alone C is their second moments H, the same for all channels of a group, and the cost that of the layer's output. Where {@link OutputMoments} F are
 * known C is a mean of F and of what it would be if gradients g had nothing to do with inputs and with each other, {@code sum of g^2 / places * H}, and the cost that of the model's scores. The fewer answers F comes from, the less it
 * counts: {@code n / (n + 3 K)} for n answers and K inputs.
 */
final class Curvature {
    /** Answers for each input that give F half of the weight. */
    private static final double ANSWERS = 3;

    /** The share of the mean of the diagonal that is added to it. */
    private static final double DAMPING = 1e-3;

    private final double[] h;
    private final int columns;
    private final long places;
    private final @Nullable OutputMoments outputs;
    private double @Nullable [] shared;

    /**
     * For a group of channels.
     *
     * @param h damped second moments of {@code places} inputs (K, K)
     * @param outputs what is known of the scores; {@code null} if the layer's output is all that counts
     */
    Curvature(double[] h, int columns, long places, @Nullable OutputMoments outputs) {
        this.h = h;
        this.columns = columns;
        this.outputs = outputs;
        this.places = Math.max(1, places);
    }

    /** What the costs that {@link #inverse} gives for an output channel are to be multiplied by. */
    double scale(int row) {
        return outputs == null || outputs.isExact() ? 1 : outputs.energy(row) / places;
    }

    /** C of an output channel up to {@link #scale}, both halves; not to be changed. */
    double[] of(int row) {
        return outputs == null || !outputs.isExact() ? h : mixed(outputs, row);
    }

    private double[] mixed(OutputMoments known, int row) {
        double[] c = known.moments(row);
        double share = known.answers() / (known.answers() + ANSWERS * columns);
        double inputs = (1 - share) * known.energy(row) / places;
        double mean = 0;
        for (int i = 0; i < c.length; i++) {
            c[i] = share * c[i] + inputs * h[i];
            mean += i % (columns + 1) == 0 ? c[i] / columns : 0;
        }
        for (int i = 0; i < columns; i++) {
            // A channel that nothing depends on costs nothing, but it has an inverse
            c[i * columns + i] += Math.max(DAMPING * mean, Float.MIN_NORMAL);
        }
        return c;
    }

    /** The inverse of C for the output channels from {@code row} to {@code end} together, the caller's own. */
    double[] inverse(int row, int end) {
        if (outputs == null || !outputs.isExact()) {
            double[] known = shared;
            if (known == null) {
                known = Cholesky.inverse(h.clone(), columns);
                shared = known;
            }
            return known.clone();
        }
        double[] sum = of(row);
        for (int other = row + 1; other < end; other++) {
            double[] next = of(other);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += next[i];
            }
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] /= end - row;
        }
        return Cholesky.inverse(sum, columns);
    }
}
