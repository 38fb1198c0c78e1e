package org.lanewise.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class SamplesTest {
    @Test
    void percentilesAreNearestRanks() {
        Samples samples = new Samples();
        for (int i = 2000; i >= 1; i--) {
            samples.add(i * 1000L);
        }
        assertEquals(2000, samples.count());
        assertEquals(1, samples.micros(0));
        assertEquals(1000, samples.micros(0.5));
        assertEquals(1900, samples.micros(0.95));
        assertEquals(2000, samples.micros(1));
    }

    @Test
    void warmUpEndsWhenTimesStayTheSame() {
        AtomicInteger runs = new AtomicInteger();
        long start = System.nanoTime();
        long counted = new WarmUp(30).run(runs::incrementAndGet, passed -> {});
        double seconds = (System.nanoTime() - start) / 1e9;
        assertEquals(runs.get(), counted);
        assertTrue(seconds >= 1 && seconds < 30, seconds + " s");
    }

    @Test
    void allocationIsCounted() {
        byte[][] kept = new byte[1][];
        long bytes = Allocation.bytesPerRun(() -> kept[0] = new byte[100_000]);
        assertTrue(bytes >= 100_000 && bytes < 200_000, bytes + " bytes");
        assertEquals(100_000, kept[0].length);
    }
}
