package org.lanewise.cli.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What memory this process holds. */
public final class Memory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final long KIB = 1024;

    private Memory() {}

    /** Bytes of the heap that are in use after a collection: weights, working memory and the tool itself. */
    public static long heapBytes() {
        ManagementFactory.getMemoryMXBean().gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** The most resident memory the process ever had, in bytes; -1 where the system does not say. */
    public static long peakBytes() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("[^0-9]", "")) * KIB;
                }
            }
            return -1;
        } catch (IOException e) {
            return -1; // not a Linux
        }
    }
}
