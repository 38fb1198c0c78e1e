package org.lanewise.quantization;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.lanewise.runtime.tensor.OnnxValue;

/**
 * Real inputs of a model. Samples are walked through one at a time, several times over, and never held together: what they need of memory is one of them.
 */
public interface CalibrationData {
    /** How many samples there are; each is what one run takes. */
    long size();

    /**
     * Calls {@code action} for each of the first {@code limit} samples, always in the same order.
     *
     * @param action takes the inputs of a run by name
     */
    void forEach(long limit, Consumer<Map<String, OnnxValue>> action);

    /** How many samples there are without variants of them; sample i is a variant of sample {@code i % originals()}. */
    default long originals() {
        return size();
    }

    /** The right class of each row of the first output, sample by sample; empty where nobody says them. Needed for {@link AccuracyTarget.Metric#ACCURACY_LOSS} only. */
    default List<Integer> labels() {
        return List.of();
    }

    /** Samples in memory. */
    static CalibrationData of(List<? extends Map<String, ? extends OnnxValue>> samples) {
        return of(samples, List.of());
    }

    /**
     * Samples in memory with their classes.
     *
     * @param labels as {@link #labels()}
     */
    static CalibrationData of(List<? extends Map<String, ? extends OnnxValue>> samples, List<Integer> labels) {
        List<Integer> classes = List.copyOf(labels);
        List<Map<String, OnnxValue>> copies =
                samples.stream().map(Map::<String, OnnxValue>copyOf).toList();
        return new CalibrationData() {
            @Override
            public long size() {
                return copies.size();
            }

            @Override
            public void forEach(long limit, Consumer<Map<String, OnnxValue>> action) {
                copies.stream().limit(limit).forEach(action);
            }

            @Override
            public List<Integer> labels() {
                return classes;
            }
        };
    }
}
