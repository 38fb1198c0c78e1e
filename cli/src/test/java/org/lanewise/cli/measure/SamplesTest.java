package org.lanewise.cli.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
    void warmUpWaitsForTheCompiler() {
        AtomicInteger windows = new AtomicInteger();
        long start = System.nanoTime();
        new WarmUp(30).run(() -> {}, passed -> {}, () -> windows.incrementAndGet() <= 6);
        double seconds = (System.nanoTime() - start) / 1e9;
        assertTrue(windows.get() >= 10 && seconds < 30, windows + " windows, " + seconds + " s");
    }

    @Test
    void warmUpEndsAtItsLimitThoughTheCompilerWorks() {
        AtomicInteger windows = new AtomicInteger();
        new WarmUp(0.6).run(() -> {}, passed -> {}, () -> windows.incrementAndGet() > 0);
        assertTrue(windows.get() >= 1 && windows.get() <= 3, windows + " windows");
    }

    @Test
    void compileQueueIsReadFromTheJvmsAnswer() {
        String idle = "Current compiles: \n\nC1 compile queue:\nEmpty\n\nC2 compile queue:\nEmpty\n\n";
        assertFalse(CompileQueue.isBusy(idle));
        assertTrue(CompileQueue.isBusy(idle.replace(
                ": \n", ": \nC2 CompilerThread0  1523   !   4       java.util.HashMap::get (19 bytes)\n")));
        assertTrue(CompileQueue.isBusy(idle + "1891 %     4       Q::f @ 4 (27 bytes)\n"));
        assertTrue(CompileQueue.isBusy(idle + "17       3       java.util.List::of (3 bytes)\n"));
        assertFalse(CompileQueue.isBusy("no such command"));
    }

    @Test
    void thisJvmSaysWhatItCompiles() throws InterruptedException {
        boolean idle = false;
        for (int i = 0; i < 200 && !idle; i++) {
            Thread.sleep(50);
            idle = !CompileQueue.isBusy();
        }
        assertTrue(idle);
    }

    @Test
    void allocationIsCounted() {
        byte[][] kept = new byte[1][];
        long bytes = Allocation.bytesPerRun(() -> kept[0] = new byte[100_000]);
        assertTrue(bytes >= 100_000 && bytes < 200_000, bytes + " bytes");
        assertEquals(100_000, kept[0].length);
    }
}
