package org.lanewise.cli.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.lanewise.kernels.probe.Probe;

/** What one core can do, measured. */
public final class Hardware {
    private static final int STEPS = 100_000;

    /** Far larger than any cache, if the heap has room for it. */
    private static final long MEMORY_BYTES = 256L << 20;

    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");

    private Hardware() {}

    /** Most fp32 operations per nanosecond, a multiplication with addition counting as two. */
    public static double peakGigaflops(double seconds) {
        double[] nanos = Turns.measure(List.of(() -> keep(Probe.multiplyAdds(STEPS))), seconds / 2, seconds / 2);
        return (double) STEPS * Probe.OPERATIONS / nanos[0];
    }

    /** Bytes read per nanosecond from memory, by one thread. */
    public static double readGigabytes(double seconds) {
        long bytes = Math.min(MEMORY_BYTES, Runtime.getRuntime().maxMemory() / 4);
        float[] values = new float[(int) (bytes / Float.BYTES)];
        Arrays.fill(values, 1);
        double[] nanos =
                Turns.measure(List.of(() -> keep(Probe.sum(values, 0, values.length))), seconds / 2, seconds / 2);
        return (double) values.length * Float.BYTES / nanos[0];
    }

    /** The caches of the first core as Linux names them, such as {@code L1 data 48K}; empty where the system does not tell. */
    public static List<String> caches() {
        List<String> caches = new ArrayList<>();
        if (Files.isDirectory(CACHES)) {
            try (Stream<Path> folders = Files.list(CACHES)) {
                for (Path folder : folders.filter(Files::isDirectory).sorted().toList()) {
                    if (Files.isReadable(folder.resolve("size"))) {
                        caches.add(
                                "L" + read(folder, "level") + " " + read(folder, "type") + " " + read(folder, "size"));
                    }
                }
            } catch (IOException e) {
                return List.of(); // it is only for information
            }
        }
        return caches;
    }

    private static String read(Path folder, String file) throws IOException {
        return Files.readString(folder.resolve(file)).strip();
    }

    /** Uses a result, so that computing it cannot be left out. */
    private static void keep(float value) {
        if (value == 0.123f) {
            throw new AssertionError(value);
        }
    }
}
