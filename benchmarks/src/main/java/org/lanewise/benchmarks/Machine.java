package org.lanewise.benchmarks;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import org.lanewise.kernels.Simd;

/**
 * Where measurements were made.
 *
 * @param cpu its name, if the system tells
 * @param processors how many the JVM may use
 * @param vectorBits width of the vector kernels
 * @param java version and vendor of the JVM
 * @param system operating system and architecture
 * @param onnxRuntime its version
 * @param date the day of the last measurement
 */
record Machine(
        String cpu, int processors, int vectorBits, String java, String system, String onnxRuntime, String date) {
    static Machine here() {
        return new Machine(
                cpuName(),
                Runtime.getRuntime().availableProcessors(),
                Simd.BITS,
                Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                OrtEnvironment.getEnvironment().getVersion(),
                LocalDate.now(ZoneOffset.UTC).toString());
    }

    /** Whether measurements of both may stand in one table; the number of processors may be restricted for one thread. */
    boolean sameAs(Machine other) {
        return cpu.equals(other.cpu)
                && vectorBits == other.vectorBits
                && java.equals(other.java)
                && onnxRuntime.equals(other.onnxRuntime);
    }

    private static String cpuName() {
        Path file = Path.of("/proc/cpuinfo");
        try {
            if (Files.isReadable(file)) {
                for (String line : Files.readAllLines(file)) {
                    if (line.startsWith("model name")) {
                        return line.substring(line.indexOf(':') + 1).strip();
                    }
                }
            }
            return System.getProperty("os.arch");
        } catch (IOException e) {
            return System.getProperty("os.arch"); // a name is all that is lost
        }
    }
}
