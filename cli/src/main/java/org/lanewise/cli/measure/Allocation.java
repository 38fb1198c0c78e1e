package org.lanewise.cli.measure;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Counts the bytes that all threads of this JVM allocate. */
public final class Allocation {
    private static final int RUNS = 5;

    private Allocation() {}

    /** The least number of bytes that a run allocated, of several: others may have been the compiler's or a listener's. */
    public static long bytesPerRun(Runnable run) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < RUNS; i++) {
            long before = threads.getTotalThreadAllocatedBytes();
            run.run();
            least = Math.min(least, threads.getTotalThreadAllocatedBytes() - before);
        }
        // What the counting itself allocates is not the run's
        long own = Long.MAX_VALUE;
        for (int i = 0; i < RUNS; i++) {
            long before = threads.getTotalThreadAllocatedBytes();
            own = Math.min(own, threads.getTotalThreadAllocatedBytes() - before);
        }
        return Math.max(0, least - own);
    }
}
