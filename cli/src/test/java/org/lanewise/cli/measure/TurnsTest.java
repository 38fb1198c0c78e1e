package org.lanewise.cli.measure;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnsTest {
    /** Takes 50 us until it has been compiled, which comes long after the warm-up; then next to nothing. */
    private static final class LateCompiled implements Runnable {
        private boolean compiled;

        @Override
        public void run() {
            long end = System.nanoTime() + (compiled ? 0 : 50_000);
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void waitsForTheCompiler() {
        LateCompiled late = new LateCompiled();
        int[] asked = {0};
        List<Turns.Times> times = Turns.times(List.of(() -> {}, late), 0.01, 0.02, 2e-4, passed -> {}, () -> {
            late.compiled |= ++asked[0] == 3;
            return !late.compiled;
        });
        assertTrue(times.get(1).micros(0.25) < 10, () -> times.get(1).micros(0.25) + " us");
    }

    @Test
    void aCompilerThatIsNeverDoneDoesNotKeepItWaiting() {
        long start = System.nanoTime();
        List<Turns.Times> times = Turns.times(List.of(() -> {}), 0.01, 0.01, 2e-4, passed -> {}, () -> true);
        assertTrue(times.getFirst().micros(0.25) < 10);
        assertTrue(System.nanoTime() - start < 10_000_000_000L);
    }
}
