package org.lanewise.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeTest {
    @TempDir
    private Path folder;

    private Path model;
    private Path table;
    private Path out;

    @BeforeEach
    void writeFiles() throws IOException {
        model = Files.write(folder.resolve("product.onnx"), SmallModels.product());
        table = Files.writeString(folder.resolve("rows.csv"), "0.5,1\n-1,0.25\n1,1\n");
        out = folder.resolve("q.onnx");
    }

    @Test
    void staticallyFromRowsOfATable() {
        List<String> lines = CommandRun.of("quantize", model, "--calibrate", table, "-o", out)
                .assertDone()
                .lines();
        assertTrue(lines.getFirst().startsWith(model + " -> " + out + ": 1 of 1 layers quantized, "), lines.getFirst());
        assertEquals(
                "static, QDQ, uint8 asymmetric activations, int8 weights per channel, min-max over 3 samples",
                lines.get(1));
        String run = CommandRun.of("run", out, "--input", "x=" + table, "--json")
                .assertDone()
                .out();
        assertTrue(run.contains("scores"), run);
    }

    @Test
    void everyLayerIsShownWithItsRange() {
        String text = CommandRun.of("quantize", model, "--calibrate", table, "-o", out, "--verbose")
                .assertDone()
                .out();
        assertTrue(text.contains("-0.9961..1.004"), text);
        String json = CommandRun.of("quantize", model, "--calibrate", table, "-o", out, "--json", "--samples", 1)
                .assertDone()
                .out();
        assertTrue(json.contains("\"operator\":\"MatMul\",\"quantized\":true,\"bytes_before\":24"), json);
        assertTrue(json.contains("over 1 sample\""), json);
    }

    @Test
    void dynamicallyAndWeightsOnlyWithoutData() {
        String dynamic = CommandRun.of("quantize", model, "--mode", "dynamic", "-o", out)
                .assertDone()
                .out();
        assertTrue(dynamic.contains("dynamic, uint8 activations, int8 weights per channel"), dynamic);
        String weights = CommandRun.of(
                        "quantize",
                        model,
                        "--mode",
                        "weight-only",
                        "--bits",
                        8,
                        "--store",
                        "dequantize-linear",
                        "-o",
                        out)
                .assertDone()
                .out();
        assertTrue(weights.contains("weight-only, int8 with zero points in blocks of 32, rounded to nearest"), weights);
    }

    @Test
    void whatIsMissingIsSaid() {
        CommandRun.of("quantize", model, "-o", out)
                .assertRefused("--calibrate DATA gives real inputs to measure ranges on; without, choose --mode dynamic"
                        + " or --mode weight-only, which need none; see lanewise quantize --help");
        CommandRun.of("quantize", model, "--mode", "dynamic", "--target-sqnr", 30, "-o", out)
                .assertRefused("--target-sqnr, --target-agreement and --target-cosine are for --mode static; see"
                        + " lanewise quantize --help");
        CommandRun.of("quantize", model, "--calibrate", table, "--method", "kl", "-o", out)
                .assertRefused("--method is one of min-max, percentile, entropy, mse, got 'kl'; see lanewise quantize"
                        + " --help");
        CommandRun.of("quantize", model, "--calibrate", table, "--percentile", 0.99, "-o", out)
                .assertRefused(
                        "the percentile must be above 50 and at most 100, got 0.99; see lanewise quantize --help");
        CommandRun.of("quantize", model, "--calibrate", table, "-o", model)
                .assertRefused("-o names the model itself: give another file, the fp32 model is worth keeping");
        CommandRun.of("quantize", model, "--mode", "weight-only", "--rounding", "gptq", "-o", out)
                .assertRefused("GPTQ needs calibration data: give real inputs");
    }

    @Test
    void dataThatDoesNotFitIsRefused() throws IOException {
        CommandRun.of("quantize", model, "--calibrate", folder.resolve("none"), "-o", out)
                .assertRefused("no such data: " + folder.resolve("none")
                        + "; expected a folder of images, .npy files or test_data_set_* folders, or a .npy, .csv or"
                        + " (CIFAR-10) .bin file");
        Path wide = Files.writeString(folder.resolve("wide.csv"), "1,2,3\n");
        CommandRun.of("quantize", model, "--calibrate", wide, "-o", out)
                .assertRefused("calibration sample 1: input 'x' has shape [1,3], expected [n,2]");
        CommandRun.of("quantize", model, "--calibrate", table, "--exclude", "fc1", "-o", out)
                .assertRefused("no layer to quantize is called 'fc1'; the nearest: scores");
    }
}
