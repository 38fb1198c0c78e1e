package org.lanewise.testmodels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lanewise.loaders.onnx.OnnxWriter;

/**
 * In the steady state a bound run allocates nothing and a run on a map little beside its outputs, each model in a JVM of its own and with other shapes run first
 * in some: what is compiled first decides what C2 inlines, and what it does not inline may box vectors, kilobytes for every run.
 */
class AllocationTest {
    private static final long PATIENCE_SECONDS = 300;

    @ParameterizedTest
    @CsvSource({
        "breast-cancer, 0, 512, 9 1",
        "digits, 0, 512, 5 1",
        "digits-transformer, 256, 768, 1",
        "digits-lstm, 0, 512, 4",
    })
    void aShippedModelRunsWithoutGarbage(String name, long bound, long mapped, String sizes) throws Exception {
        assertAllocates(Zoo.find(name).model(), bound, mapped, sizes);
    }

    @ParameterizedTest
    @CsvSource({"resnet8-cifar10-fp32, 0, 512, 1", "resnet8-cifar10-qdq, 128, 768, 1", "face-dense, 0, 2048, 1"})
    void aRealModelRunsWithoutGarbage(String name, long bound, long mapped, String sizes) throws Exception {
        assertAllocates(SharedFolder.require("models/" + name + "/model.onnx"), bound, mapped, sizes);
    }

    /** What the models above do not have: broadcasts over three axes and more, recurrent layers of all kinds, sampling, and an output that is a view. */
    @Test
    void operatorsRunWithoutGarbage(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("operators.onnx");
        OnnxWriter.write(SteadyOperators.model(), file);
        assertAllocates(file, 0, 3072, "1");
    }

    /** Integers by ranges that are found in the run: no more than a parameter object of 56 bytes for each block of a product; on a map also what products keep whose outputs are new each time. */
    @Test
    void dynamicallyQuantizedOperatorsRunWithoutGarbage(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("quantized.onnx");
        OnnxWriter.write(SteadyOperators.quantized(), file);
        assertAllocates(file, 1024, 16 << 10, "1");
    }

    private static void assertAllocates(Path model, long bound, long mapped, String sizes)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules",
                "jdk.incubator.vector",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                AllocationProbe.class.getName(),
                model.toString(),
                Long.toString(bound),
                Long.toString(mapped)));
        command.addAll(List.of(sizes.split(" ")));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), printed);
        assertEquals(0, process.exitValue(), printed);
    }
}
