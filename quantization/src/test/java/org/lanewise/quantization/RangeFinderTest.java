package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RangeFinderTest {
    private static final ActivationType UINT8 = ActivationType.UINT8_ASYMMETRIC;

    private static Histogram of(float[] values) {
        Histogram histogram = new Histogram();
        histogram.add(values, 0, values.length);
        return histogram;
    }

    /** 1 to 1000, each once, with a sign. */
    private static float[] ramp(boolean bothSigns) {
        float[] values = new float[bothSigns ? 2000 : 1000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i < 1000 ? i + 1 : 999 - i;
        }
        return values;
    }

    private static float[] withOutlier(double outlier) {
        float[] values = Models.gaussian(new Random(7), 50_000, 1);
        values[0] = (float) outlier;
        return values;
    }

    @Test
    void minMaxIsTheWholeRangeAndZero() {
        assertEquals(new Range(0, 1000), RangeFinder.find(of(ramp(false)), CalibrationMethod.MIN_MAX, 99, UINT8));
        assertEquals(
                new Range(-3, 0), RangeFinder.find(of(new float[] {-3, -2}), CalibrationMethod.MIN_MAX, 99, UINT8));
    }

    @Test
    void percentileLeavesOutItsShare() {
        Range one = RangeFinder.find(of(ramp(false)), CalibrationMethod.PERCENTILE, 99, UINT8);
        assertEquals(0, one.low());
        assertEquals(990, one.high(), 0.5);
        Range both = RangeFinder.find(of(ramp(true)), CalibrationMethod.PERCENTILE, 99, UINT8);
        assertEquals(-990, both.low(), 0.5);
        assertEquals(990, both.high(), 0.5);
        Range all = RangeFinder.find(of(ramp(true)), CalibrationMethod.PERCENTILE, 100, UINT8);
        assertEquals(new Range(-1000, 1000), all);
    }

    @Test
    void anOutlierDoesNotSetTheRangeOfEntropy() {
        Range range = RangeFinder.find(of(withOutlier(1000)), CalibrationMethod.ENTROPY, 99.99, UINT8);
        assertTrue(range.high() < 60, range.toString());
        assertTrue(range.high() > 2.5, range.toString());
    }

    @Test
    void theSmallestSquaredErrorIsFoundInTheValues() {
        float[] values = withOutlier(20);
        Histogram histogram = of(values);
        double best = error(values, RangeFinder.find(histogram, CalibrationMethod.MSE, 99.99, UINT8));
        assertTrue(best < error(values, histogram.range()));
        for (double shrink = 0.1; shrink < 1.01; shrink += 0.1) {
            Range other = new Range(
                    histogram.range().low() * shrink, histogram.range().high() * shrink);
            assertTrue(best <= error(values, other) * 1.02, other.toString());
        }
    }

    private static double error(float[] values, Range range) {
        Parameters p = Parameters.of(range, UINT8);
        double sum = 0;
        for (float value : values) {
            double difference = (p.quantize(value) - p.zeroPoint()) * p.scale() - value;
            sum += difference * difference;
        }
        return sum;
    }

    /** 255 equal steps of a uniform distribution lose nothing at the full range. */
    @Test
    void entropyKeepsAUniformDistribution() {
        float[] values = new float[100_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i + 0.5f) / values.length;
        }
        Range range = RangeFinder.find(of(values), CalibrationMethod.ENTROPY, 99.99, UINT8);
        assertEquals(1, range.high(), 0.01);
    }

    @ParameterizedTest
    @EnumSource
    void zerosAloneHaveNoWidth(CalibrationMethod method) {
        assertEquals(new Range(0, 0), RangeFinder.find(of(new float[5]), method, 99, UINT8));
        assertEquals(1, Parameters.of(new Range(0, 0), UINT8).scale());
    }
}
