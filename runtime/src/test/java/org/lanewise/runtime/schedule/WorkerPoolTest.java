package org.lanewise.runtime.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerPoolTest {
    private static Scratch[] scratches(WorkerPool pool) {
        Scratch[] scratches = new Scratch[pool.threads()];
        for (int i = 0; i < scratches.length; i++) {
            scratches[i] = new Scratch();
        }
        return scratches;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void doesEveryPieceOnce(int threads) {
        try (WorkerPool pool = new WorkerPool(threads)) {
            Scratch[] scratches = scratches(pool);
            for (int count : new int[] {0, 1, 2, 7, 1000}) {
                AtomicIntegerArray done = new AtomicIntegerArray(count);
                pool.run(
                        count,
                        (from, to, scratch) -> {
                            for (int i = from; i < to; i++) {
                                done.incrementAndGet(i);
                            }
                        },
                        scratches);
                for (int i = 0; i < count; i++) {
                    assertEquals(1, done.get(i), "piece " + i + " of " + count);
                }
            }
        }
    }

    @Test
    void rethrowsWhatAPieceThrowsAndGoesOn() {
        try (WorkerPool pool = new WorkerPool(3)) {
            Scratch[] scratches = scratches(pool);
            Exception e = assertThrows(
                    IllegalStateException.class,
                    () -> pool.run(
                            100,
                            (from, to, scratch) -> {
                                if (from <= 50 && 50 < to) {
                                    throw new IllegalStateException("piece 50");
                                }
                            },
                            scratches));
            assertEquals("piece 50", e.getMessage());
            AtomicIntegerArray done = new AtomicIntegerArray(1);
            pool.run(10, (from, to, scratch) -> done.addAndGet(0, to - from), scratches);
            assertEquals(10, done.get(0));
        }
    }

    @Test
    void parkedThreadsAreWokenOnlyForEnoughWork() throws InterruptedException {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (WorkerPool pool = new WorkerPool(2)) {
            Scratch[] scratches = scratches(pool);
            Thread worker = Thread.getAllStackTraces().keySet().stream()
                    .filter(t -> !before.contains(t) && t.getName().startsWith("lanewise-worker"))
                    .findFirst()
                    .orElseThrow();
            while (worker.getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
            AtomicInteger byOthers = new AtomicInteger();
            Thread caller = Thread.currentThread();
            RangeTask task =
                    (from, to, scratch) -> byOthers.addAndGet(Thread.currentThread() == caller ? 0 : to - from);
            pool.run(8, 200_000, task, scratches);
            assertEquals(0, byOthers.get());
            assertEquals(Thread.State.WAITING, worker.getState());
            CountDownLatch taken = new CountDownLatch(
                    1); // the second makes it enough: the caller's piece waits for the worker to take one
            pool.run(
                    2,
                    200_000,
                    (from, to, scratch) -> {
                        if (Thread.currentThread() == worker) {
                            taken.countDown();
                        } else {
                            await(taken);
                        }
                    },
                    scratches);
            assertEquals(0, taken.getCount());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void workInsideWorkIsDoneByItsCaller() {
        try (WorkerPool pool = new WorkerPool(2)) {
            Scratch[] scratches = scratches(pool);
            AtomicIntegerArray done = new AtomicIntegerArray(1);
            pool.run(
                    8,
                    (from, to, scratch) -> {
                        for (int i = from; i < to; i++) {
                            pool.run(5, (f, t, s) -> done.addAndGet(0, t - f), new Scratch[] {new Scratch()});
                        }
                    },
                    scratches);
            assertEquals(40, done.get(0));
        }
    }

    @Test
    void servesManyCallersAtOnce() throws Exception {
        try (WorkerPool pool = new WorkerPool(2);
                ExecutorService callers = Executors.newFixedThreadPool(8)) {
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int c = 0; c < 64; c++) {
                calls.add(() -> {
                    Scratch[] scratches = scratches(pool);
                    AtomicIntegerArray sum = new AtomicIntegerArray(1);
                    for (int round = 0; round < 50; round++) {
                        pool.run(33, (from, to, scratch) -> sum.addAndGet(0, to - from), scratches);
                    }
                    return sum.get(0);
                });
            }
            for (Future<Integer> result : callers.invokeAll(calls)) {
                assertEquals(33 * 50, result.get());
            }
        }
    }

    @Test
    void noTwoThreadsShareScratch() {
        try (WorkerPool pool = new WorkerPool(4)) {
            Scratch[] scratches = scratches(pool);
            for (int round = 0; round < 200; round++) {
                pool.run(
                        64,
                        (from, to, scratch) -> {
                            int[] mine = scratch.ints(1);
                            for (int i = from; i < to; i++) {
                                mine[0] = i;
                                Thread.onSpinWait();
                                assertTrue(mine[0] == i, "another thread wrote into this scratch");
                            }
                        },
                        scratches);
            }
        }
    }
}
