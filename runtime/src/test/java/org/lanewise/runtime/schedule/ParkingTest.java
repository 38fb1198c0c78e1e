package org.lanewise.runtime.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A worker without work gives its core back. */
class ParkingTest {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private static Thread worker() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("lanewise-worker-41"))
                .findFirst()
                .orElseThrow();
    }

    /** Waits until a worker has parked; one that spins for ever fails. */
    private static void awaitParked(Thread thread) {
        long start = System.nanoTime();
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, () -> "still " + thread.getState());
            Thread.onSpinWait();
        }
    }

    @Test
    void workersParkBetweenJobsAndWakeForTheNext() {
        int threads = 42; // so many that worker 41 is of this pool and no other
        Scratch[] scratches = new Scratch[threads];
        for (int i = 0; i < threads; i++) {
            scratches[i] = new Scratch();
        }
        try (WorkerPool pool = new WorkerPool(threads)) {
            Thread worker = worker();
            for (int job = 0; job < 3; job++) {
                awaitParked(worker);
                int[] done = new int[1000];
                pool.run(done.length, (from, to, scratch) -> java.util.Arrays.fill(done, from, to, 1), scratches);
                assertEquals(done.length, java.util.Arrays.stream(done).sum());
            }
            awaitParked(worker);
        }
    }
}
