package org.lanewise.benchmarks;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lanewise.testmodels.check.Tolerance;

/**
 * How far outputs are from the expected ones.
 *
 * @param largest the largest difference of two values
 * @param accepted whether all are within rtol 1e-3, atol 1e-4
 */
record Difference(double largest, boolean accepted) {
    static Difference of(Map<String, float[]> expected, Map<String, float[]> got) {
        double largest = 0;
        boolean accepted = true;
        for (Map.Entry<String, float[]> output : expected.entrySet()) {
            float[] wanted = output.getValue();
            float @Nullable [] own = got.get(output.getKey());
            if (own == null || own.length != wanted.length) {
                throw new IllegalStateException("Lanewise gave " + (own == null ? "no" : own.length + " values as")
                        + " output '" + output.getKey() + "', expected " + wanted.length + " values");
            }
            for (int i = 0; i < wanted.length; i++) {
                largest = Math.max(largest, Math.abs((double) own[i] - wanted[i]));
                accepted &= Tolerance.LAYERS.accepts(own[i], wanted[i]);
            }
        }
        return new Difference(largest, accepted);
    }
}
