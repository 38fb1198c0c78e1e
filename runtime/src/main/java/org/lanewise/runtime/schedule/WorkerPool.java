package org.lanewise.runtime.schedule;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed set of platform threads that share the work of one caller at a time; the caller works too. The only class that touches threads.
 *
 * <p>Work is cut into chunks. Each thread begins with a share of its own, the same in every run, so that what the last step wrote and the weights of the last run
 * are in its core's caches, and then helps the others with theirs; each share is taken by an atomic counter. A worker without work spins for a moment, then
 * parks. When the pool is busy with another caller's work, the caller does its work alone: with every core busy that is as fast. A task must not call {@link #run} itself: its scratch is in use.
 */
public final class WorkerPool implements AutoCloseable {
    /**
     * How long a thread waits busily for the next job, or for the others to end theirs, before it parks. Longer than what lies between two parallel steps of a
     * model, because waking a parked thread takes tens of microseconds; counted in time, as the length of a spin differs by a factor of ten between processors.
     */
    private static final long SPIN_NANOS = 100_000;

    /** Spins between two looks at the clock. */
    private static final int SPINS = 64;

    /**
     * After this time a waiting thread yields between two looks: what it waits for, or who has work for it, may want the very core that it occupies. Threads that wait on free cores rarely wait as long, and a yield costs them
     * half a microsecond.
     */
    private static final long YIELD_NANOS = 10_000;

    private static final int CHUNKS_PER_THREAD = 4;

    /** Distance between two counters in {@code int}s: a cache line. */
    private static final int TAKEN_STEP = 16;

    /** Waking a parked thread can cost its caller tens of microseconds (measured: 55 in a virtual machine), so it is done for this much work, at once or in sum. */
    private static final long WAKE_NANOS = 300_000;

    private final Worker[] workers;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile @Nullable Job job;
    private long jobs; // written by the owner of busy only
    private long alone; // likewise: estimated work done without workers because all were parked
    private volatile boolean closed;

    private static final class Shared {
        static final WorkerPool POOL = new WorkerPool(Runtime.getRuntime().availableProcessors());
    }

    /** A pool of {@code threads} threads, the caller of {@link #run} being one of them. */
    public WorkerPool(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a pool needs at least 1 thread, got " + threads);
        }
        workers = new Worker[threads - 1];
        try {
            for (int i = 0; i < workers.length; i++) {
                workers[i] = new Worker(i + 1);
                workers[i].thread.start();
            }
        } catch (OutOfMemoryError e) {
            closed = true; // ends those that did start
            throw e;
        }
    }

    /** The pool that sessions share unless told otherwise: as many threads as the JVM may use processors. */
    public static WorkerPool shared() {
        return Shared.POOL;
    }

    /** Threads that work on one call, the caller included. */
    public int threads() {
        return workers.length + 1;
    }

    /** {@link #run(int, long, RangeTask, Scratch[])} for work that is worth waking threads for. */
    public void run(int count, RangeTask task, Scratch[] scratches) {
        run(count, WAKE_NANOS, task, scratches);
    }

    /**
     * Splits {@code count} pieces over the threads and returns when all are done. Small work is shared with threads that are awake; parked ones are
     * woken for it only once enough of it came in a row.
     *
     * @param nanos rough estimate of the work
     * @param scratches memory for each thread, at least {@link #threads()} of them; the caller's is the first
     */
    public void run(int count, long nanos, RangeTask task, Scratch[] scratches) {
        if (count <= 0) {
            return;
        }
        if (workers.length == 0 || count == 1 || !busy.compareAndSet(false, true)) {
            task.run(0, count, scratches[0]);
            return;
        }
        try {
            boolean wakes = wakes(nanos);
            if (!wakes && allParked()) {
                task.run(0, count, scratches[0]);
                return;
            }
            int chunks = Math.min(count, threads() * CHUNKS_PER_THREAD);
            Job mine = new Job(++jobs, task, count, chunks, threads(), scratches, Thread.currentThread());
            job = mine;
            for (int i = 0; wakes && i < workers.length; i++) {
                workers[i].wake();
            }
            mine.work(0);
            mine.await();
            mine.rethrow();
        } finally {
            job = null;
            busy.set(false);
        }
    }

    /** Whether a thread that waits since {@code since} should look again before it parks. */
    private static boolean spins(long since) {
        long waited = System.nanoTime() - since;
        if (waited >= YIELD_NANOS && waited < SPIN_NANOS) {
            Thread.yield();
        }
        return waited < SPIN_NANOS;
    }

    private boolean wakes(long nanos) {
        if (nanos < WAKE_NANOS) {
            alone = allParked() ? alone + nanos : 0;
            if (alone < WAKE_NANOS) {
                return false;
            }
        }
        alone = 0;
        return true;
    }

    private boolean allParked() {
        for (Worker worker : workers) {
            if (!worker.parked.get()) {
                return false;
            }
        }
        return true;
    }

    /** Ends the threads. */
    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            worker.wake();
        }
    }

    private final class Worker implements Runnable {
        final int index;
        final Thread thread;
        final AtomicBoolean parked = new AtomicBoolean();

        Worker(int index) {
            this.index = index;
            thread = Thread.ofPlatform()
                    .name("lanewise-worker-" + index)
                    .daemon(true)
                    .unstarted(this);
        }

        void wake() {
            if (parked.compareAndSet(true, false)) {
                LockSupport.unpark(thread);
            }
        }

        @Override
        public void run() {
            long done = 0; // its number, not the job: an idle thread must not keep the memory of a run alive
            while (!closed) {
                Job next = awaitJob(done);
                if (next != null) {
                    next.work(index);
                    done = next.number;
                }
            }
        }

        private @Nullable Job awaitJob(long done) {
            long since = System.nanoTime();
            do {
                for (int i = 0; i < SPINS; i++) {
                    Job next = job;
                    if (next != null && next.number != done) {
                        return next;
                    }
                    Thread.onSpinWait();
                }
            } while (spins(since));
            parked.set(true);
            Job next = job; // looked at after announcing the park, so that a job posted in between is not missed
            if ((next == null || next.number == done) && !closed) {
                LockSupport.park(this);
            }
            parked.set(false);
            return null;
        }
    }

    private static final class Job {
        final long number;
        final RangeTask task;
        final int count;
        final int chunks;
        final Scratch[] scratches;
        final Thread caller;
        final int threads;
        final AtomicIntegerArray taken; // chunks of each thread's share, far enough apart not to share cache lines
        final AtomicInteger unfinished;
        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Job(long number, RangeTask task, int count, int chunks, int threads, Scratch[] scratches, Thread caller) {
            this.number = number;
            this.task = task;
            this.count = count;
            this.chunks = chunks;
            this.scratches = scratches;
            this.caller = caller;
            this.threads = threads;
            this.taken = new AtomicIntegerArray(threads * TAKEN_STEP);
            this.unfinished = new AtomicInteger(chunks);
        }

        void work(int thread) {
            int done = 0;
            for (int i = 0; i < threads; i++) {
                int owner = thread + i < threads ? thread + i : thread + i - threads;
                int first = shareStart(owner);
                int share = shareStart(owner + 1) - first;
                for (int n = take(owner, share); n < share; n = take(owner, share)) {
                    chunk(first + n, scratches[thread]);
                    done++;
                }
            }
            if (done > 0 && unfinished.addAndGet(-done) == 0 && thread != 0) {
                LockSupport.unpark(caller);
            }
        }

        private int shareStart(int thread) {
            return (int) ((long) chunks * thread / threads);
        }

        /** Which of a share's chunks to do next; its size or more when none is left. */
        private int take(int owner, int share) {
            int at = owner * TAKEN_STEP;
            return taken.get(at) < share ? taken.getAndIncrement(at) : share;
        }

        private void chunk(int chunk, Scratch scratch) {
            int from = (int) ((long) count * chunk / chunks);
            int to = (int) ((long) count * (chunk + 1) / chunks);
            try {
                if (failure.get() == null) {
                    task.run(from, to, scratch);
                }
            } catch (Throwable t) {
                failure.compareAndSet(null, t); // rethrown by the caller
            }
        }

        void await() {
            long since = System.nanoTime();
            do {
                for (int i = 0; i < SPINS; i++) {
                    if (unfinished.get() == 0) {
                        return;
                    }
                    Thread.onSpinWait();
                }
            } while (spins(since));
            while (unfinished.get() > 0) {
                LockSupport.park(this);
            }
        }

        void rethrow() {
            switch (failure.get()) {
                case null -> {}
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                case Throwable e -> throw new IllegalStateException(e); // a RangeTask declares no checked exception
            }
        }
    }
}
