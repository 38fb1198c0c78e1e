package org.lanewise.kernels.attention;

import org.jspecify.annotations.Nullable;

/** {@link Attention} in {@code double}, one query at a time; meant to be right rather than fast. */
public final class AttentionDouble {
    private AttentionDouble() {}

    /** As {@link Attention.Rows}. */
    public record Rows(double[] array, int offset, int stride) {
        int at(int row) {
            return offset + row * stride;
        }
    }

    /** As {@link Attention.Mask}. */
    public record Mask(Rows rows, int columns) {}

    /**
     * Computes all queries of a head; the arguments are those of {@link Attention#run}.
     *
     * @param scale used instead of the spec's, which is a float
     */
    public static void run(
            AttentionSpec spec,
            double scale,
            Attention.Head head,
            Rows q,
            Rows k,
            Rows v,
            @Nullable Mask mask,
            Rows y,
            @Nullable Rows captured) {
        int valid = mask == null ? head.validKeys() : Math.min(head.validKeys(), mask.columns);
        double[] scores = new double[head.keys()];
        for (int row = 0; row < head.queries(); row++) {
            int low = Math.min(head.keys(), spec.firstKey(head.position() + row));
            int high = Math.max(low, spec.endKey(head.position() + row, valid));
            for (int key = 0; key < scores.length; key++) {
                scores[key] = scale * dot(q.array, q.at(row), k.array, k.at(key), head.size());
            }
            capture(spec, AttentionSpec.Capture.PRODUCT, scores, captured, row);
            for (int key = 0; key < scores.length && spec.softcap() > 0; key++) {
                scores[key] = spec.softcap() * Math.tanh(scores[key] / spec.softcap());
            }
            capture(spec, AttentionSpec.Capture.AFTER_SOFTCAP, scores, captured, row);
            boolean attends = false;
            for (int key = 0; key < scores.length; key++) {
                double bias = key < low || key >= high
                        ? Double.NEGATIVE_INFINITY
                        : mask == null ? 0 : mask.rows.array[mask.rows.at(row) + key];
                attends |= bias != Double.NEGATIVE_INFINITY;
                scores[key] = bias == Double.NEGATIVE_INFINITY ? bias : scores[key] + bias;
            }
            capture(spec, AttentionSpec.Capture.AFTER_MASK, scores, captured, row);
            softmax(scores, attends);
            capture(spec, AttentionSpec.Capture.AFTER_SOFTMAX, scores, captured, row);
            for (int i = 0; i < head.valueSize(); i++) {
                double sum = 0;
                for (int key = 0; key < scores.length; key++) {
                    sum += scores[key] * v.array[v.at(key) + i];
                }
                y.array[y.at(row) + i] = sum;
            }
        }
    }

    private static double dot(double[] a, int aOff, double[] b, int bOff, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += a[aOff + i] * b[bOff + i];
        }
        return sum;
    }

    private static void capture(
            AttentionSpec spec, AttentionSpec.Capture stage, double[] scores, @Nullable Rows captured, int row) {
        if (captured != null && spec.captured() == stage) {
            System.arraycopy(scores, 0, captured.array, captured.at(row), scores.length);
        }
    }

    private static void softmax(double[] scores, boolean attends) {
        double max = Double.NEGATIVE_INFINITY;
        for (double score : scores) {
            max = Math.max(max, score);
        }
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            scores[i] = attends ? Math.exp(scores[i] - max) : 0;
            sum += scores[i];
        }
        for (int i = 0; i < scores.length && attends; i++) {
            scores[i] /= sum;
        }
    }
}
