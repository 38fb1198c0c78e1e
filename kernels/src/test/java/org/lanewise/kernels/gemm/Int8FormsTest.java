package org.lanewise.kernels.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lanewise.kernels.Processor;
import org.lanewise.kernels.Simd;

final class Int8FormsTest {
    private static final String[] TILES = {
        "TripleLanes::tile4",
        "TripleTiles8::tile4",
        "TripleTiles8::tile3",
        "TripleTiles8::tile2",
        "TripleTiles4::tile4",
        "TripleTiles4::tile3",
        "TripleTiles4::tile2"
    };

    private static PackedInt8B weights(int k) {
        byte[] bytes = new byte[k * Gemm.NR];
        Arrays.fill(bytes, (byte) 3);
        return PackedInt8B.pack(bytes, 0, Gemm.NR, false, true, k, Gemm.NR, null);
    }

    @Test
    void thereIsAChoiceWherePortsAreShared() {
        boolean chooses = Processor.SHARED_PORTS && Simd.BITS == 512 && Simd.FMA;
        assertEquals(chooses, Int8Forms.of(weights(64)) != null);
        assertNull(Int8Forms.of(weights(0)));
    }

    @Test
    void productsAreExact() {
        Int8Forms forms = forms();
        forms.run();
        int[] sums = forms.sums();
        assertEquals(127 * 127 * 128, sums[0]); // of the last product, whose rows are 127
        assertEquals(127 * 127 * 128, sums[5 * Gemm.NR]);
        assertEquals(64 * 127 * 128, sums[12 * Gemm.NR]); // of the first
        assertEquals(127 * 127 * 128, sums[35 * Gemm.NR + Gemm.NR - 1]);
    }

    /** In a JVM of its own, which says what it compiles. */
    @Test
    void afterAllRunsEveryTileIsCompiledByC2(@TempDir Path folder) throws IOException, InterruptedException {
        forms();
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--add-modules", "jdk.incubator.vector", "-XX:+PrintCompilation"));
        command.addAll(List.of("-D" + Processor.SHARED_PORTS_PROPERTY + "=true"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Int8FormsTest.class.getName()));
        int code = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start()
                .waitFor();
        List<String> lines = Files.readAllLines(output);
        assertEquals(0, code, () -> String.join("\n", lines));
        for (String tile : TILES) {
            assertTrue(
                    lines.stream().anyMatch(line -> line.contains(" 4 ") && line.contains("." + tile + " ")),
                    () -> tile + " in " + String.join("\n", lines));
        }
    }

    /** What that JVM does. */
    public static void main(String[] args) {
        Int8Forms forms = forms();
        for (int i = 0; i < Int8Forms.RUNS; i++) {
            forms.run();
        }
    }

    private static Int8Forms forms() {
        Int8Forms forms = Int8Forms.of(weights(64));
        assumeTrue(forms != null, "values choose nothing on this processor");
        return Objects.requireNonNull(forms);
    }
}
