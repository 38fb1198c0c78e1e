package org.lanewise.quantization.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lanewise.quantization.AccuracyTarget;
import org.lanewise.quantization.ProgressListener;
import org.lanewise.quantization.QuantizationException;
import org.lanewise.runtime.graph.Model;
import org.lanewise.runtime.graph.ValueInfo;
import org.lanewise.runtime.session.SessionOptions;
import org.lanewise.runtime.tensor.DataType;
import org.lanewise.runtime.tensor.OnnxValue;
import org.lanewise.runtime.tensor.Tensor;

/** Compares models with the fp32 model whose outputs it keeps. Those outputs are limited: where they are large, fewer samples are compared. */
public final class OutputComparison {
    /** So that one wrong answer in a thousand is a tenth of a point. */
    private static final double ROUNDING = 1e-9;

    private static final long MOST_ELEMENTS = 64L << 20;

    private final List<Map<String, float[]>> references = new ArrayList<>();
    private final List<String> outputs = new ArrayList<>();
    private final int rowLength;
    private final Feed feed;
    private final SessionOptions options;
    private final List<Integer> labels;

    /** Runs {@code model} on up to {@code samples} samples. */
    public OutputComparison(Model model, int samples, Feed feed, SessionOptions options) {
        this.feed = new Feed(feed.data(), ProgressListener.NONE);
        this.options = options;
        for (ValueInfo output : model.graph().outputs()) {
            outputs.add(output.name());
        }
        long[] elements = {0};
        int[] row = {0};
        feed.run(model, List.of(), options, "fp32 outputs", samples, values -> {
            if (elements[0] > MOST_ELEMENTS) {
                return;
            }
            Map<String, float[]> floats = new LinkedHashMap<>();
            for (String name : outputs) {
                if (values.get(name) instanceof Tensor tensor && tensor.type() == DataType.FLOAT) {
                    floats.put(name, tensor.toFloatArray());
                    elements[0] += tensor.size();
                    if (row[0] == 0) {
                        row[0] = tensor.shape().rank() == 0
                                ? 1
                                : Math.max(1, tensor.shape().dim(-1));
                    }
                }
            }
            references.add(floats);
        });
        rowLength = Math.max(1, row[0]);
        labels = feed.data().labels();
        outputs.retainAll(references.getFirst().keySet());
        if (outputs.isEmpty()) {
            throw new QuantizationException(
                    "the model has no output of type float, so its accuracy cannot be measured");
        }
        checkLabels();
    }

    /** Whether the right classes are known. */
    public boolean isLabelled() {
        return !labels.isEmpty();
    }

    private void checkLabels() {
        String first = outputs.getFirst();
        long rows = 0;
        for (Map<String, float[]> values : references) {
            rows += values.getOrDefault(first, new float[0]).length / rowLength;
        }
        if (!labels.isEmpty() && labels.size() < rows) {
            throw new QuantizationException(
                    "there are " + labels.size() + " labels, but output '" + first + "' has " + rows + " rows");
        }
        for (int label : labels) {
            if (label < 0 || label >= rowLength) {
                throw new QuantizationException("label " + label + ": output '" + first + "' has " + rowLength
                        + " classes, expected 0 to " + (rowLength - 1));
            }
        }
    }

    /**
     * How close two models are, see {@link AccuracyTarget.Metric}.
     *
     * @param sqnr in dB; infinite where outputs are equal
     * @param agreement 0 to 1
     * @param cosine -1 to 1
     * @param labelled rows whose class is known
     * @param rightBefore those of them that fp32 answers right
     * @param right those that the other model does
     */
    public record Score(double sqnr, double agreement, double cosine, long labelled, long rightBefore, long right) {
        /** Percent of the labelled rows; negative if the model got better. */
        public double lostPoints() {
            return 100.0 * (rightBefore - right) / labelled;
        }

        /** Whether these outputs are close enough. */
        public boolean meets(AccuracyTarget target) {
            return switch (target.metric()) {
                case SQNR -> sqnr >= target.value();
                case AGREEMENT -> agreement >= target.value();
                case COSINE -> cosine >= target.value();
                case ACCURACY_LOSS -> lostPoints() <= target.value() + ROUNDING;
            };
        }

        @Override
        public String toString() {
            String close = String.format(
                    Locale.ROOT, "SQNR %.1f dB, top-1 agreement %.4f, cosine %.5f", sqnr, agreement, cosine);
            return labelled == 0
                    ? close
                    : close + ", " + right + " of " + labelled + " right (fp32 " + rightBefore + ")";
        }
    }

    /** Runs {@code model} and compares. */
    public Score score(Model model) {
        Map<String, double[]> sums = new LinkedHashMap<>();
        Rows rows = new Rows();
        int[] sample = {0};
        feed.run(model, List.of(), options, "comparing", references.size(), values -> {
            Map<String, float[]> reference = references.get(sample[0]++);
            for (String name : outputs) {
                add(
                        reference.getOrDefault(name, new float[0]),
                        floats(values, name),
                        sums.computeIfAbsent(name, key -> new double[3]));
            }
            String first = outputs.getFirst();
            rows.count(reference.getOrDefault(first, new float[0]), floats(values, first));
        });
        double sqnr = Double.POSITIVE_INFINITY;
        double cosine = 1;
        for (double[] sum : sums.values()) {
            sqnr = Math.min(sqnr, sum[1] == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(sum[0] / sum[1]));
            cosine = Math.min(cosine, sum[2] / references.size());
        }
        double agreement = rows.count == 0 ? 1 : (double) rows.same / rows.count;
        return new Score(sqnr, agreement, cosine, rows.labelled, rows.rightBefore, rows.right);
    }

    private static float[] floats(Map<String, OnnxValue> values, String name) {
        return values.get(name) instanceof Tensor tensor ? tensor.toFloatArray() : new float[0];
    }

    /** Adds signal, noise and cosine. */
    private static void add(float[] reference, float[] got, double[] sums) {
        double signal = 0;
        double noise = 0;
        double product = 0;
        double square = 0;
        for (int i = 0; i < Math.min(reference.length, got.length); i++) {
            double difference = (double) reference[i] - got[i];
            signal += (double) reference[i] * reference[i];
            noise += difference * difference;
            product += (double) reference[i] * got[i];
            square += (double) got[i] * got[i];
        }
        sums[0] += signal;
        sums[1] += reference.length == got.length ? noise : Double.POSITIVE_INFINITY;
        sums[2] +=
                signal == 0 && square == 0 ? 1 : signal == 0 || square == 0 ? 0 : product / Math.sqrt(signal * square);
    }

    /** Counts rows of the first output by where their largest element is. */
    private final class Rows {
        private long count;
        private long same;
        private long labelled;
        private long rightBefore;
        private long right;

        void count(float[] reference, float[] got) {
            for (int at = 0; at + rowLength <= Math.min(reference.length, got.length); at += rowLength) {
                int expected = largest(reference, at);
                int best = largest(got, at);
                same += expected == best ? 1 : 0;
                if (count < labels.size()) {
                    int label = labels.get((int) count);
                    labelled++;
                    rightBefore += expected == label ? 1 : 0;
                    right += best == label ? 1 : 0;
                }
                count++;
            }
        }
    }

    private int largest(float[] values, int from) {
        int best = 0;
        for (int i = 1; i < rowLength; i++) {
            if (values[from + i] > values[from + best]) {
                best = i;
            }
        }
        return best;
    }
}
