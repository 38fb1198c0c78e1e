package org.lanewise.quantization.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ErrorStatisticsTest {
    private static ErrorStatistics of(float[] reference, float[] candidate) {
        ErrorStatistics statistics = new ErrorStatistics();
        statistics.add(reference, candidate);
        return statistics;
    }

    @Test
    void oneValueOfTwoIsOffByOne() {
        ErrorStatistics error = of(new float[] {3, 4}, new float[] {3, 3});
        assertEquals(10 * Math.log10(25), error.sqnr(), 1e-12);
        assertEquals(21 / (5 * Math.sqrt(18)), error.cosine(), 1e-12);
        assertEquals(1, error.maxError());
        assertEquals(0.5, error.meanError());
        assertEquals(Math.sqrt(12.5), error.referenceRms(), 1e-12);
        assertEquals(2, error.count());
    }

    @Test
    void withoutErrorTheRatioIsInfinite() {
        ErrorStatistics error = of(
                new float[] {1, Float.NaN, Float.POSITIVE_INFINITY},
                new float[] {1, Float.NaN, Float.POSITIVE_INFINITY});
        assertEquals(Double.POSITIVE_INFINITY, error.sqnr());
        assertEquals(1, error.cosine());
        assertEquals(0, error.maxError());
        assertEquals(1, error.count(), "equal infinities count nowhere");
        assertEquals(0, error.broken());
    }

    @Test
    void aLostNumberBreaksAll() {
        ErrorStatistics error = of(new float[] {1, 2, Float.NEGATIVE_INFINITY}, new float[] {1, Float.NaN, 0});
        assertEquals(2, error.broken());
        assertEquals(Double.NEGATIVE_INFINITY, error.sqnr());
        assertEquals(Double.POSITIVE_INFINITY, error.maxError());
        assertEquals(0, error.meanError());
    }

    @Test
    void zerosHaveACosine() {
        assertEquals(1, of(new float[2], new float[2]).cosine());
        assertEquals(0, of(new float[2], new float[] {0, 1}).cosine());
        assertEquals(
                Double.NEGATIVE_INFINITY, of(new float[2], new float[] {0, 1}).sqnr());
        assertEquals(0, new ErrorStatistics().meanError());
    }

    @Test
    void lengthsMustAgree() {
        Exception e = assertThrows(IllegalArgumentException.class, () -> of(new float[2], new float[3]));
        assertEquals("the reference has 2 values, the candidate 3", e.getMessage());
    }

    @Property(tries = 100)
    void partsAddUpAndUnitsCancel(
            @ForAll @IntRange(min = 2, max = 30) int count,
            @ForAll @IntRange(min = -8, max = 8) int exponent,
            @ForAll long seed) {
        java.util.Random random = new java.util.Random(seed);
        float[] values = new float[count];
        float[] other = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = 100 * (float) random.nextGaussian();
            other[i] = values[i] + random.nextFloat() - 0.5f;
        }
        ErrorStatistics whole = of(values, other);
        ErrorStatistics parts = new ErrorStatistics();
        int half = values.length / 2;
        parts.add(Arrays.copyOf(values, half), Arrays.copyOf(other, half));
        parts.add(Arrays.copyOfRange(values, half, values.length), Arrays.copyOfRange(other, half, values.length));
        assertEquals(whole.sqnr(), parts.sqnr());
        assertEquals(whole.cosine(), parts.cosine());
        ErrorStatistics scaled = new ErrorStatistics();
        for (int i = 0; i < values.length; i++) {
            scaled.add(Math.scalb(values[i], exponent), Math.scalb(other[i], exponent));
        }
        assertEquals(whole.sqnr(), scaled.sqnr(), 1e-9);
        assertEquals(whole.cosine(), scaled.cosine(), 1e-12);
        assertEquals(Math.scalb(whole.maxError(), exponent), scaled.maxError());
    }
}
