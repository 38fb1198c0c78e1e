package org.lanewise.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class HistogramTest {
    private static Histogram of(float... values) {
        Histogram histogram = new Histogram();
        histogram.add(values, 0, values.length);
        return histogram;
    }

    @Test
    void binsArePowersOfTwoWideAndMeetAtZero() {
        Histogram histogram = of(-0.75f, 0.001f, 0.75f);
        assertEquals(1.0 / 4096, histogram.width());
        assertEquals(1, histogram.bin(-3072));
        assertEquals(1, histogram.bin(3072));
        assertEquals(1, histogram.bin(4));
        assertEquals(new Range(-0.75, 0.75), histogram.range());
    }

    @Test
    void aLargerValueDoublesTheWidthAndMergesPairs() {
        Histogram histogram = of(0.5f, -0.5f);
        assertEquals(1.0 / 4096, histogram.width());
        histogram.add(new float[] {3.5f}, 0, 1);
        assertEquals(1.0 / 1024, histogram.width());
        assertEquals(1, histogram.bin(512));
        assertEquals(1, histogram.bin(-512));
        assertEquals(1, histogram.bin(3584));
        assertEquals(3, histogram.count());
    }

    @Test
    void zerosAreCountedApart() {
        Histogram histogram = of(0, 0, 1);
        assertEquals(2, histogram.zeros());
        assertEquals(0, histogram.bin(0));
        assertEquals(0, of(0, 0).width());
        assertEquals(new Range(0, 0), of(0, 0).range());
    }

    @Test
    void whatIsNotFiniteIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> of(1, Float.NaN));
        assertThrows(IllegalArgumentException.class, () -> of(Float.NEGATIVE_INFINITY));
    }

    @Property(tries = 100)
    void quantilesAreWithinABinOfTheSortedValues(
            @ForAll @Size(min = 1, max = 300) @FloatRange(min = -1000, max = 1000) float[] values) {
        Histogram histogram = new Histogram();
        for (int i = 0; i < values.length; i++) {
            histogram.add(values, i, i + 1); // one by one: the width doubles on the way
        }
        float[] sorted = values.clone();
        Arrays.sort(sorted);
        long inBins = 0;
        for (int i = -Histogram.SIDE; i < Histogram.SIDE; i++) {
            inBins += histogram.bin(i);
        }
        assertEquals(values.length, inBins + histogram.zeros());
        for (double share : new double[] {0.1, 0.5, 0.9, 1}) {
            float expected = sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
            assertTrue(
                    Math.abs(histogram.quantile(share) - expected) <= histogram.width() + 1e-6,
                    histogram.quantile(share) + " for " + expected + ", width " + histogram.width());
        }
    }
}
